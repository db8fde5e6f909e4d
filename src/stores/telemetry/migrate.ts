import { Applied, pendingMigrations } from '../migrations.ts';
import { migrationOnCluster } from './cluster.ts';
import { columnName } from './names.ts';
import type { Telemetry } from './telemetry.ts';

/** Tables are filled from what is there, however much that is. */
const WITHIN_MS = 3_600_000;

/**
 * Brings the tables up to date with the `.sql` files of a directory, in order. ClickHouse has no transactions: each
 * statement must bear being run twice, and a file is noted when all of it has run. `cluster`: each is run there, see `cluster.ts`.
 * `only`: those that a backup had.
 */
export async function migrateTelemetry(
  telemetry: Telemetry,
  dir: string,
  { cluster, only }: { cluster?: string | undefined; only?: readonly Applied[] | undefined } = {},
): Promise<void> {
  await telemetry.command(notes(cluster), {}, { timeoutMs: WITHIN_MS });
  const applied = await telemetry.rows(Applied)('SELECT DISTINCT name, hash FROM migration');
  for (const { name, hash, sql } of pendingMigrations('telemetry', dir, applied, only)) {
    for (const statement of statementsOf(sql, cluster)) await telemetry.command(statement, {}, { timeoutMs: WITHIN_MS });
    await telemetry.insert('migration', [{ name, hash }]);
  }
}

/** What ran is known to every server of a cluster, of whatever shard. */
export function notes(cluster?: string): string {
  const engine = cluster ? `ReplicatedMergeTree('/clickhouse/tables/{database}/migration', '{shard}-{replica}')` : 'MergeTree';
  return `CREATE TABLE IF NOT EXISTS migration${cluster ? ` ON CLUSTER ${columnName(cluster)}` : ''} (name String, hash String, applied_at DateTime64(3) DEFAULT now64(3))
    ENGINE = ${engine} ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;
}

/** The statements of a file, one by one, as the protocol takes them. */
export function statementsOf(sql: string, cluster?: string): string[] {
  // A statement ends with a semicolon at the end of a line.
  const statements = sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter(Boolean);
  return cluster ? statements.flatMap((statement) => migrationOnCluster(statement, cluster)) : statements;
}
