import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { shipped } from '../../platform/paths.ts';
import { shippedPrograms } from '../records/binaries.ts';
import { openRecords } from '../records/index.ts';
import { quiet, tempDir } from './temp.ts';

/**
 * A temporary data directory whose PostgreSQL has been made already, as a copy of one that is kept: making it costs a second of
 * processor time, which most tests are not about.
 */
export async function preparedDataDir() {
  const made = shipped(
    'node_modules',
    '.cache',
    'steward-testing',
    `records-${statSync(join(shippedPrograms(), 'postgres')).size}`,
  );
  if (!existsSync(made)) await make(made);
  const dir = tempDir();
  mkdirSync(join(dir.path, 'records'), { mode: 0o700 });
  copy(made, join(dir.path, 'records', 'data'));
  return dir;
}

async function make(made: string): Promise<void> {
  using dir = tempDir();
  using noMigrations = tempDir();
  const records = await openRecords({ dataDir: dir.path, migrations: noMigrations.path }, quiet);
  await records.close();
  const unfinished = `${made}-${process.pid}`;
  mkdirSync(join(made, '..'), { recursive: true });
  copy(join(dir.path, 'records', 'data'), unfinished);
  try {
    renameSync(unfinished, made);
  } catch {
    // Another test file was first.
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function copy(from: string, to: string): void {
  // Modes and owners matter to PostgreSQL.
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
