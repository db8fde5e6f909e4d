import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { FilledTable, Sequence } from '../../platform/copy.ts';
import { ofProcesses, quoted } from './copy.ts';

const Known = z.object({ name: z.string(), isForced: z.boolean(), columns: z.string(), always: z.boolean() });
const Reference = z.object({ from: z.string(), to: z.string() });

/** How many rows go into one statement. */
const ROWS_AT_ONCE = 500;

/**
 * Fills tables with the lines that `copyRecords` made, in one transaction. For that long the owner of the tables stands above their
 * walls and no trigger of ours runs: what is filled in was let in before.
 */
export async function fillRecords(
  client: PoolClient,
  tables: readonly FilledTable[],
  sequences: readonly Sequence[],
): Promise<void> {
  const ask = async <S extends z.ZodType>(shape: S, sql: string): Promise<z.output<S>[]> =>
    z.array(shape).parse((await client.query(sql)).rows);
  await client.query('set local statement_timeout = 0');
  const known = await ask(Known, listTables);
  const given = new Map(tables.map((table) => [table.name, table]));
  const order = inOrder(
    known.map(({ name }) => name),
    await ask(Reference, listReferences),
  );
  for (const { name, isForced } of known)
    await client.query(
      `alter table ${quoted(name)} disable trigger user${isForced ? `; alter table ${quoted(name)} no force row level security` : ''}`,
    );
  // What a migration put there comes again, as it was.
  for (const name of order.toReversed()) await client.query(`delete from ${quoted(name)}`);
  for (const name of order) {
    const { columns, always } = known.find((one) => one.name === name)!;
    const into = `insert into ${quoted(name)} (${columns})${always ? ' overriding system value' : ''}
      select ${columns} from json_populate_recordset(null::${quoted(name)}, $1::json)`;
    for await (const bytes of given.get(name)?.pieces() ?? []) {
      const lines = bytes.toString('utf8').split('\n').filter(Boolean);
      for (let at = 0; at < lines.length; at += ROWS_AT_ONCE)
        await client.query(into, [`[${lines.slice(at, at + ROWS_AT_ONCE).join(',')}]`]);
    }
  }
  for (const { name, isForced } of known)
    await client.query(
      `alter table ${quoted(name)} enable trigger user${isForced ? `; alter table ${quoted(name)} force row level security` : ''}`,
    );
  for (const { name, last } of sequences) await client.query('select setval($1::regclass, $2)', [quoted(name), last]);
}

const listTables = `
  select c.relname as name, c.relforcerowsecurity as "isForced",
    string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attgenerated = '') as columns,
    bool_or(a.attidentity = 'a') as always
  from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    and c.relname not in (${['migration', ...ofProcesses].map((name) => `'${name}'`).join(', ')})
  group by c.oid, c.relname, c.relforcerowsecurity order by c.relname`;

const listReferences = `
  select a.relname as "from", b.relname as "to" from pg_constraint as k
  join pg_class as a on a.oid = k.conrelid join pg_class as b on b.oid = k.confrelid
  where k.contype = 'f' and a.relnamespace = 'public'::regnamespace and a.oid <> b.oid`;

/** The tables, each behind those that it refers to. */
export function inOrder(names: readonly string[], references: readonly { from: string; to: string }[]): string[] {
  const ordered: string[] = [];
  let rest = [...names];
  while (rest.length > 0) {
    const free = rest.filter((name) => !references.some(({ from, to }) => from === name && rest.includes(to)));
    if (free.length === 0) throw new Error(`These tables refer to each other in a circle: ${rest.join(', ')}.`);
    ordered.push(...free);
    rest = rest.filter((name) => !free.includes(name));
  }
  return ordered;
}
