import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from '../../platform/log.ts';
import { unavailable } from '../../platform/problem.ts';
import { eventually, quiet, tempDir } from '../testing/temp.ts';
import { openSpool, type TableParts } from './index.ts';
import type { Load } from './segment-loader.ts';
import { frame } from './segment.ts';

const MIB = 1024 * 1024;
const away = () => Promise.reject(unavailable('The store is away.'));
const batch = (n: number, bytes = 3 * MIB) => [{ table: 'span', format: 'Native', bytes: Buffer.alloc(bytes, n) }];

/** A spool whose segments are closed by 4 MB. */
function opened(dir: string, load: Load, said: string[] = []) {
  const log = openLog('warn', { write: (line) => void said.push(line) });
  return openSpool({ dir: join(dir, 'spool'), blankDir: join(dir, 'blank'), loadsAtOnce: 1, load, segmentBytes: 4 * MIB }, log);
}

function store() {
  const got: number[] = [];
  const load = ({ parts }: TableParts) => {
    for (const { length, 0: first, [length - 1]: last } of parts) got.push(first === last && length === 3 * MIB ? first! : -1);
    return Promise.resolve();
  };
  return { got, load };
}

const blanks = (dir: string) => readdirSync(join(dir, 'blank')).filter((name) => name.endsWith('.blank'));

test('what is written over zeros is loaded as it is, and the files are used again as zeros', async () => {
  using dir = tempDir();
  const { got, load } = store();
  const spool = opened(dir.path, load);
  const inodes = new Set<number>();
  for (let n = 1; n <= 8; n += 1) {
    await spool.append(batch(n));
    await eventually(() => spool.bytes() === 0 && readdirSync(join(dir.path, 'spool')).length === 0);
    await eventually(() => blanks(dir.path).length > 0);
    for (const name of blanks(dir.path)) {
      const path = join(dir.path, 'blank', name);
      inodes.add(statSync(path).ino);
      expect(readFileSync(path).every((byte) => byte === 0)).toBe(true);
    }
  }
  expect(got).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(inodes.size).toBeLessThan(4);
  await spool.close();
  expect(readdirSync(join(dir.path, 'blank'))).toEqual([]);
});

/** Ends as if killed, with two batches in a segment that was a blank; the second is the last that was written to it. */
async function leftBehind(dir: string) {
  const first = opened(dir, away);
  // A segment by itself: it is closed, and the next is a blank.
  await first.append(batch(1, 5 * MIB));
  await eventually(() => blanks(dir).length > 0);
  await first.append(batch(3));
  await first.append(batch(4, MIB));
  const before = join(dir, 'before');
  mkdirSync(join(before, 'spool'), { recursive: true });
  mkdirSync(join(before, 'blank'));
  const name = readdirSync(join(dir, 'spool')).toSorted().at(-1)!;
  writeFileSync(join(before, 'spool', name), readFileSync(join(dir, 'spool', name)));
  await first.close();
  const path = join(before, 'spool', name);
  expect(statSync(path).size).toBe(8 * MIB);
  return { path, before };
}

test('after kill -9, zeros behind what was acknowledged are nothing; half a write is dropped and told', async () => {
  using dir = tempDir();
  const { path, before } = await leftBehind(dir.path);
  const whole = readFileSync(path);
  const said: string[] = [];
  const { got, load } = store();
  const second = opened(before, load, said);
  expect(second.bytes()).toBeLessThan(4.1 * MIB);
  await eventually(() => second.bytes() === 0);
  await second.close();
  expect([got, said]).toEqual([[3, -1], []]);

  // The last byte of the last frame is the first that did not arrive.
  const frameBytes = Buffer.concat(frame(batch(4, MIB)));
  whole.fill(0, whole.indexOf(frameBytes) + frameBytes.length - 1);
  writeFileSync(path, whole);
  got.length = 0;
  const third = opened(before, load, said);
  await eventually(() => third.bytes() === 0);
  await third.close();
  expect(got).toEqual([3]);
  expect(said.join('')).toContain('never acknowledged');
  expect(readdirSync(join(before, 'spool'))).toEqual([]);
});

test('a blank that holds something was a segment, whose name the disk lost', async () => {
  using dir = tempDir();
  const { path, before } = await leftBehind(dir.path);
  renameSync(path, join(before, 'blank', `${randomUUID()}.blank`));
  writeFileSync(join(before, 'blank', `${randomUUID()}.used`), 'is in the store');
  writeFileSync(join(before, 'blank', `${randomUUID()}.blank`), Buffer.alloc(100));
  const { got, load } = store();
  const second = opened(before, load);
  await eventually(() => second.bytes() === 0);
  await second.close();
  expect(got).toEqual([3, -1]);
  expect(readdirSync(join(before, 'blank'))).toEqual([]);
});

test('a copy has what was acknowledged and no zeros, and nobody writes over it', async () => {
  using dir = tempDir();
  const links = join(dir.path, 'links');
  mkdirSync(links);
  let isAway = true;
  const { got, load } = store();
  const spool = openSpool(
    {
      dir: join(dir.path, 'spool'),
      blankDir: join(dir.path, 'blank'),
      loadsAtOnce: 1,
      segmentBytes: 4 * MIB,
      load: (rows) => (isAway ? away() : load(rows)),
    },
    quiet,
  );
  await spool.append(batch(1));
  await eventually(() => blanks(dir.path).length > 0);
  for (const n of [2, 3]) await spool.append(batch(n));
  const [, second = ''] = readdirSync(join(dir.path, 'spool')).toSorted();
  linkSync(join(dir.path, 'spool', second), join(links, second));
  isAway = false;
  await eventually(() => spool.bytes() === 0);
  await spool.close();
  expect(got).toEqual([1, 2, 3]);
  expect(readFileSync(join(links, second)).includes(Buffer.alloc(3 * MIB, 3))).toBe(true);
  expect(existsSync(join(dir.path, 'spool', second))).toBe(false);
});
