import { Pool, types, type CustomTypesConfig, type PoolClient, type PoolConfig } from 'pg';
import { z } from 'zod';
import type { Log } from '../../platform/log.ts';
import { asProblem } from './errors.ts';

/** A way to ask the record store: the pool, or one transaction of it. */
export interface Sql {
  /**
   * Runs one statement: `` rows(Shape)`select … where id = ${id}` ``. Values are bound, never part of the SQL; each row that
   * comes back is parsed by the shape. Throws `Problem` `unavailable` when PostgreSQL went away: a write may or may not
   * have been done then.
   */
  rows<S extends z.ZodType>(shape: S): (sql: TemplateStringsArray, ...values: unknown[]) => Promise<z.output<S>[]>;
  /** Runs the work in one transaction, rolled back when it throws; joins the one already open. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

export interface Records extends Sql, AsyncDisposable {
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

export function recordsOn(pool: Pool, backing: Backing): Records {
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
    pid: () => backing.pid(),
    async close() {
      await pool.end();
      await backing.stop();
    },
    [Symbol.asyncDispose]: () => records.close(),
  };
  return records;
}

/** Runs the work on one connection between `begin` and `commit`. */
export async function inTransaction<T>(pool: Pool, work: (sql: Sql, client: PoolClient) => Promise<T>): Promise<T> {
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
    await client.query('begin');
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
