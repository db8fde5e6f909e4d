import { join } from 'node:path';
import type { ClientConfig, Pool } from 'pg';
import { z } from 'zod';
import type { Log } from '../../platform/log.ts';
import { shipped } from '../../platform/paths.ts';
import { conflict } from '../../platform/problem.ts';
import type { Applied } from '../migrations.ts';
import { whyNotOpened } from '../reach.ts';
import { openLocks } from './locks.ts';
import { migrateRecords } from './migrate.ts';
import { startPostgres, type PostgresOptions } from './postgres.ts';
import { openPool, recordsOn, type Backing, type Records } from './records.ts';

export interface RecordsConfig {
  /** Steward's data directory; the built-in PostgreSQL lies in `records/` of it. */
  dataDir: string;
  /** A PostgreSQL of one's own instead. */
  databaseUrl?: string | undefined;
  /** For a restore: the store must be empty, and has these migrations alone. */
  fresh?: readonly Applied[] | undefined;
  /** For tests: where the migrations are, and what PostgreSQL is started with. */
  migrations?: string;
  postgres?: PostgresOptions;
}

export const recordMigrations = shipped('src', 'stores', 'records', 'migrations');

/** Opens the record store, its tables up to date. Hold the data directory's lock. Throws `Problem`. */
export async function openRecords(config: RecordsConfig, log: Log): Promise<Records> {
  const { backing, at } = config.databaseUrl ? ownServer(config.databaseUrl) : await builtIn(config, log);
  const pool = openPool(at, log);
  try {
    if (config.fresh) await requireEmpty(pool);
    const role = await migrateRecords(pool, config.migrations ?? recordMigrations, config.fresh);
    return recordsOn(pool, openLocks(at), backing, role);
  } catch (error) {
    await pool.end();
    await backing.stop();
    throw config.databaseUrl ? whyNotOpened('DATABASE_URL', config.databaseUrl, error) : error;
  }
}

const Counted = z.object({ tables: z.number() });

async function requireEmpty(pool: Pool): Promise<void> {
  const { rows } = await pool.query(
    "select count(*)::int as tables from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  );
  if (z.array(Counted).parse(rows)[0]?.tables !== 0)
    throw conflict('The database of DATABASE_URL is not empty. Name an empty one to restore into.');
}

interface Opened {
  backing: Backing;
  at: ClientConfig;
}

function ownServer(connectionString: string): Opened {
  const nothing = () => Promise.resolve();
  return { backing: { ready: nothing, pid: () => undefined, stop: nothing }, at: { connectionString } };
}

async function builtIn({ dataDir, postgres: options }: RecordsConfig, log: Log): Promise<Opened> {
  const postgres = await startPostgres(join(dataDir, 'records'), log, options);
  return { backing: postgres, at: { host: postgres.socketDir, port: 5432, user: 'steward', database: 'postgres' } };
}
