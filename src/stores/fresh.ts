import { join } from 'node:path';
import type { Applied } from '../platform/copy.ts';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { requireKnown } from './migrations.ts';
import { openRecords, recordMigrations, type Records } from './records/index.ts';
import { openTelemetry, telemetryMigrations, type Telemetry } from './telemetry/index.ts';

/** What each store of a backup had been changed by. */
export interface AppliedOfBoth {
  readonly records: readonly Applied[];
  readonly telemetry: readonly Applied[];
}

/** Throws `conflict` when a backup had a change of its tables that this Steward does not know: it was made by a newer one. */
export function requireKnownMigrations({ records, telemetry }: AppliedOfBoth): void {
  requireKnown('record', recordMigrations, records);
  requireKnown('telemetry', telemetryMigrations, telemetry);
}

/** Both stores with nothing in them, and nothing that works on them by itself. */
export interface FreshStores extends AsyncDisposable {
  readonly records: Records;
  readonly telemetry: Telemetry;
}

/**
 * Makes both stores as far as `applied` says, to be filled, in a data directory whose lock is ours. Throws `conflict` when one of them
 * is not empty.
 */
export async function openFresh(
  {
    dataDir,
    databaseUrl,
    clickhouseUrl,
    clickhouseCluster: cluster,
  }: Pick<Config, 'dataDir' | 'databaseUrl' | 'clickhouseUrl' | 'clickhouseCluster'>,
  log: Log,
  applied: AppliedOfBoth,
): Promise<FreshStores> {
  const records = await openRecords({ dataDir, databaseUrl, fresh: applied.records }, log);
  try {
    const dir = join(dataDir, 'telemetry');
    const telemetry = await openTelemetry({ dir, url: clickhouseUrl, cluster, fresh: applied.telemetry }, log);
    const close = async () => {
      await Promise.all([records.close(), telemetry.close()]);
    };
    return { records, telemetry, [Symbol.asyncDispose]: close };
  } catch (error) {
    await records.close();
    throw error;
  }
}
