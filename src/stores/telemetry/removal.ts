import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Removed, RemovalReason, RowCounts } from '../../platform/practice.ts';
import { tableName } from './names.ts';
import type { Telemetry } from './telemetry.ts';

const Which = z.union([
  z.strictObject({ before: z.string() }),
  z.strictObject({ traceIds: z.array(z.string()) }),
  // One that was begun before there were salts has none.
  z.strictObject({ userSalt: z.string().default(''), userHashes: z.array(z.string()), until: z.string() }),
]);
type Which = z.infer<typeof Which>;

/** What makes an item of a table one. */
const keys = new Map([
  ['span', 'trace_id, span_id'],
  ['score', 'trace_id, id'],
  ['log_record', 'id'],
  ['metric_point', 'id'],
]);

const WITHIN_MS = 10 * 60_000;
const COUNTED_WITHIN_MS = 120_000;
/** Past that many, telling each from each would take more memory than a question may have. */
const MOST_TOLD_APART = 10_000_000;

const Count = z.object({ n: z.number() });
const Open = z.object({
  id: z.string(),
  kind: z.string(),
  reason: z.enum(['retention', 'erasure']),
  which: z.string(),
  items: z.number(),
});
const Gone = z.object({ kind: z.string(), reason: z.string(), items: z.number() });

const latest = `(SELECT client_id, id, kind, reason, which, items, state FROM ingest_removal WHERE client_id = {client:UUID}
  ORDER BY state DESC LIMIT 1 BY id)`;

type Store = Pick<Telemetry, 'rows' | 'command' | 'insert'>;

/** Deletes rows of a client from a table; how many items are gone with them is kept for the ledger, whenever the process ends. */
export async function removeRows(
  telemetry: Store,
  client: string,
  table: string,
  removed: Removed,
  reason: RemovalReason,
): Promise<RowCounts> {
  for (const open of await openRemovals(telemetry, client)) await finish(telemetry, client, open);
  const which = whichOf(removed);
  const before = await countRows(telemetry, client, table, which);
  if (before === 0) return { before, after: 0 };
  const items = await countGone(telemetry, client, table, which);
  if (items === 0) {
    await drop(telemetry, client, table, which);
    return { before, after: await countRows(telemetry, client, table, which) };
  }
  const planned = { id: randomUUID(), kind: table, reason, which: JSON.stringify(which), items };
  await note(telemetry, client, planned, 0);
  await finish(telemetry, client, planned);
  return { before, after: await countRows(telemetry, client, table, which) };
}

function whichOf(removed: Removed): Which {
  if ('before' in removed) return { before: removed.before.toISOString() };
  return 'traceIds' in removed ? removed : { ...removed, until: removed.until.toISOString() };
}

async function countRows(telemetry: Store, client: string, table: string, which: Which): Promise<number> {
  const [counted] = await telemetry.rows(Count)(
    `SELECT count() AS n FROM ${tableName(table)} WHERE client_id = {client:UUID} AND (${conditionOf(which)})`,
    { ...which, client },
    { timeoutMs: COUNTED_WITHIN_MS },
  );
  return counted?.n ?? 0;
}

/** How many items of each kind were removed, and why. */
export async function removedItems(telemetry: Pick<Telemetry, 'rows'>, client: string): Promise<z.infer<typeof Gone>[]> {
  const done = await telemetry.rows(Gone)(
    `SELECT kind, reason, sum(items) AS items FROM ${latest} WHERE state = 1 GROUP BY kind, reason`,
    { client },
  );
  const open = [];
  for (const { kind, reason, which, items } of await openRemovals(telemetry, client))
    open.push({
      kind,
      reason,
      items: Math.max(0, items - (await countGone(telemetry, client, kind, Which.parse(JSON.parse(which))))),
    });
  return [...done, ...open];
}

const openRemovals = (telemetry: Pick<Telemetry, 'rows'>, client: string) =>
  telemetry.rows(Open)(`SELECT toString(id) AS id, kind, reason, which, items FROM ${latest} WHERE state = 0`, { client });

async function finish(telemetry: Store, client: string, { which: said, ...open }: z.infer<typeof Open>): Promise<void> {
  const which = Which.parse(JSON.parse(said));
  await drop(telemetry, client, open.kind, which);
  const left = await countGone(telemetry, client, open.kind, which);
  await note(telemetry, client, { ...open, which: '', items: Math.max(0, open.items - left) }, 1);
}

const note = (telemetry: Store, client: string, removal: z.infer<typeof Open>, state: 0 | 1) =>
  telemetry.insert('ingest_removal', [{ ...removal, client_id: client, at: new Date().toISOString(), state }]);

const drop = (telemetry: Store, client: string, table: string, which: Which) =>
  telemetry.command(
    `ALTER TABLE ${tableName(table)} DELETE WHERE client_id = {client:UUID} AND (${conditionOf(which)})`,
    { ...which, client },
    // Waits until it is done, on every replica.
    { timeoutMs: WITHIN_MS, settings: { mutations_sync: '2' } },
  );

function conditionOf(which: Which): string {
  if ('before' in which) return `received_at < parseDateTime64BestEffort({before:String}, 3, 'UTC')`;
  if ('traceIds' in which) return 'trace_id IN {traceIds:Array(String)}';
  return `received_at <= parseDateTime64BestEffort({until:String}, 3, 'UTC') AND (${namesUser('attributes')} OR ${namesUser('resource')})`;
}

/** SQL: an attribute that is called after a user says one of these names. Values are JSON. */
const namesUser = (map: 'attributes' | 'resource') => `arrayExists((key, said) ->
  match(lower(toString(key)), '(^|[._-])(end_?user|user|customer)([._-]?(id|name|email))?$')
    AND lower(hex(SHA256(concat({userSalt:String}, if(startsWith(said, '"'), JSONExtractString(said), said))))) IN {userHashes:Array(String)},
  mapKeys(${map}), mapValues(${map}))`;

/** The items of which nothing would be left: one that was sent again lately stays. */
async function countGone(telemetry: Pick<Telemetry, 'rows'>, client: string, table: string, which: Which): Promise<number> {
  const key = keys.get(table);
  if (key === undefined) return 0;
  const condition = conditionOf(which);
  const ask = async (sql: string) =>
    (await telemetry.rows(Count)(sql, { ...which, client }, { timeoutMs: COUNTED_WITHIN_MS }))[0]?.n ?? 0;
  const of = (what: string, condition: string) => `SELECT ${what} FROM ${table} WHERE client_id = {client:UUID} AND ${condition}`;
  const isSpan = table === 'span';
  const stays = `(${key}) IN (${of(key, `NOT (${condition})${isSpan ? ' AND resent' : ''}`)})`;
  const goes = 'before' in which ? `(${condition}) AND NOT ${stays}` : `(${condition})`;
  const rows = await ask(of('count() AS n', `(${condition})`));
  if (rows === 0) return 0;
  if (!isSpan || rows <= MOST_TOLD_APART) return ask(of(`uniqExact(${key}) AS n`, goes));
  // Merges drop the first of two, so that one which was sent again may be there without its first.
  const again = await ask(of(`uniqExact(${key}) AS n`, `${goes} AND resent`));
  return (
    again +
    (await ask(of('count() AS n', `${goes} AND NOT resent AND (${key}) NOT IN (${of(key, `(${condition}) AND resent`)})`)))
  );
}
