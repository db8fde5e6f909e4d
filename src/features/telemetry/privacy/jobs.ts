import { inEachClient, listClientsGone } from '../../accounts/index.ts';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { job } from '../../../platform/job.ts';
import { unavailable } from '../../../platform/problem.ts';
import { addToErasure, findLateSince, forgetLate, listRecentErasures } from './erasure-store.ts';
import { ASIDE, eraseUser, lateOf, noteTraces } from './erase.ts';
import { listRules } from './retention-store.ts';
import { expire } from './retention.ts';

/** Removes what clients do not want to keep any longer. */
export const expireTelemetry = job({
  name: 'retention.expire',
  every: 'day',
  run: (ctx) =>
    inEachClient(ctx, {
      due: async (of) => {
        const rules = await listRules(of);
        return rules.length > 0 ? rules : undefined;
      },
      async run(of, rules) {
        for (const { kind, days } of rules) await expire(of, kind, days);
      },
    }),
});

/** What was on its way when an erasure was asked for is looked for that long, and longer where a spool was loaded later. */
const LOOKED_FOR_MS = 2 * DAY_MS;

/** What was on its way to the store when an erasure was asked for, in the spool or behind a store that was away, goes too. */
export const eraseAgain = job({
  name: 'erasure.again',
  every: 'hour',
  async run(ctx) {
    const nowMs = ctx.now().getTime();
    const late = await findLateSince(ctx.practice!.reading(null).records);
    const { known, done } = await eraseAllAgain(ctx, new Date(Math.min(nowMs - LOOKED_FOR_MS, late?.getTime() ?? nowMs)));
    // What was noted within the hour may still be on its way.
    if (late && done === known) await ctx.practice!.noting(null, (records) => forgetLate(records, new Date(nowMs - HOUR_MS)));
  },
});

/**
 * The same of what lies set aside, which each process has on its own disk: what came before somebody was erased, before the client
 * was deleted, and before the shortest time that anything of the client is kept, as nobody can say what of which kind it is.
 */
export const forgetSetAside = job({
  name: 'erasure.setAside',
  every: 'hour',
  of: 'process',
  async run(ctx) {
    const practice = ctx.practice!;
    const { refused, damaged } = practice.health().setAside;
    if (refused + damaged === 0) return;
    for (const { id, at } of await listClientsGone(practice.reading(null).records)) await practice.forgetAside(id, at);
    await inEachClient(ctx, {
      async due(of) {
        const client = of.client!.id;
        const days = (await listRules(of)).map((rule) => rule.days);
        const kept = new Date(of.now().getTime() - Math.min(...days) * DAY_MS);
        const expired = days.length > 0 ? await practice.forgetAside(client, kept, 'stays') : 0;
        const erasure = (await listRecentErasures(of, new Date(0))).at(-1);
        const erased = erasure ? await practice.forgetAside(client, erasure.requestedAt) : 0;
        return expired + erased > 0 ? { erasure, erased } : undefined;
      },
      async run(of, { erasure, erased }) {
        if (erasure && erased > 0) await addToErasure(of, erasure.id, [{ table: ASIDE, before: erased, after: 0 }], null);
      },
    });
  },
});

/**
 * Does every erasure again that the records know; answers how many: what was restored from a backup may hold what they removed.
 * Throws `unavailable` when one could not be done.
 */
export async function eraseKnown(ctx: Context): Promise<number> {
  const { known, done } = await eraseAllAgain(ctx, new Date(0));
  if (done < known) throw unavailable('Not every end user who was erased could be erased again. The log says why.');
  return done;
}

async function eraseAllAgain(ctx: Context, since: Date): Promise<{ known: number; done: number }> {
  const counts = { known: 0, done: 0 };
  await inEachClient(ctx, {
    due: async (of) => {
      const recent = await listRecentErasures(of, since);
      counts.known += recent.length;
      return recent.length > 0 ? recent : undefined;
    },
    async run(of, recent) {
      for (const erasure of recent) {
        const { userSalt, userHashes, requestedAt } = erasure;
        const sent = new Date(Math.min(requestedAt.getTime() - LOOKED_FOR_MS, since.getTime()));
        const traces = await lateOf(of, erasure, sent);
        const { counts: gone, traceIds } = await eraseUser(of, { userSalt, userHashes }, requestedAt, traces);
        await noteTraces(of, erasure, traceIds);
        await addToErasure(of, erasure.id, gone);
        counts.done += 1;
      }
    },
  });
  return counts;
}
