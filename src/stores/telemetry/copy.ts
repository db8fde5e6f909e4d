import { z } from 'zod';
import { MOST_PIECE_BYTES, type Piece, type TelemetryCopy } from '../../platform/copy.ts';
import { conflict, Problem, unavailable } from '../../platform/problem.ts';
import { asidePrefix, tableName } from './names.ts';
import type { Telemetry } from './telemetry.ts';

const PIECE_BYTES = 16 * 1024 ** 2;
const MOST_ROWS = 50_000;
const READ_WITHIN_MS = 120_000;

const Table = z.object({ name: z.string(), partitionKey: z.string(), sortingKey: z.string(), granularity: z.string() });
type Table = z.infer<typeof Table>;
const Named = z.object({ name: z.string() });
const Applied = z.object({ name: z.string(), hash: z.string() });
const Part = z.object({ name: z.string(), rows: z.number(), bytes: z.number() });
type Part = z.infer<typeof Part>;
const OfClient = z.object({ client: z.string(), rows: z.number() });
const Counted = z.object({ rows: z.number() });

/** A copy that is prepared, so that its moment is short. */
export interface PreparedCopy {
  /** The moment. Nothing may be loaded while it lasts: some milliseconds. */
  take(): Promise<void>;
  /** What was copied then. */
  read(): Promise<TelemetryCopy>;
  /** Parts that were merged away since stay on disk until then. */
  close(): Promise<void>;
}

/**
 * Prepares a copy of every table: a second one with hard links to the parts of the first, which takes no room, and in which nothing
 * is merged. It is the same on a server.
 */
export async function prepareCopy(telemetry: Telemetry): Promise<PreparedCopy> {
  await dropAside(telemetry);
  const tables = await tablesOf(telemetry);
  const close = () => dropAside(telemetry);
  try {
    for (const table of tables)
      await makeAside(
        telemetry,
        table,
        'max_bytes_to_merge_at_max_space_in_pool = 1, max_bytes_to_merge_at_min_space_in_pool = 1',
      );
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  const counts = new Map<Table, { most: number; least: number }>();
  return {
    async take() {
      await Promise.all(
        tables.map(async (table) => {
          // Merges go on meanwhile, and make rows fewer.
          const most = await countAll(telemetry, table.name);
          await telemetry.command(`ALTER TABLE ${aside(table)} ATTACH PARTITION ALL FROM ${tableName(table.name)}`);
          counts.set(table, { most, least: await countAll(telemetry, table.name) });
        }),
      );
    },
    async read() {
      const migrations = await telemetry.rows(Applied)('SELECT DISTINCT name, hash FROM migration ORDER BY name');
      const copied: TelemetryCopy['tables'][number][] = [];
      for (const table of tables) {
        const rowsByClient = await countByClient(telemetry, aside(table));
        const rows = Object.values(rowsByClient).reduce((sum, of) => sum + of, 0);
        const { most, least } = counts.get(table)!;
        if (rows > most || rows < least)
          throw unavailable(`Of ${table.name}, ${rows} rows were copied, and ${least} were there. Try again.`);
        copied.push({ name: table.name, rowsByClient, pieces: () => piecesOf(telemetry, aside(table)) });
      }
      return { migrations, tables: copied };
    },
    close,
  };
}

/** The name of a table's copy, as it may stand in SQL. */
export const aside = ({ name }: { name: string }) => tableName(`${asidePrefix}${name}`);

/** The tables that hold telemetry, or sums of it. */
export async function tablesOf(telemetry: Pick<Telemetry, 'rows'>): Promise<Table[]> {
  const cut = await telemetry.rows(Named)(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'Distributed' LIMIT 1`,
  );
  if (cut.length > 0)
    throw conflict(
      'The telemetry lies on a cluster, of which one machine sees a part. Back it up by ClickHouse itself: BACKUP … ON CLUSTER.',
    );
  return telemetry.rows(Table)(
    `SELECT name, partition_key AS "partitionKey", sorting_key AS "sortingKey",
      extract(engine_full, 'index_granularity = (\\\\d+)') AS granularity
    FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'migration'
      AND NOT startsWith(name, {aside:String}) ORDER BY name`,
    { aside: asidePrefix },
  );
}

/** A table like another, without what happens in it by itself: nothing is replaced, summed up or expires, and no view sees its rows. */
export async function makeAside(telemetry: Pick<Telemetry, 'command'>, table: Table, settings: string): Promise<void> {
  const { partitionKey, sortingKey, granularity } = table;
  await telemetry.command(
    `CREATE TABLE ${aside(table)} AS ${tableName(table.name)} ENGINE = MergeTree
      ${partitionKey && `PARTITION BY ${partitionKey}`} ORDER BY (${sortingKey})
      SETTINGS ${granularity && `index_granularity = ${granularity}, `}${settings}`,
  );
}

/** Also what a backup left that was cut off. */
export async function dropAside(telemetry: Pick<Telemetry, 'rows' | 'command'>): Promise<void> {
  const found = await telemetry.rows(Named)(
    'SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, {aside:String})',
    { aside: asidePrefix },
  );
  for (const { name } of found) await telemetry.command(`DROP TABLE IF EXISTS ${tableName(name)} SYNC`);
}

/** Known without reading any. */
async function countAll(telemetry: Pick<Telemetry, 'rows'>, table: string): Promise<number> {
  const [counted] = await telemetry.rows(Counted)(`SELECT count() AS rows FROM ${tableName(table)}`);
  return counted!.rows;
}

/** How many rows each client has in a table, by the client's id. */
export async function countByClient(telemetry: Pick<Telemetry, 'rows'>, table: string): Promise<Record<string, number>> {
  const rows = await telemetry.rows(OfClient)(
    `SELECT toString(client_id) AS client, count() AS rows FROM ${tableName(table)} GROUP BY client_id ORDER BY client_id`,
    {},
    { timeoutMs: READ_WITHIN_MS },
  );
  return Object.fromEntries(rows.map(({ client, rows: count }) => [client, count]));
}

/** Rows of a part, by their place in it; or several small parts. */
interface Stretch {
  readonly parts: readonly string[];
  readonly from: number;
  readonly to: number;
}

async function* piecesOf(telemetry: Telemetry, table: string): AsyncIterable<Piece> {
  const parts = await telemetry.rows(Part)(
    `SELECT name, rows, data_uncompressed_bytes AS bytes FROM system.parts
    WHERE database = currentDatabase() AND table = {table:String} AND active ORDER BY name`,
    { table },
  );
  for (const stretch of stretchesOf(parts)) yield* read(telemetry, table, stretch);
}

/** The parts in stretches of a size that every process can hold. */
export function stretchesOf(parts: readonly Part[]): Stretch[] {
  const stretches: Stretch[] = [];
  let small: Part[] = [];
  const flush = () => {
    if (small.length > 0)
      stretches.push({ parts: small.map(({ name }) => name), from: 0, to: Math.max(...small.map(({ rows }) => rows)) });
    small = [];
  };
  const sum = (of: readonly Part[], what: 'rows' | 'bytes') => of.reduce((total, part) => total + part[what], 0);
  for (const part of parts) {
    const pieces = Math.max(Math.ceil(part.bytes / PIECE_BYTES), Math.ceil(part.rows / MOST_ROWS));
    if (pieces > 1) {
      const rows = Math.ceil(part.rows / pieces);
      for (let from = 0; from < part.rows; from += rows)
        stretches.push({ parts: [part.name], from, to: Math.min(from + rows, part.rows) });
      continue;
    }
    const both = [...small, part];
    if (sum(both, 'bytes') > PIECE_BYTES || sum(both, 'rows') > MOST_ROWS) flush();
    small.push(part);
  }
  flush();
  return stretches;
}

/** Reads a stretch; one that is larger than it looked in halves. */
async function* read(telemetry: Telemetry, table: string, stretch: Stretch): AsyncIterable<Piece> {
  const { parts, from, to } = stretch;
  const where = `_part IN {parts:Array(String)} AND _part_offset >= {from:UInt64} AND _part_offset < {to:UInt64}`;
  const params = { parts, from, to };
  try {
    const options = { timeoutMs: READ_WITHIN_MS };
    const [counted] = await telemetry.rows(Counted)(`SELECT count() AS rows FROM ${table} WHERE ${where}`, params, options);
    const rows = counted!.rows;
    if (rows === 0) return;
    const bytes = await telemetry.native(`SELECT * FROM ${table} WHERE ${where}`, params, options);
    if (bytes.length > MOST_PIECE_BYTES) throw new Problem('too_large', 'This stretch is more than a piece of a backup may be.');
    yield { rows, bytes };
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'too_large') || to - from < 2) throw error;
    const middle = Math.floor((from + to) / 2);
    yield* read(telemetry, table, { parts, from, to: middle });
    yield* read(telemetry, table, { parts, from: middle, to });
  }
}
