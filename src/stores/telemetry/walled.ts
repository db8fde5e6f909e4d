import { createHash } from 'node:crypto';
import { SettingsMap } from '@clickhouse/client';
import { z } from 'zod';
import { linesOf, refusalLine, type LedgerLine } from '../../platform/ledger.ts';
import type { RowsFor, WalledIntake, WalledRemoval, WalledTelemetry } from '../../platform/practice.ts';
import type { Changes } from '../changes.ts';
import { writeBlock } from './native/block.ts';
import { tableName } from './names.ts';
import { MOST_BATCH_BYTES, Output, roomFor } from './native/output.ts';
import type { Refusals } from './refusals.ts';
import { removedItems, removeRows } from './removal.ts';
import { rebuildRollups, rebuildScores } from './rollups.ts';
import type { Seen } from './seen.ts';
import type { TableRows } from './segment.ts';
import type { Shapes } from './shapes.ts';
import { openSpare } from '../../platform/spare.ts';
import { ledgerRows } from './ledger-rows.ts';
import type { Spool } from './spool.ts';
import type { Telemetry } from './telemetry.ts';
import { turnsByClient } from './turns-by-client.ts';
import type { Usages } from './usage.ts';

const Walled = z.object({ found: z.string() });

/** The tables whose rows are a client's, each: on a cluster, those that the servers hold. */
export const readWalled = async (telemetry: Pick<Telemetry, 'rows'>): Promise<string[]> =>
  (
    await telemetry.rows(Walled)(
      `SELECT table AS found FROM system.columns WHERE database = currentDatabase() AND name = 'client_id' AND table IN
        (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree') ORDER BY found`,
    )
  ).map(({ found }) => tableName(found));

/**
 * Telemetry behind the wall of one client; of none, when there is none: the practice as a whole has no telemetry. The engine itself
 * adds the client to whatever is read of the `walled` tables, in subqueries too: a question that forgets to say so sees no other.
 */
export function walledTelemetry(
  telemetry: Pick<Telemetry, 'rows'>,
  client: string | null,
  walled: readonly string[],
): WalledTelemetry {
  const settings = client === null ? {} : { additional_table_filters: filtersOf(client, walled) };
  return {
    rows: (shape) => async (sql, params) => {
      if (client === null) throw new Error('A verb of the practice asked for telemetry, which is a client’s.');
      if (!sql.includes('{client:UUID}')) throw new Error('A question about telemetry does not name {client:UUID}.');
      // Last, so that no parameter takes its place.
      return inTurn(client, () => telemetry.rows(shape)(sql, { ...params, client }, { settings }));
    },
  };
}

// Half of what the engine of one's own does at once: whatever one client asks, the next one's question is begun.
const inTurn = turnsByClient({ most: 6, patienceMs: 30_000 });

/** Inside the map that ClickHouse is sent, a quote has a backslash before it. */
const filtersOf = (client: string, walled: readonly string[]) =>
  SettingsMap.from(Object.fromEntries(walled.map((table) => [table, `client_id = \\'${z.guid().parse(client)}\\'`])));

interface Intakes {
  telemetry: Pick<Telemetry, 'rows'>;
  spool: Pick<Spool, 'append' | 'whileStill' | 'waitingParts'>;
  seen: Seen;
  shapes: Shapes;
  refusals: Pick<Refusals, 'note' | 'lines'>;
  usages: Usages;
  register: {
    readonly isShared: boolean;
    still<T>(ask: (elsewhere: readonly LedgerLine[]) => Promise<T>): Promise<T>;
  };
}

/** The way in for telemetry of one client: whatever a row says, it is that client's. */
export function walledIntake(intakes: Intakes, client: string, body?: Uint8Array): WalledIntake {
  const { telemetry, spool, seen, shapes, refusals, usages, register } = intakes;
  let parts = 0;
  return {
    noting: () => seen.noting(client),
    async keep(tables, entry) {
      let giveBack: (() => void) | undefined;
      try {
        const { rows: kept, bytes } = written(tables, shapes, client);
        giveBack = () => spare.giveBack(bytes);
        const tallies = entry?.tallies() ?? [];
        const lines = tallies.flatMap((tally) => linesOf(client, new Date(), tally));
        // Without a line in the ledger it is nothing that was sent.
        const digest = lines.length > 0 && body && digestOf(client, body, (parts += 1));
        await entry?.noting.settled();
        await spool.append(lines.length > 0 ? [...kept, ledgerRows(lines)] : kept, { client, lines, ...(digest && { digest }) });
        entry?.noting.kept();
        for (const { received, requests, bytes } of tallies) usages.add(client, requests === 0 ? 0 : received, bytes);
      } catch (error) {
        entry?.noting.forget();
        throw error;
      } finally {
        giveBack?.();
      }
    },
    request: (sent) => (register.isShared ? walledIntake(intakes, client, sent) : walledIntake(intakes, client)),
    removed: () => removedItems(telemetry, client),
    usage: () => usages.of(client),
    waitingParts: () => spool.waitingParts(),
    refused: (reason) => refusals.note(refusalLine(client, new Date(), reason)),
    whileStill: (ask) =>
      spool.whileStill((waiting) =>
        register.still((elsewhere) =>
          ask([...waiting, ...elsewhere, ...refusals.lines()].filter((line) => line.client_id === client)),
        ),
      ),
  };
}

/** Of a part of a request: the same bytes of the same client are the same. */
const digestOf = (client: string, body: Uint8Array, part: number) =>
  createHash('sha256').update(`${client} ${part} `).update(body).digest('hex');

// Used again and again: nothing waits while it is filled.
const output = new Output(roomFor(MOST_BATCH_BYTES));
/** Until they are on disk. */
const spare = openSpare({ most: 16, largestBytes: 4 * 1024 * 1024 });

/** The rows as the spool keeps them, and the bytes in which they all are. */
function written(tables: readonly RowsFor[], shapes: Shapes, client: string): { rows: TableRows[]; bytes: Buffer } {
  try {
    const ends = tables.map(({ table, rows }) => {
      const shape = shapes.get(table);
      if (!shape) throw new Error(`There is no table ${table}.`);
      writeBlock(rows as Iterable<{ readonly [column: string]: unknown }>, shape, output, { client_id: client });
      return output.at;
    });
    const bytes = spare.take(output.at);
    output.copy(bytes);
    const rows = tables.map(({ table }, n) => ({ table, format: 'Native', bytes: bytes.subarray(ends[n - 1] ?? 0, ends[n]) }));
    return { rows, bytes };
  } finally {
    output.clear();
  }
}

const REWRITTEN_WITHIN_MS = 10 * 60_000;

/** The way out for telemetry of one client. */
export const walledRemoval = (
  {
    telemetry,
    changes,
    spool,
  }: {
    telemetry: Pick<Telemetry, 'rows' | 'command' | 'insert'>;
    changes: Pick<Changes, 'during'>;
    spool: Pick<Spool, 'forgetAside'>;
  },
  client: string,
): WalledRemoval => ({
  during: (work) => changes.during(work),
  setAside: (before) => spool.forgetAside(client, before),
  remove: (table, which, reason) => changes.during(() => removeRows(telemetry, client, table, which, reason)),
  change: (table, what, condition, params) =>
    changes.during(() =>
      telemetry.command(
        `ALTER TABLE ${tableName(table)} ${what} WHERE client_id = {client:UUID} AND (${condition})`,
        { ...params, client },
        // Waits until it is done, on every replica.
        { timeoutMs: REWRITTEN_WITHIN_MS, settings: { mutations_sync: '2' } },
      ),
    ),
  sumAgain: (from, to) => changes.during(() => rebuildRollups(telemetry, client, from, to)),
  sumScoresAgain: (from, to) => changes.during(() => rebuildScores(telemetry, client, from, to)),
});
