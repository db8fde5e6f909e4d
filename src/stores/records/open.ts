import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import type { Log } from '../../platform/log.ts';
import { shipped } from '../../platform/paths.ts';
import { openLocks } from './locks.ts';
import { migrateRecords } from './migrate.ts';
import { startPostgres, type PostgresOptions } from './postgres.ts';
import { openPool, recordsOn, type Backing, type Records } from './records.ts';

export interface RecordsConfig {
  /** Steward's data directory; the built-in PostgreSQL lies in `records/` of it. */
  dataDir: string;
  /** A PostgreSQL of one's own instead. */
  databaseUrl?: string | undefined;
  /** For tests: where the migrations are, and what PostgreSQL is started with. */
  migrations?: string;
  postgres?: PostgresOptions;
}

/** Opens the record store, its tables up to date. Hold the data directory's lock. Throws `Problem`. */
export async function openRecords(config: RecordsConfig, log: Log): Promise<Records> {
  const { backing, at } = config.databaseUrl ? ownServer(config.databaseUrl) : await builtIn(config, log);
  const pool = openPool(at, log);
  try {
    const role = await migrateRecords(pool, config.migrations ?? shipped('src', 'stores', 'records', 'migrations'));
    return recordsOn(pool, openLocks(at), backing, role);
  } catch (error) {
    await pool.end();
    await backing.stop();
    throw error;
  }
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
