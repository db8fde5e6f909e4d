import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { UserHashes } from '../../../platform/practice.ts';
import type { Sql } from '../../../platform/sql.ts';
import { asidePrefix, tablesWithColumn } from '../../../stores/telemetry/index.ts';

const TableCounts = z.object({ table: z.string(), before: z.number(), after: z.number() });
export type TableCounts = z.infer<typeof TableCounts>;

export const Erasure = z.object({
  id: z.uuid(),
  requestedAt: z.date(),
  checkedAt: z.date().describe('When it was last looked for rows that were still on their way then.'),
  rowsBefore: z.number().describe('Rows that were found, in all tables.'),
  rowsAfter: z.number().describe('Rows that were left, by a count after it.'),
  tables: z.array(TableCounts).describe('The same, table by table.'),
});
export type Erasure = z.infer<typeof Erasure>;
const Counted = Erasure.pick({ tables: true });
const Open = Erasure.extend({ userSalt: z.string(), userHashes: z.array(z.string()) });

/** Keeps what an erasure found and left, and by which hashes what still arrives is found. */
export async function insertErasure(
  { records, client, now }: Context,
  { userSalt, userHashes }: UserHashes,
  tables: readonly TableCounts[],
) {
  const { before, after } = totalOf(tables);
  const [made] = await records.rows(Erasure)`
    insert into erasure (client_id, id, user_salt, user_hashes, requested_at, rows_before, rows_after, tables, checked_at)
    values (${client?.id}, ${randomUUID()}, ${userSalt}, ${userHashes}, ${now()}, ${before}, ${after},
      ${JSON.stringify(tables)}, ${now()})
    returning id, requested_at as "requestedAt", checked_at as "checkedAt", rows_before as "rowsBefore", rows_after as "rowsAfter", tables`;
  return made!;
}

/** All erasures of the client, the latest first, without the hashes. */
export const listErasureRows = ({ records, client }: Pick<Context, 'records' | 'client'>) =>
  records.rows(Erasure)`
    select id, requested_at as "requestedAt", checked_at as "checkedAt", rows_before as "rowsBefore", rows_after as "rowsAfter", tables
    from erasure where client_id = ${client?.id} order by requested_at desc, id`;

/** Those requested since then: what was on its way to the store may still arrive. */
export const listRecentErasures = ({ records, client }: Pick<Context, 'records' | 'client'>, since: Date) =>
  records.rows(Open)`
    select id, requested_at as "requestedAt", checked_at as "checkedAt", rows_before as "rowsBefore", rows_after as "rowsAfter", tables,
      user_salt as "userSalt", user_hashes as "userHashes"
    from erasure where client_id = ${client?.id} and requested_at >= ${since} order by requested_at`;

/** What a later look found is added to what the others did. */
export async function addToErasure(
  { records, client, now }: Context,
  id: string,
  found: readonly TableCounts[],
  /** Rows that are left, in all tables; null: as many as before. */
  left: number | null = totalOf(found).after,
) {
  // Two processes that look at once add one after the other.
  const [known] = await records.rows(Counted)`
    select tables from erasure where client_id = ${client?.id} and id = ${id} for update`;
  const sums = new Map(known?.tables.map((one) => [one.table, one]));
  for (const { table, before, after } of found)
    sums.set(table, { table, before: (sums.get(table)?.before ?? 0) + before, after });
  const tables = [...sums.values()];
  const { before } = totalOf(found);
  await records.rows(z.never())`
    update erasure set rows_before = rows_before + ${before}, rows_after = coalesce(${left}, rows_after), tables = ${JSON.stringify(tables)},
      checked_at = ${now()}
    where client_id = ${client?.id} and id = ${id}`;
}

function totalOf(tables: readonly TableCounts[]) {
  return tables.reduce((sum, { before, after }) => ({ before: sum.before + before, after: sum.after + after }), {
    before: 0,
    after: 0,
  });
}

// Not `name`: that is a column, too, and would be taken for this.
const Found = z.object({ found: z.string() });

const TraceTable = z.enum(['score', 'log_record', 'trace_hour', 'span_line', 'span']);
type TraceTable = z.infer<typeof TraceTable>;

/** The tables whose rows belong to a trace, the spans last. */
export async function tablesOfTraces({ telemetry }: Pick<Context, 'telemetry'>) {
  // The wall lets no question pass that does not name the client; which tables there are is the same for all.
  const found = await telemetry.rows(Found)(`${tablesWithColumn} AND isNotNull({client:UUID})`, {
    column: 'trace_id',
    aside: asidePrefix,
  });
  // A table that was forgotten here would keep what is said to be erased.
  for (const row of found) TraceTable.parse(row.found);
  return TraceTable.options.filter((table) => found.some((row) => row.found === table));
}

/** Before what stands behind a struck name, when it is hashed: no name of somebody is taken for it. */
export const STRUCK_AS = '\nstruck as ';

const isHashed = (name: string) => `lower(hex(SHA256(concat({userSalt:String}, ${name})))) IN {userHashes:Array(String)}`;

const ofUser = `(${isHashed('assumeNotNull(user)')}
    OR (match(assumeNotNull(user), ' struck\\\\].* [0-9a-f]{12}$') AND ${isHashed('concat({struckAs:String}, right(assumeNotNull(user), 12))')}))
  AND user != ''
  AND received_at <= parseDateTime64BestEffort({until:String}, 3, 'UTC')`;

/** The traces that a user had a part in, as far as they came until then. */
export async function tracesOfUser({ telemetry }: Pick<Context, 'telemetry'>, user: UserHashes, until: Date) {
  const found = await telemetry.rows(Found)(
    `SELECT DISTINCT toString(trace_id) AS found FROM span WHERE client_id = {client:UUID} AND ${ofUser}`,
    { ...user, struckAs: STRUCK_AS, until: until.toISOString() },
  );
  return found.map((row) => row.found);
}

/** The traces of these hashes of which something came since then. */
export async function tracesOfHashes(
  { telemetry }: Pick<Context, 'telemetry'>,
  userSalt: string,
  hashes: readonly string[],
  since: Date,
): Promise<string[]> {
  const found = await telemetry.rows(Found)(
    `SELECT DISTINCT toString(trace_id) AS found FROM span
    WHERE client_id = {client:UUID} AND received_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC')
      AND lower(hex(SHA256(concat({userSalt:String}, toString(trace_id))))) IN {hashes:Array(String)}`,
    { userSalt, hashes, since: since.toISOString() },
  );
  return found.map((row) => row.found);
}

/** Keeps hashes of the traces that an erasure took. */
export const insertErasedTraces = (
  { records, client }: Pick<Context, 'records' | 'client'>,
  id: string,
  hashes: readonly string[],
) =>
  records.rows(z.never())`
    insert into erased_trace (client_id, erasure_id, hash)
    select ${client?.id}, ${id}, decode(h, 'hex') from unnest(${hashes}::text[]) h
    on conflict do nothing`;

const Hashed = z.object({ hash: z.string() });

/** Hashes of the traces that an erasure took. */
export async function findErasedTraces({ records, client }: Pick<Context, 'records' | 'client'>, id: string): Promise<string[]> {
  const found = await records.rows(Hashed)`
    select encode(hash, 'hex') as hash from erased_trace where client_id = ${client?.id} and erasure_id = ${id}`;
  return found.map(({ hash }) => hash);
}

/** The days on which these traces have spans, ms. */
export async function daysOfTraces({ telemetry }: Pick<Context, 'telemetry'>, traceIds: readonly string[]): Promise<number[]> {
  const found = await telemetry.rows(z.object({ dayMs: z.number() }))(
    `SELECT DISTINCT toUnixTimestamp(toStartOfDay(toDateTime(started_at, 'UTC'))) * 1000 AS "dayMs" FROM span
    WHERE client_id = {client:UUID} AND trace_id IN {traceIds:Array(String)}`,
    { traceIds },
  );
  return found.map(({ dayMs }) => dayMs);
}

/** The days on which scores of these traces were given, ms. */
export async function daysOfScores({ telemetry }: Pick<Context, 'telemetry'>, traceIds: readonly string[]): Promise<number[]> {
  const found = await telemetry.rows(z.object({ dayMs: z.number() }))(
    `SELECT DISTINCT toUnixTimestamp(toStartOfDay(toDateTime(at, 'UTC'))) * 1000 AS "dayMs" FROM score
    WHERE client_id = {client:UUID} AND trace_id IN {traceIds:Array(String)}`,
    { traceIds },
  );
  return found.map(({ dayMs }) => dayMs);
}

/** Scores whose explanation holds one of these names. */
export async function explanationsWith({ telemetry }: Pick<Context, 'telemetry'>, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const found = await telemetry.rows(Found)(
    `SELECT DISTINCT id AS found FROM score
    WHERE client_id = {client:UUID} AND multiSearchAny(ifNull(explanation, ''), {names:Array(String)})`,
    { names },
  );
  return found.map((row) => row.found);
}

const Late = z.object({ since: z.date().nullable() });

/** When the oldest of the segments was begun that were loaded late; nothing: none was. */
export async function findLateSince(records: Sql): Promise<Date | undefined> {
  const [found] = await records.rows(Late)`select min(since) as since from late_arrival`;
  return found?.since ?? undefined;
}

/** Forgets those of them that were noted before then. */
export const forgetLate = (records: Sql, before: Date) =>
  records.rows(z.never())`delete from late_arrival where noted_at < ${before}`;
