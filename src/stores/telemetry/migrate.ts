import { Applied, pendingMigrations } from '../migrations.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * Brings the tables up to date with the `.sql` files of a directory, in order. ClickHouse has no transactions: each
 * statement must bear being run twice, and a file is noted when all of it has run. `only`: those that a backup had.
 */
export async function migrateTelemetry(
  telemetry: Telemetry,
  dir: string,
  { only }: { cluster?: string | undefined; only?: readonly Applied[] | undefined } = {},
): Promise<void> {
  await telemetry.command(`
    CREATE TABLE IF NOT EXISTS migration (name String, hash String, applied_at DateTime64(3) DEFAULT now64(3))
    ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`);
  const applied = await telemetry.rows(Applied)('SELECT DISTINCT name, hash FROM migration');
  for (const { name, hash, sql } of pendingMigrations('telemetry', dir, applied, only)) {
    for (const statement of statements(sql)) await telemetry.command(statement, {}, { timeoutMs: 600_000 });
    await telemetry.insert('migration', [{ name, hash }]);
  }
}

// A statement ends with a semicolon at the end of a line; the protocol takes one at a time.
const statements = (sql: string) =>
  sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter(Boolean);
