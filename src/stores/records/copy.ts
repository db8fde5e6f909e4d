import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { CopiedTable, Piece, RecordsCopy } from '../../platform/copy.ts';
import { asProblem } from './errors.ts';

/** What is of processes that run now, and not of what they keep: others come after a restore. */
export const ofProcesses = ['process', 'process_client', 'taken_batch', 'attempt'];

const ROWS_AT_ONCE = 500;
const PIECE_BYTES = 4 * 1024 ** 2;

const Table = z.object({ name: z.string(), isWalled: z.boolean(), isOfClients: z.boolean() });
type Table = z.infer<typeof Table>;
const Applied = z.object({ name: z.string(), hash: z.string() });
const Named = z.object({ id: z.string(), name: z.string() });
const Last = z.object({ name: z.string(), last: z.string() });
const Bypasses = z.object({ bypasses: z.boolean() });
const Line = z.object({ line: z.string() });

/** What a question is asked behind: nothing, the practice's wall, or that of a client. */
type Wall = 'none' | 'practice' | { client: string };

/**
 * Reads every table in one snapshot, each row as a line of JSON that PostgreSQL reads back exactly. Whoever row-level security binds
 * reads it wall by wall. One table at a time; close it.
 */
export async function copyRecords(pool: Pool): Promise<RecordsCopy> {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(asProblem(error)));
  // The connection may end while nobody waits for it.
  const ignore = () => undefined;
  client.on('error', ignore);
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    const broken = await client.query('rollback').then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    client.off('error', ignore);
    client.release(broken);
  };
  const ask = async <S extends z.ZodType>(shape: S, sql: string): Promise<z.output<S>[]> =>
    z.array(shape).parse((await client.query(sql).catch((error: unknown) => Promise.reject(asProblem(error)))).rows);
  try {
    await client.query('begin isolation level repeatable read read only');
    // It may take as long as it takes, also to write what was read.
    await client.query('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
    const migrations = await ask(Applied, 'select name, hash from migration order by name');
    const [own] = await ask(Bypasses, 'select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user');
    const tables = await ask(Table, listTables);
    const sequences = await ask(Last, listSequences);
    await raise(client, 'practice');
    const clients = await ask(Named, 'select id, name from client order by folded_name');
    const wallsOf = ({ isWalled, isOfClients }: Table): Wall[] => {
      if (own?.bypasses || !isWalled) return ['none'];
      return ['practice', ...(isOfClients ? clients.map(({ id }) => ({ client: id })) : [])];
    };
    return {
      migrations,
      clients,
      sequences,
      tables: tables.map((table): CopiedTable => ({
        name: table.name,
        pieces: () => piecesOf(client, table, wallsOf(table)),
      })),
      close,
    };
  } catch (error) {
    await close();
    throw asProblem(error);
  }
}

const listTables = `
  select relname as name, relrowsecurity as "isWalled",
    exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'client_id' and not attisdropped) as "isOfClients"
  from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
    and relname not in (${['migration', ...ofProcesses].map((name) => `'${name}'`).join(', ')})
  order by relname`;

// One that gave nothing yet says null.
const listSequences = `
  select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public' and last_value is not null
  order by sequencename`;

async function* piecesOf(client: PoolClient, table: Table, walls: readonly Wall[]): AsyncIterable<Piece> {
  let lines: string[] = [];
  let bytes = 0;
  const take = (): Piece => {
    const piece = { bytes: Buffer.from(lines.join('')), rows: lines.length };
    [lines, bytes] = [[], 0];
    return piece;
  };
  for (const wall of walls) {
    if (wall !== 'none') await raise(client, wall);
    for await (const line of linesOf(client, table, wall)) {
      lines.push(`${line}\n`);
      bytes += line.length;
      if (bytes >= PIECE_BYTES) yield take();
    }
  }
  if (lines.length > 0) yield take();
}

async function* linesOf(client: PoolClient, { name, isOfClients }: Table, wall: Wall): AsyncIterable<string> {
  // Behind the practice's wall a row of a client may be seen, too: each is read once.
  const rows = wall === 'none' || !isOfClients ? 'true' : wall === 'practice' ? 'client_id is null' : 'client_id = $1';
  const values = typeof wall === 'object' ? [wall.client] : [];
  const asked = (sql: string, given: unknown[] = []) =>
    client.query(sql, given).catch((error: unknown) => Promise.reject(asProblem(error)));
  // Text and jsonb may hold line ends only within strings, where JSON escapes them; json keeps the spaces it was given.
  await asked(
    `declare copied no scroll cursor for select to_jsonb(t)::text as line from ${quoted(name)} as t where ${rows}`,
    values,
  );
  for (;;) {
    const { rows: found } = await asked(`fetch ${ROWS_AT_ONCE} from copied`);
    for (const { line } of z.array(Line).parse(found)) yield line;
    if (found.length < ROWS_AT_ONCE) break;
  }
  await asked('close copied');
}

async function raise(client: PoolClient, wall: Exclude<Wall, 'none'>): Promise<void> {
  await client.query("select set_config('steward.client', $1, true), set_config('steward.wall', $2, true)", [
    wall === 'practice' ? '' : wall.client,
    wall === 'practice' ? 'practice' : 'client',
  ]);
}

/** A name of our own migrations as it may stand in SQL. */
export function quoted(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a table.`);
  return `"${name}"`;
}
