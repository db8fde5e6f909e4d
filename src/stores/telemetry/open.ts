import { Agent } from 'node:http';
import type { Log } from '../../platform/log.ts';
import { shipped } from '../../platform/paths.ts';
import { z } from 'zod';
import { conflict } from '../../platform/problem.ts';
import type { Applied } from '../migrations.ts';
import { makePrivateDir } from '../private.ts';
import { whyNotOpened } from '../reach.ts';
import { changeOnCluster, clusterSettings } from './cluster.ts';
import { startEngine, type Engine } from './engine.ts';
import { migrateTelemetry } from './migrate.ts';
import { connectTelemetry, type Telemetry } from './telemetry.ts';

export interface TelemetryConfig {
  /** Directory of the built-in ClickHouse. */
  dir: string;
  /** A ClickHouse of one's own instead, with user and password in it where needed. */
  url?: string | undefined;
  /** What the built-in engine may allocate. Default: 1 GB. */
  memoryBytes?: number;
  /** Of the server: tables are made replicated and sharded on the cluster of that name. */
  cluster?: string | undefined;
  /** Brings the tables up to date while no other process does. */
  inTurn?: (migrate: () => Promise<void>) => Promise<void>;
  /** For a restore: the store must be empty, and has these migrations alone. */
  fresh?: readonly Applied[] | undefined;
  /** For tests: where the migrations are. */
  migrations?: string;
}

export const telemetryMigrations = shipped('src', 'stores', 'telemetry', 'migrations');

/** Opens the telemetry store, its tables up to date. Hold the data directory's lock. Throws `Problem`. */
export async function openTelemetry(
  { dir, url, cluster, inTurn = (migrate) => migrate(), memoryBytes = 1_000_000_000, migrations, fresh }: TelemetryConfig,
  log: Log,
): Promise<Telemetry> {
  const telemetry = url ? connectServer(url, cluster) : await openBuiltIn(dir, memoryBytes, log);
  const explain = (error: unknown): never => {
    throw url ? whyNotOpened('CLICKHOUSE_URL', url, error) : error;
  };
  try {
    if (fresh) await requireEmpty(telemetry).catch(explain);
    // Not what waits for its turn: that is of the other store.
    await inTurn(() => migrateTelemetry(telemetry, migrations ?? telemetryMigrations, { cluster, only: fresh }).catch(explain));
  } catch (error) {
    await telemetry.close();
    throw error;
  }
  return telemetry;
}

const Counted = z.object({ tables: z.number() });

async function requireEmpty(telemetry: Telemetry): Promise<void> {
  const [found] = await telemetry.rows(Counted)('SELECT count() AS tables FROM system.tables WHERE database = currentDatabase()');
  if (found!.tables > 0) throw conflict('The database of CLICKHOUSE_URL is not empty. Name an empty one to restore into.');
}

async function openBuiltIn(dir: string, memoryBytes: number, log: Log): Promise<Telemetry> {
  makePrivateDir(dir);
  const engine = await startEngine({ dir, readsFiles: false, fsync: true, memoryBytes }, log);
  return connectEngine(engine);
}

/** A client of a built-in engine; `readsFiles`: its questions may be about files. */
export function connectEngine(engine: Engine, { readsFiles = false } = {}): Telemetry {
  const options = { socketPath: engine.socketPath, keepAlive: true, maxSockets: 64 };
  const agent = new Agent(options);
  // The name is for HTTP's sake; the agent goes to the socket.
  return connectTelemetry({ url: 'http://telemetry.local', agent, backing: engine, readsFiles });
}

function connectServer(url: string, cluster?: string): Telemetry {
  const nothing = () => Promise.resolve();
  const backing = { ready: nothing, pid: () => undefined, kill: () => undefined, close: nothing };
  if (cluster === undefined) return connectTelemetry({ url, backing });
  const telemetry = connectTelemetry({ url, backing, settings: clusterSettings });
  return { ...telemetry, command: (sql, params, options) => telemetry.command(changeOnCluster(sql, cluster), params, options) };
}
