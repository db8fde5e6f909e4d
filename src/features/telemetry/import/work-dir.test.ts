import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { shipped } from '../../../platform/paths.ts';
import { removeStaleScratch } from '../../../stores/telemetry/index.ts';
import { jsonl } from './testing/read-log.ts';

/** Directories of processes that hold a copy of standard input. */
const copiesIn = (temp: string) =>
  readdirSync(temp).filter(
    (name) =>
      name.startsWith('steward-log-') && readdirSync(join(temp, name)).some((log) => existsSync(join(temp, name, log, 'stdin'))),
  );

test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])('%s leaves no copy of standard input behind', async (signal) => {
  const temp = mkdtempSync(join(tmpdir(), 'steward-work-'));
  const child = spawn(process.execPath, [shipped('bin', 'steward.mjs'), 'audit', '-'], {
    env: { ...process.env, TMPDIR: temp },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.write(jsonl(100));
  const copies = () => copiesIn(temp);
  for (const endMs = Date.now() + 60_000; copies().length === 0 && Date.now() < endMs; await sleep(10));
  expect(copies()).toHaveLength(1);
  expect(statSync(join(temp, copies()[0]!)).mode & 0o777).toBe(0o700);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  expect(readdirSync(temp)).toEqual([]);
  rmSync(temp, { recursive: true, force: true });
});

test('after kill -9 the copy is removed by the next start, and not by one while it is in use', async () => {
  const temp = mkdtempSync(join(tmpdir(), 'steward-work-'));
  const child = spawn(process.execPath, [shipped('bin', 'steward.mjs'), 'audit', '-'], {
    env: { ...process.env, TMPDIR: temp },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(jsonl(100));
  for (const endMs = Date.now() + 60_000; copiesIn(temp).length === 0 && Date.now() < endMs; await sleep(10));
  expect(copiesIn(temp)).toHaveLength(1);
  expect(removeStaleScratch(temp)).toBe(0);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(copiesIn(temp)).toHaveLength(1);
  // The kernel lets go of the lock when it has taken the process down.
  for (const endMs = Date.now() + 60_000; removeStaleScratch(temp) === 0 && Date.now() < endMs; await sleep(50));
  expect(readdirSync(temp)).toEqual([]);
  rmSync(temp, { recursive: true, force: true });
});
