import { z } from 'zod';
import { ledgerOutcomes, type LedgerLine } from '../platform/ledger.ts';
import type { Usage } from '../platform/practice.ts';
import type { Sql } from '../platform/sql.ts';

interface Me {
  id: string;
  instance: string;
  role: string;
  host: string;
  secretMark: Buffer | null;
}

/** What waits of a client at a process, and what the client sent there lately. */
export interface OfClient {
  client: string;
  bytes: number;
  lines: readonly LedgerLine[];
  day: string;
  dayBytes: number;
  minute: string;
  minuteItems: number;
}

// Of one number with the locks of migrations, as nothing else on the database locks it.
const ENTERING = 7_305_241_193;

/** Enters a process. Answers why it may not run beside those that do. */
export async function noteProcess(sql: Sql, me: Me, isShared: boolean): Promise<'secret' | 'copied' | undefined> {
  // Whoever else is noted in stores that are ours alone was noted where a backup of them was made.
  if (!isShared) await sql.rows(z.never())`delete from process where id <> ${me.id}`;
  await sql.rows(z.unknown())`select pg_advisory_xact_lock(${ENTERING})`;
  const others = await sql.rows(z.object({ why: z.enum(['secret', 'copied']) }))`
    select case when id = ${me.id} then 'copied' else 'secret' end as why from process
    where ended_at is null and seen_at > clock_timestamp() - interval '15 seconds'
      and case when id = ${me.id} then host <> ${me.host}
        else secret_mark is not null and ${me.secretMark}::bytea is not null and secret_mark <> ${me.secretMark}::bytea end`;
  if (others[0]) return others[0].why;
  await sql.rows(z.never())`
    insert into process (id, instance, role, host, secret_mark, started_at, seen_at)
    values (${me.id}, ${me.instance}, ${me.role}, ${me.host}, ${me.secretMark}, clock_timestamp(), clock_timestamp())
    on conflict (id) do update set instance = excluded.instance, role = excluded.role, host = excluded.host,
      secret_mark = excluded.secret_mark, started_at = excluded.started_at, seen_at = excluded.seen_at, ended_at = null`;
  return undefined;
}

/** Says that a process is alive, or that it ends. */
export const seeProcess = (sql: Sql, { id }: Pick<Me, 'id'>, ends = false) =>
  sql.rows(z.never())`
    update process set seen_at = clock_timestamp(), ended_at = case when ${ends} then clock_timestamp() end where id = ${id}`;

const Listed = z.object({
  id: z.uuid(),
  role: z.string(),
  host: z.string(),
  seenAt: z.date(),
  endedAt: z.date().nullable(),
  isLiving: z.boolean(),
  servesPages: z.boolean(),
  spoolBytes: z.coerce.number(),
});

/** The oldest run first. One that ended with nothing in its spool is told for a day. */
export const listProcesses = (sql: Sql) =>
  sql.rows(Listed)`
    select id, role, host, seen_at as "seenAt", ended_at as "endedAt", secret_mark is not null as "servesPages",
      ended_at is null and seen_at > clock_timestamp() - interval '15 seconds' as "isLiving", bytes as "spoolBytes"
    from (select p.*, coalesce((select sum(waiting_bytes) from process_client c where c.process_id = p.id), 0) as bytes from process p) p
    where bytes > 0 or ended_at is null or ended_at > clock_timestamp() - interval '1 day'
    order by started_at, id`;

/** Replaces what is said of a process. Clients that are gone are left out. */
export async function writeWaiting(sql: Sql, processId: string, rows: readonly OfClient[]): Promise<void> {
  await sql.rows(z.never())`
    insert into process_client (client_id, process_id, waiting_bytes, waiting, day, day_bytes, minute, minute_items)
    select c.id, ${processId}, r.bytes, r.lines, r.day, r."dayBytes", r.minute, r."minuteItems"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (client uuid, bytes bigint, lines jsonb, day date, "dayBytes" bigint,
      minute timestamptz, "minuteItems" bigint)
    join client c on c.id = r.client
    on conflict (client_id, process_id) do update set waiting_bytes = excluded.waiting_bytes, waiting = excluded.waiting,
      day = excluded.day, day_bytes = excluded.day_bytes, minute = excluded.minute, minute_items = excluded.minute_items`;
  await sql.rows(z.never())`
    delete from process_client where process_id = ${processId} and not (client_id = any(${rows.map(({ client }) => client)}::uuid[]))`;
}

const Line = z.object({
  client_id: z.string(),
  hour: z.string(),
  kind: z.string(),
  outcome: z.enum(ledgerOutcomes),
  reason: z.string(),
  items: z.number(),
  requests: z.number(),
  bytes: z.number(),
});

/** Lines of the ledger that wait at other processes. */
export async function listWaiting(sql: Sql, except: string): Promise<LedgerLine[]> {
  const rows = await sql.rows(z.object({ waiting: z.array(Line) }))`
    select waiting from process_client where process_id <> ${except} and waiting <> '[]'`;
  return rows.flatMap(({ waiting }) => waiting.map((line) => ({ ...line, isElsewhere: true })));
}

const Used = z.object({ client: z.string(), items: z.coerce.number(), bytes: z.coerce.number() });

/** What clients sent to other processes, today and in this minute. */
export async function usageElsewhere(sql: Sql, except: string): Promise<Map<string, Usage>> {
  const rows = await sql.rows(Used)`
    select client_id as client,
      coalesce(sum(minute_items) filter (where minute = date_trunc('minute', clock_timestamp(), 'UTC')), 0) as items,
      coalesce(sum(day_bytes) filter (where day = (clock_timestamp() at time zone 'UTC')::date), 0) as bytes
    from process_client where process_id <> ${except} group by client_id`;
  return new Map(rows.map(({ client, items, bytes }) => [client, { itemsThisMinute: items, bytesToday: bytes }]));
}

/** What clients sent to this process today, before it was started anew. */
export const usageBefore = (sql: Sql, processId: string) =>
  sql.rows(z.object({ client: z.string(), bytes: z.coerce.number() }))`
    select client_id as client, day_bytes as bytes from process_client
    where process_id = ${processId} and day = (clock_timestamp() at time zone 'UTC')::date`;

/** Bytes of a client that wait in the spools of other processes, by what these said last; always one row. */
export const bytesElsewhere = (sql: Sql, client: string, except: string) =>
  sql.rows(z.object({ bytes: z.coerce.number() }))`
    select coalesce(sum(waiting_bytes), 0) as bytes from process_client where client_id = ${client} and process_id <> ${except}`;

/** Notes batches as those of a process. Answers which of them are. */
export async function takeBatches(sql: Sql, processId: string, digests: readonly string[]): Promise<string[]> {
  const rows = await sql.rows(z.object({ digest: z.string() }))`
    insert into taken_batch (digest, process_id, at)
    select decode(d, 'hex'), ${processId}, clock_timestamp() from unnest(${digests}::text[]) d
    on conflict (digest) do update set at = excluded.at where taken_batch.process_id = excluded.process_id
    returning encode(digest, 'hex') as digest`;
  return rows.map(({ digest }) => digest);
}

/** What nobody sends again any more; longer while a process is away, which may come back with its spool. */
export const forgetOldBatches = (sql: Sql) =>
  sql.rows(z.never())`
    delete from taken_batch where at < greatest(clock_timestamp() - interval '7 days', least(clock_timestamp() - interval '2 hours',
      (select min(seen_at) from process where ended_at is null) - interval '1 hour'))`;

/** Notes that a segment is loaded that was begun long ago. */
export const noteLate = (sql: Sql, since: Date) =>
  sql.rows(z.never())`
    insert into late_arrival (since, noted_at) values (${since}, clock_timestamp())
    on conflict (since) do update set noted_at = excluded.noted_at`;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** One row per client, of lines and sums. */
export function rowsOf(
  { lines, bytes }: { lines: readonly LedgerLine[]; bytes: ReadonlyMap<string, number> },
  sent: Iterable<readonly [string, Usage]>,
  nowMs = Date.now(),
): OfClient[] {
  const rows = new Map<string, OfClient & { lines: LedgerLine[] }>();
  const day = new Date(nowMs - (nowMs % DAY_MS)).toISOString().slice(0, 10);
  const minute = new Date(nowMs - (nowMs % MINUTE_MS)).toISOString();
  const rowOf = (client: string) => {
    const row = rows.get(client) ?? { client, bytes: 0, lines: [], day, dayBytes: 0, minute, minuteItems: 0 };
    rows.set(client, row);
    return row;
  };
  for (const line of lines) rowOf(line.client_id).lines.push(line);
  for (const [client, waiting] of bytes) if (client !== '') rowOf(client).bytes = waiting;
  for (const [client, { itemsThisMinute, bytesToday }] of sent)
    if (bytesToday > 0) Object.assign(rowOf(client), { dayBytes: bytesToday, minuteItems: itemsThisMinute });
  return [...rows.values()];
}
