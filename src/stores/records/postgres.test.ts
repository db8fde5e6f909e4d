import { spawn } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { isAlive } from '../processes.ts';
import { postmasterPid } from '../testing/pids.ts';
import { preparedDataDir } from '../testing/prepared.ts';
import { compileProgram, ended, startProgram } from '../testing/program.ts';
import { eventually, quiet, tempDir } from '../testing/temp.ts';
import { shippedPrograms } from './binaries.ts';
import { openRecords } from './index.ts';
import { notedPostmaster } from './postmaster.ts';

const jobRuns = z.object({ count: z.number() });

test('works below a directory whose name is too long for a socket and odd in every way', async () => {
  using dir = tempDir();
  const dataDir = join(dir.path, `it's "odd" (über) $HOME`, 'x'.repeat(60), 'y'.repeat(60));
  await using records = await openRecords({ dataDir }, quiet);
  expect(await records.rows(jobRuns)`select count(*) from job_run`).toEqual([{ count: 0 }]);
});

test('stops when it is closed, in order', async () => {
  using dir = await preparedDataDir();
  const records = await openRecords({ dataDir: dir.path }, quiet);
  const pid = postmasterPid(dir.path);
  await records.close();
  expect(isAlive(pid)).toBe(false);
  expect(readFileSync(join(dir.path, 'records', 'postgres.log'), 'utf8')).toContain('database system is shut down');
  expect(existsSync(join(dir.path, 'records', 'run'))).toBe(false);
});

test('takes over a PostgreSQL whose Steward was killed', async () => {
  using dir = await preparedDataDir();
  const writer = startProgram(await compileProgram('writer.ts'), [dir.path], () => undefined);
  const writerEnded = ended(writer);
  await eventually(() => notedPostmaster(join(dir.path, 'records', 'data'))?.isReady === true);
  writer.kill('SIGKILL');
  await writerEnded;
  const pid = postmasterPid(dir.path);
  expect(isAlive(pid)).toBe(true);

  await using records = await openRecords({ dataDir: dir.path }, quiet);
  expect(postmasterPid(dir.path)).toBe(pid);
  expect(await records.rows(jobRuns)`select count(*) from job_run`).toEqual([{ count: 0 }]);

  // It is watched like one of our own.
  process.kill(pid, 'SIGKILL');
  await eventually(() => postmasterPid(dir.path) !== pid);
  await eventually(async () => (await records.rows(jobRuns)`select count(*) from job_run`).length === 1);
});

test('a pid file that speaks of another program, or of a zombie, is cleared', async () => {
  using dir = await preparedDataDir();
  await (await openRecords({ dataDir: dir.path }, quiet)).close();
  const data = join(dir.path, 'records', 'data');
  // A shell that becomes `sleep` collects no children: the inner one, which ends when it is told to, stays a zombie.
  const shell = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  try {
    const zombie = await new Promise<string>((resolve) => shell.stdout!.once('data', (chunk) => resolve(String(chunk).trim())));
    await eventually(() => readFileSync(`/proc/${shell.pid}/comm`, 'utf8').trim() === 'sleep');
    shell.stdio[3]!.destroy();
    await eventually(() => /^State:\s+Z/m.test(readFileSync(`/proc/${zombie}/status`, 'utf8')));
    for (const pid of [zombie, process.pid, 4_999_999]) {
      writeFileSync(join(data, 'postmaster.pid'), `${pid}\n${data}\n1795228694\n5432\n/nowhere\n\n 16041019 4\nready   \n`);
      await using records = await openRecords({ dataDir: dir.path }, quiet);
      expect(await records.rows(jobRuns)`select count(*) from job_run`).toEqual([{ count: 0 }]);
    }
  } finally {
    shell.kill('SIGKILL');
  }
});

test.runIf(process.getuid?.() === 0)(
  'root can start it in either way, from a checkout and on data that are closed to others',
  async () => {
    using dir = tempDir();
    // The directory is 0700 and ours.
    const programs = join(dir.path, 'checkout', 'bin');
    mkdirSync(join(dir.path, 'checkout'));
    cpSync(join(shippedPrograms(), '..'), join(dir.path, 'checkout'), { recursive: true });
    const owners: number[] = [];
    for (const launch of ['user namespace', 'capability', 'user namespace'] as const) {
      await using records = await openRecords({ dataDir: dir.path, postgres: { launch, programs } }, quiet);
      owners.push(lstatSync(join(dir.path, 'records', 'data', 'PG_VERSION')).uid);
      await records.rows(z.unknown())`insert into job_run values (${String(owners.length)}, now())`;
      expect(await records.rows(jobRuns)`select count(*) from job_run`).toEqual([{ count: owners.length }]);
    }
    expect(owners).toEqual([0, expect.not.stringMatching('^0$'), 0]);
    expect(owners[1]).not.toBe(0);
  },
);
