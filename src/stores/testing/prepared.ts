import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shipped } from '../../platform/paths.ts';
import { shippedPrograms } from '../records/binaries.ts';
import { openRecords, recordMigrations } from '../records/index.ts';
import { openTelemetry, telemetryMigrations } from '../telemetry/index.ts';
import { quiet, tempDir } from './temp.ts';

/**
 * Temporary directories whose stores have been made already, as copies of ones that are kept: to make them and their tables takes
 * two seconds of a processor, which most tests are not about.
 */

const postgres = () => `${statSync(join(shippedPrograms(), 'postgres')).size}`;
const clickhouse = () => hashOf(shipped('node_modules', 'chdb', 'package.json'));

/** A data directory with a PostgreSQL that has no tables yet. */
export async function preparedDataDir() {
  const made = await kept('bare', postgres(), async (dir) => {
    using noMigrations = tempDir();
    await (await openRecords({ dataDir: dir, migrations: noMigrations.path }, quiet)).close();
  });
  const dir = tempDir();
  copyRecords(made, dir.path);
  return dir;
}

/** A data directory with all tables of both stores. */
export async function preparedStores() {
  const dir = tempDir();
  const made = await kept('records', postgres() + hashOf(...filesOf(recordMigrations)), async (dataDir) => {
    using bare = await preparedDataDir();
    await (await openRecords({ dataDir: bare.path }, quiet)).close();
    copyRecords(bare.path, dataDir);
  });
  copyRecords(made, dir.path);
  await fillTelemetry(join(dir.path, 'telemetry'));
  return dir;
}

/** A directory of the built-in ClickHouse with all tables. */
export async function preparedTelemetry() {
  const dir = tempDir();
  await fillTelemetry(dir.path);
  return dir;
}

async function fillTelemetry(dir: string): Promise<void> {
  const made = await kept('telemetry', clickhouse() + hashOf(...filesOf(telemetryMigrations)), async (made) =>
    (await openTelemetry({ dir: made }, quiet)).close(),
  );
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // The rest is written at every start.
  copy(join(made, 'tables'), join(dir, 'tables'));
}

function copyRecords(from: string, to: string): void {
  mkdirSync(join(to, 'records'), { mode: 0o700 });
  copy(join(from, 'records', 'data'), join(to, 'records', 'data'));
}

/** Migrations, and what runs them. */
const filesOf = (migrations: string) => [
  join(dirname(migrations), 'migrate.ts'),
  ...readdirSync(migrations)
    .toSorted()
    .map((name) => join(migrations, name)),
];

function hashOf(...files: string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  return `-${hash.digest('hex').slice(0, 16)}`;
}

/** The directory that is kept under a name, made by whoever needs it first. */
async function kept(name: string, version: string, make: (dir: string) => Promise<void>): Promise<string> {
  const path = shipped('node_modules', '.cache', 'steward-testing', `${name}-${version}`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  using dir = tempDir();
  await make(dir.path);
  // In place at once, as several test files may come here at the same time.
  const unfinished = mkdtempSync(`${path}-`);
  copy(`${dir.path}/.`, unfinished);
  try {
    renameSync(unfinished, path);
  } catch {
    // Another test file was first.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return path;
}

function copy(from: string, to: string): void {
  // Modes and owners matter to PostgreSQL.
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
