import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { shipped } from '../../../platform/paths.ts';
import { jsonl } from './testing/read-log.ts';

test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])('%s leaves no copy of standard input behind', async (signal) => {
  const temp = mkdtempSync(join(tmpdir(), 'steward-work-'));
  const child = spawn(process.execPath, [shipped('bin', 'steward.mjs'), 'audit', '-'], {
    env: { ...process.env, TMPDIR: temp },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.write(jsonl(100));
  const copies = () => readdirSync(temp).filter((name) => existsSync(join(temp, name, 'stdin')));
  for (const endMs = Date.now() + 10_000; copies().length === 0 && Date.now() < endMs; await sleep(10));
  expect(copies()).toHaveLength(1);
  expect(statSync(join(temp, copies()[0]!)).mode & 0o777).toBe(0o700);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  expect(readdirSync(temp)).toEqual([]);
  rmSync(temp, { recursive: true, force: true });
});
