import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MINUTE_MS, type Clock } from '../../platform/clock.ts';
import type { Sql } from '../../platform/sql.ts';
import type { Records } from '../../stores/index.ts';

/** What is counted under one name, and how much of it is free. */
export interface Lane {
  name: string;
  free: number;
}

export interface Count {
  refusals: number;
  lastMs: number;
}

/** Attempts as all processes on the same records count them. Asked only about those who try to get in, never for a good key. */
export interface SharedAttempts {
  /** Counts an attempt in all of its lanes, unless one of them must wait. Answers what is counted there then. */
  enter(lanes: readonly Lane[]): Promise<{ isCounted: boolean; counts: Map<string, Count> }>;
  /** Takes back one attempt of the first, and all of the others. */
  passed(less: readonly string[], forget: readonly string[]): Promise<void>;
}

const Found = z.object({ refusals: z.number(), lastAt: z.date() });
const wall = { client: null, does: 'write' } as const;
const none = z.never();

class MustWait extends Error {}

export function openSharedAttempts(
  records: Pick<Records, 'behind'>,
  now: Clock,
  { forgottenAfterMs, longestWaitMs }: { forgottenAfterMs: number; longestWaitMs: number },
): SharedAttempts {
  let prunedMs = 0;

  /** One statement a lane, so that of many that come at once each is counted behind the one before. */
  async function count(sql: Sql, { name, free }: Lane, at: Date, forgotten: Date): Promise<Count> {
    const [counted] = await sql.rows(Found)`
      insert into attempt (name, refusals, last_at) values (${hashOf(name)}, 1, ${at})
      on conflict (name) do update
        set refusals = case when attempt.last_at < ${forgotten} then 1 else attempt.refusals + 1 end, last_at = ${at}
        where attempt.last_at < ${forgotten} or attempt.refusals < ${free}
          or attempt.last_at + make_interval(secs => least(${longestWaitMs / 1000}, power(2, least(attempt.refusals - ${free}, 20)))) <= ${at}
      returning refusals, last_at as "lastAt"`;
    if (!counted) throw new MustWait();
    return { refusals: counted.refusals, lastMs: counted.lastAt.getTime() };
  }

  async function find(sql: Sql, lanes: readonly Lane[], forgotten: Date): Promise<Map<string, Count>> {
    const counts = new Map<string, Count>();
    for (const { name } of lanes) {
      const [found] = await sql.rows(Found)`
        select refusals, last_at as "lastAt" from attempt where name = ${hashOf(name)} and last_at >= ${forgotten}`;
      if (found) counts.set(name, { refusals: found.refusals, lastMs: found.lastAt.getTime() });
    }
    return counts;
  }

  return {
    async enter(lanes) {
      const at = now();
      const forgotten = new Date(at.getTime() - forgottenAfterMs);
      try {
        const counts = await records.behind(wall, async (sql) => {
          const all = new Map<string, Count>();
          for (const lane of lanes) all.set(lane.name, await count(sql, lane, at, forgotten));
          return all;
        });
        if (at.getTime() - prunedMs > MINUTE_MS) {
          prunedMs = at.getTime();
          await records.behind(wall, (sql) => sql.rows(none)`delete from attempt where last_at < ${forgotten}`);
        }
        return { isCounted: true, counts };
      } catch (error) {
        // What was counted in the lanes before is taken back with the transaction.
        if (!(error instanceof MustWait)) throw error;
        return {
          isCounted: false,
          counts: await records.behind({ ...wall, does: 'read' }, (sql) => find(sql, lanes, forgotten)),
        };
      }
    },
    async passed(less, forget) {
      await records.behind(wall, async (sql) => {
        for (const name of less)
          await sql.rows(none)`update attempt set refusals = greatest(0, refusals - 1) where name = ${hashOf(name)}`;
        for (const name of forget) await sql.rows(none)`delete from attempt where name = ${hashOf(name)}`;
      });
    },
  };
}

/** No address and no e-mail stands there. */
const hashOf = (name: string) => createHash('sha256').update(`attempt ${name}`).digest();
