import { Client, type ClientConfig } from 'pg';
import { conflict, unavailable } from '../../platform/problem.ts';
import { asProblem } from './errors.ts';

/** What processes on one record store do one at a time. Any numbers that nothing else on the database locks. */
const keys = { migrations: 7_305_241_191, loading: 7_305_241_192, backup: 7_305_241_193 } as const;

/**
 * Locks that all processes on a record store share. PostgreSQL holds them for a connection, so that they go with a process that
 * is killed. Who waits is served in order: somebody who wants to be alone is not passed by.
 */
export interface Locks {
  /** Runs the work while nobody is alone with it. Throws `unavailable` when the store is away. */
  together<T>(what: keyof typeof keys, work: () => Promise<T>): Promise<T>;
  /** Runs the work while nobody else does anything of the kind. Throws `unavailable`, also when the lock was lost meanwhile. */
  alone<T>(what: keyof typeof keys, withinMs: number, work: () => Promise<T>): Promise<T>;
  /** Runs the work unless somebody does anything of the kind: then throws `conflict` with the sentence. Throws `unavailable` like `alone`. */
  onlyOne<T>(what: keyof typeof keys, otherwise: string, work: () => Promise<T>): Promise<T>;
  close(): void;
}

/** One connection, opened when it is first needed. Not one of the pool: whoever waits for a lock would hold it from all others. */
export function openLocks(at: ClientConfig): Locks {
  let connected: Promise<Client> | undefined;
  let isClosed = false;

  function connection(): Promise<Client> {
    if (isClosed) return Promise.reject(unavailable('Steward is being stopped.'));
    return (connected ??= connect());
  }

  async function connect(): Promise<Client> {
    const client = new Client({ ...at, application_name: 'steward locks', connectionTimeoutMillis: 5000, keepAlive: true });
    const forget = () => (connected = undefined);
    client.once('error', forget).once('end', forget);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      forget();
      throw asProblem(error);
    }
  }

  /** On the same connection, or not at all: a lock is the connection's. */
  async function run<T>(
    take: (client: Client) => Promise<unknown>,
    give: string,
    key: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const client = await connection();
    await take(client);
    let done: T;
    try {
      done = await work();
    } catch (error) {
      await client.query(`select ${give}($1)`, [key]).catch(() => undefined);
      throw error;
    }
    await client.query(`select ${give}($1)`, [key]).catch((error: unknown) => {
      throw unavailable('The connection to the record store ended meanwhile. Try again.', error);
    });
    return done;
  }

  const waiting = (take: string, key: number, withinMs: number) => async (client: Client) => {
    try {
      await client.query(`select set_config('lock_timeout', $1, false)`, [`${withinMs}ms`]);
      await client.query(`select ${take}($1)`, [key]);
    } catch (error) {
      throw isLate(error)
        ? unavailable('Another process is at it for longer than this can wait. Try again.', error)
        : asProblem(error);
    }
  };

  // Whoever waited for long would hold the connection from what is loaded meanwhile.
  const atOnce = (key: number, otherwise: string) => async (client: Client) => {
    const { rows } = await client
      .query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [key])
      .catch((error: unknown) => {
        throw asProblem(error);
      });
    if (!rows[0]?.free) throw conflict(otherwise);
  };

  return {
    // 0: however long it takes.
    together: (what, work) =>
      run(waiting('pg_advisory_lock_shared', keys[what], 0), 'pg_advisory_unlock_shared', keys[what], work),
    alone: (what, withinMs, work) =>
      run(waiting('pg_advisory_lock', keys[what], withinMs), 'pg_advisory_unlock', keys[what], work),
    onlyOne: (what, otherwise, work) => run(atOnce(keys[what], otherwise), 'pg_advisory_unlock', keys[what], work),
    close() {
      isClosed = true;
      void connected?.then((client) => client.end()).catch(() => undefined);
    },
  };
}

const isLate = (error: unknown) => error instanceof Error && 'code' in error && error.code === '55P03';
