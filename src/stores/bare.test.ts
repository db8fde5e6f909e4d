// A machine with Node and nothing else, and files that are nobody else's.
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isLocked, lockDataDir } from './lock.ts';
import { memoryOf } from './memory.ts';
import { openScratchTelemetry, openTelemetry } from './telemetry/index.ts';
import { compileProgram, ended, startProgram } from './testing/program.ts';
import { eventually, quiet, tempDir } from './testing/temp.ts';

const path = process.env['PATH'];
const umask = process.umask();
afterEach(() => {
  process.env['PATH'] = path;
  process.umask(umask);
});
const withoutTools = () => {
  process.env['PATH'] = '/nonexistent';
};

const onLinux = test.runIf(process.platform === 'linux');

onLinux('memory is measured without ps', () => {
  withoutTools();
  const { processes, rssBytes } = memoryOf([process.pid]);
  expect(processes).toBeGreaterThanOrEqual(1);
  expect(rssBytes).toBeGreaterThan(10_000_000);
});

onLinux('a directory is locked without flock and perl, and beside who has them', async () => {
  using dir = tempDir();
  const locked = await lockDataDir(dir.path);
  withoutTools();
  expect(isLocked(dir.path)).toBe(true);
  await expect(lockDataDir(dir.path)).rejects.toMatchObject({ code: 'conflict' });
  locked.release();
  expect(isLocked(dir.path)).toBe(false);

  const bare = await lockDataDir(dir.path);
  await expect(lockDataDir(dir.path)).rejects.toMatchObject({ code: 'conflict' });
  process.env['PATH'] = path;
  expect(isLocked(dir.path)).toBe(true);
  await expect(lockDataDir(dir.path)).rejects.toMatchObject({ code: 'conflict' });
  bare.release();
  (await lockDataDir(dir.path)).release();
});

onLinux('kill -9 frees a directory that was locked without flock and perl', async () => {
  using dir = tempDir();
  const program = await compileProgram('locker.ts');
  withoutTools();
  let isHeld = false;
  const holder = startProgram(program, [dir.path], () => {
    isHeld = true;
  });
  const holderEnded = ended(holder);
  await eventually(() => isHeld);
  await expect(lockDataDir(dir.path)).rejects.toMatchObject({ message: new RegExp(`process ${holder.pid}\\)`) });
  holder.kill('SIGKILL');
  await holderEnded;
  (await lockDataDir(dir.path)).release();
});

const openToOthers = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((entry) => (statSync(entry).mode & 0o077) !== 0);

test('no file or directory of telemetry is open to others, whatever the umask', async () => {
  process.umask(0);
  using dir = tempDir();
  const data = join(dir.path, 'data', 'telemetry');
  mkdirSync(data, { recursive: true, mode: 0o755 });
  await using telemetry = await openTelemetry({ dir: data }, quiet);
  await telemetry.command('CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id');
  await telemetry.insert('t', [{ id: 1 }]);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  expect(openToOthers(data)).toEqual([]);

  await using scratch = await openScratchTelemetry({ dir: mkdtempSync(join(dir.path, 'tmp-')), log: quiet });
  await scratch.command(`INSERT INTO FUNCTION file({to:String}, 'CSV') SELECT 1`, { to: join(scratch.dir, 'out.csv') });
  expect(statSync(scratch.dir).mode & 0o777).toBe(0o700);
  expect(openToOthers(scratch.dir)).toEqual([]);
});

test('the lock’s file is closed to others', async () => {
  using dir = tempDir();
  process.umask(0);
  writeFileSync(join(dir.path, 'lock'), '', { mode: 0o644 });
  const lock = await lockDataDir(dir.path);
  expect(statSync(join(dir.path, 'lock')).mode & 0o777).toBe(0o600);
  lock.release();
});
