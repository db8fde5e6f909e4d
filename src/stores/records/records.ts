import { Pool, types, type CustomTypesConfig, type PoolClient, type PoolConfig } from 'pg';
import { z } from 'zod';
import type { Log } from '../../platform/log.ts';
import type { Sql } from '../../platform/sql.ts';
import type { FilledTable, RecordsCopy, Sequence } from '../../platform/copy.ts';
import { copyRecords } from './copy.ts';
import { asProblem } from './errors.ts';
import { fillRecords } from './fill.ts';
import type { Locks } from './locks.ts';

export type { Sql } from '../../platform/sql.ts';

/** What a transaction may see: the rows of one client, or what is the practice's own. */
export interface Wall {
  client: string | null;
  does: 'read' | 'write';
}

/** The store itself: its own rows and transactions are without a wall, for migrations, checks and benchmarks. */
export interface Records extends Sql, AsyncDisposable {
  /**
   * Runs the work in one transaction behind a wall: as a role that row-level security binds, and with the wall set for this
   * transaction alone. What is behind another wall is not there.
   */
  behind<T>(wall: Wall, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Shared by all processes on this store. */
  readonly locks: Locks;
  /** Everything as it is at this moment, to be read in peace: whatever is written afterwards is not in it. */
  copy(): Promise<RecordsCopy>;
  /** Fills tables that are empty; all or nothing. */
  fill(tables: readonly FilledTable[], sequences: readonly Sequence[]): Promise<void>;
  /** The first process of the built-in PostgreSQL; nothing for a server. */
  pid(): number | undefined;
  close(): Promise<void>;
}

/** What stands behind the pool. A PostgreSQL of one's own needs none of it. */
export interface Backing {
  ready(): Promise<void>;
  pid(): number | undefined;
  stop(): Promise<void>;
}

/** A pool of connections to the server at `at`. */
export function openPool(at: PoolConfig, log: Log): Pool {
  const pool = new Pool({
    ...at,
    max: 20,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    application_name: 'steward',
    allowExitOnIdle: true,
    types: { getTypeParser },
  });
  // Without a listener the end of an idle connection, as at every restart, ends Steward.
  pool.on('error', (error) => log.debug({ err: error }, 'an idle connection to PostgreSQL ended'));
  return pool;
}

/** The store on a pool of connections. `role`: the one to take on behind a wall, where the connection’s own could look over it. */
export function recordsOn(pool: Pool, locks: Locks, backing: Backing, role: string | null): Records {
  const records: Records = {
    rows:
      (shape) =>
      async (sql, ...values) => {
        await backing.ready();
        return ask(pool, shape, sql, values);
      },
    async transaction(work) {
      await backing.ready();
      return inTransaction(pool, work);
    },
    async behind(wall, work) {
      await backing.ready();
      return inTransaction(pool, work, (client) => raise(client, wall, role));
    },
    locks,
    async copy() {
      await backing.ready();
      return copyRecords(pool);
    },
    async fill(tables, sequences) {
      await backing.ready();
      await inTransaction(pool, (_, client) => fillRecords(client, tables, sequences));
    },
    pid: () => backing.pid(),
    async close() {
      locks.close();
      await pool.end();
      await backing.stop();
    },
    [Symbol.asyncDispose]: () => records.close(),
  };
  return records;
}

/** Runs the work on one connection between `begin` and `commit`. */
export async function inTransaction<T>(
  pool: Pool,
  work: (sql: Sql, client: PoolClient) => Promise<T>,
  begin: (client: PoolClient) => Promise<unknown> = (client) => client.query('begin'),
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(asProblem(error)));
  // The connection may end while nobody waits for it.
  client.on('error', ignore);
  const sql: Sql = {
    rows:
      (shape) =>
      (text, ...values) =>
        ask(client, shape, text, values),
    transaction: (inner) => inner(sql),
  };
  let broken: Error | undefined;
  try {
    await begin(client);
    const result = await work(sql, client);
    await client.query('commit');
    return result;
  } catch (error) {
    broken = await client.query('rollback').then(
      () => undefined,
      (failed: unknown) => (failed instanceof Error ? failed : new Error(String(failed))),
    );
    throw asProblem(error);
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

const ignore = () => undefined;

/** Begins a transaction behind the wall. `role`: the one to take on, where the connection's own could look over it. */
async function raise(on: PoolClient, { client, does }: Wall, role: string | null): Promise<void> {
  await on.query(`begin ${does === 'read' ? 'read only' : 'read write'}${role ? `; set local role ${role}` : ''}`);
  await on.query("select set_config('steward.client', $1, true), set_config('steward.wall', $2, true)", [
    client ?? '',
    client === null ? 'practice' : 'client',
  ]);
}

async function ask<S extends z.ZodType>(on: Pool | PoolClient, shape: S, sql: TemplateStringsArray, values: unknown[]) {
  const text = sql.reduce((before, part, at) => `${before}$${at}${part}`);
  const result = await on.query(text, values).catch((error: unknown) => Promise.reject(asProblem(error)));
  return z.array(shape).parse(result.rows);
}

const { builtins } = types;
// A count is a number; what is too large for one stays text. A day has no time and no zone, and stays text.
const parsers: Partial<Record<number, (text: string) => unknown>> = {
  [builtins.INT8]: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  [builtins.DATE]: (text) => text,
};
const getTypeParser: CustomTypesConfig['getTypeParser'] = (oid, format) => parsers[oid] ?? types.getTypeParser(oid, format);
