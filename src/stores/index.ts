import { join } from 'node:path';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { lockDataDir } from './lock.ts';
import { openRecords, type Records } from './records/index.ts';
import { openSpool, openTelemetry, type Spool, type Telemetry } from './telemetry/index.ts';

export { lockDataDir, type DataLock } from './lock.ts';
export { memoryOf, type Memory } from './memory.ts';
export type { Records, Sql } from './records/index.ts';
export type { Spool, Telemetry } from './telemetry/index.ts';

/** Both stores of one data directory, which is ours alone until they are closed. */
export interface Stores extends AsyncDisposable {
  readonly records: Records;
  readonly telemetry: Telemetry;
  /** Telemetry on its way into its store. */
  readonly spool: Spool;
  close(): Promise<void>;
}

/** Locks the data directory and opens both stores at once. Throws `Problem`: `conflict` when another Steward is using it. */
export async function openStores(config: Pick<Config, 'dataDir' | 'databaseUrl' | 'clickhouseUrl'>, log: Log): Promise<Stores> {
  const { dataDir, databaseUrl, clickhouseUrl } = config;
  const lock = await lockDataDir(dataDir);
  const [records, telemetry] = await Promise.allSettled([
    openRecords({ dataDir, databaseUrl }, log),
    openTelemetry({ dir: join(dataDir, 'telemetry'), url: clickhouseUrl }, log),
  ]);
  const opened = [records, telemetry].filter((store) => store.status === 'fulfilled').map((store) => store.value);
  const close = async () => {
    try {
      await Promise.all(opened.map((store) => store.close()));
    } finally {
      lock.release();
    }
  };
  if (records.status === 'fulfilled' && telemetry.status === 'fulfilled') {
    const spool = openSpool({ dir: join(dataDir, 'spool'), load: loaderOf(telemetry.value) }, log);
    const closeAll = async () => {
      await spool.close();
      await close();
    };
    return { records: records.value, telemetry: telemetry.value, spool, close: closeAll, [Symbol.asyncDispose]: closeAll };
  }
  await close();
  throw [records, telemetry].find((store) => store.status === 'rejected')?.reason;
}

/** A segment is one insert, however often it is tried. */
const loaderOf = (telemetry: Telemetry) => (rows: Uint8Array, token: string) =>
  telemetry.insert('span', rows, { timeoutMs: 120_000, settings: { insert_deduplication_token: token } });
