import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { lockDataDir } from '../lock.ts';
import { eventually, quiet, tempDir } from '../testing/temp.ts';
import { openScratchTelemetry, removeStaleScratch } from './index.ts';

test('reads files of any name, and leaves nothing behind', async () => {
  using dir = tempDir();
  const file = join(dir.path, "logs [1] {a,b}* it's.jsonl");
  writeFileSync(file, '{"id":1,"text":"a\\n\\nb"}\n{"id":2,"text":"c"}\n');

  const scratch = await openScratchTelemetry({ dir: dir.path, log: quiet });
  const rows = await scratch.rows(z.object({ id: z.number(), text: z.string() }))(
    'SELECT * FROM file({path:String}) ORDER BY id',
    {
      path: scratch.pathFor(file),
    },
  );
  expect(rows).toEqual([
    { id: 1, text: 'a\n\nb' },
    { id: 2, text: 'c' },
  ]);
  expect(existsSync(scratch.dir)).toBe(true);
  await scratch.close();
  expect(existsSync(scratch.dir)).toBe(false);
});

test('tells how far a long insert is', async () => {
  using dir = tempDir();
  const file = join(dir.path, 'rows.csv');
  writeFileSync(file, Array.from({ length: 200_000 }, (_, n) => `${n},${'x'.repeat(50)}\n`).join(''));

  await using scratch = await openScratchTelemetry({ dir: dir.path, log: quiet });
  await scratch.command('CREATE TABLE t (n UInt64, text String) ENGINE = MergeTree ORDER BY n');
  const seen: number[] = [];
  // Slowed down, as there would be nothing to see.
  const sql = `INSERT INTO t SELECT n, text FROM file({path:String}, CSV, 'n UInt64, text String') WHERE NOT ignore(sleepEachRow(0.00001))`;
  const inserted = scratch.command(
    sql,
    { path: file },
    { queryId: 'long-insert', settings: { max_block_size: '5000', max_threads: 1 } },
  );
  await eventually(async () => {
    const progress = await scratch.progressOf('long-insert');
    if (progress && progress.rows > (seen.at(-1) ?? 0)) seen.push(progress.rows);
    return seen.length >= 3;
  });
  await inserted;
  expect(seen.at(-1)).toBeLessThanOrEqual(200_000);
  expect(await scratch.progressOf('long-insert')).toBeUndefined();
});

test('a file is read by as many threads as were asked for, whatever ClickHouse thinks of the memory', async () => {
  using dir = tempDir();
  const file = join(dir.path, 'rows.csv');
  writeFileSync(file, '1\n2\n');

  await using scratch = await openScratchTelemetry({ dir: dir.path, log: quiet });
  const plan = await scratch.rows(z.object({ explain: z.string() }))(
    `EXPLAIN PIPELINE SELECT sum(n) FROM file({path:String}, CSV, 'n UInt64')`,
    { path: scratch.pathFor(file) },
    { settings: { max_threads: 2 } },
  );
  expect(plan.map(({ explain }) => explain.trim())).toContain('AggregatingTransform × 2');
});

test('what killed processes left is removed, what is in use is not', async () => {
  using dir = tempDir();
  // No process has this number: it is above the largest that Linux gives.
  const stale = join(dir.path, 'steward-scratch-4999999-AbCdEf');
  mkdirSync(stale);
  await using scratch = await openScratchTelemetry({ dir: dir.path, log: quiet });
  expect(existsSync(stale)).toBe(false);
  mkdirSync(stale);
  expect(removeStaleScratch(dir.path)).toBe(1);

  // Held by a process that we cannot see.
  const lock = await lockDataDir(stale);
  expect(removeStaleScratch(dir.path)).toBe(0);
  lock.release();
  expect(removeStaleScratch(dir.path)).toBe(1);
  expect(await scratch.rows(z.unknown())('SELECT 1')).toHaveLength(1);
});

test('what cannot be removed, or is another user’s, is left and stops nothing', async () => {
  using dir = tempDir();
  const stale = ['a', 'b', 'c'].map((name) => join(dir.path, `steward-scratch-4999999-${name}`));
  const [own = '', other = '', link = ''] = stale;
  mkdirSync(own);
  mkdirSync(other);
  writeFileSync(join(other, 'lock'), '');
  symlinkSync(other, link);
  // Only root can give something away; others cannot remove what is in a directory that they may not write to.
  if (process.getuid?.() === 0) chownSync(other, 4_999_999, 4_999_999);
  else chmodSync(other, 0o500);
  try {
    await using scratch = await openScratchTelemetry({ dir: dir.path, log: quiet });
    expect(await scratch.rows(z.unknown())('SELECT 1')).toHaveLength(1);
    expect(stale.map((path) => existsSync(path))).toEqual([false, true, true]);
  } finally {
    chmodSync(other, 0o700);
  }
});
