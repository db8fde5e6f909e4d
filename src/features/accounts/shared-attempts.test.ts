import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { unavailable } from '../../platform/problem.ts';
import { openRecords, type Records } from '../../stores/records/index.ts';
import { preparedDataDir } from '../../stores/testing/prepared.ts';
import { quiet } from '../../stores/testing/temp.ts';
import { openAttempts } from './attempts.ts';

/** Several processes on the same records, told apart by nothing but their memory. */

let dir: Awaited<ReturnType<typeof preparedDataDir>>;
let records: Records;
let atMs = Date.parse('2026-11-21T12:00:10Z');
beforeAll(async () => {
  dir = await preparedDataDir();
  records = await openRecords({ dataDir: dir.path }, quiet);
});
afterAll(async () => {
  await records.close();
  dir[Symbol.dispose]();
});

const process = (on: Pick<Records, 'behind'> = records) =>
  openAttempts({ records: on, now: () => new Date(atMs), log: quiet, secret: 's', patience: undefined, isShared: true });

test('guesses at several processes are counted together, and each waits for all', async () => {
  const [one, other, third] = [process(), process(), process()];
  const guess = { address: '1.1.1.1', account: 'ada@practice.example' };
  for (const at of [one, other, one, other, one]) expect(await at.enter(guess)).toBe(0);
  for (const at of [third, one, other]) expect(await at.enter(guess)).toBe(1);
  atMs += 1000;
  expect(await third.enter(guess)).toBe(0);
  expect(await one.enter(guess)).toBe(2);
  // Nobody else waits for it.
  expect(await one.enter({ ...guess, address: '1.1.1.2' })).toBe(0);
  atMs += 2000;
  expect(await other.enter(guess)).toBe(0);
  await other.passed(guess);
  // In another minute, as a crowd is counted by the minute.
  atMs += 60_000;
  const fresh = process();
  for (let n = 0; n < 5; n += 1) expect(await fresh.enter(guess)).toBe(0);
  expect(await process().enter(guess)).toBeGreaterThan(0);
  // After a quarter of an hour it is forgotten.
  atMs += 16 * 60_000;
  expect(await process().enter(guess)).toBe(0);
});

test('of a hundred at once at two processes five are let in', async () => {
  const two = [process(), process()] as const;
  const guess = { address: '2.2.2.2', account: 'bob@practice.example' };
  const waits = await Promise.all(Array.from({ length: 100 }, (_, n) => two[n % 2]!.enter(guess)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
});

test('an address that tries many keys waits at every process, and no name stands in the table', async () => {
  const two = [process(), process()] as const;
  const waits = [];
  for (let n = 0; n < 24; n += 1) waits.push(await two[n % 2]!.enter({ address: '3.3.3.3' }));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(20);
  const rows = await records.rows(z.unknown())`select * from attempt`;
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/practice\.example|3\.3\.3\.3/);
});

test('where the records cannot be asked, each process counts alone', async () => {
  const alone = process({ behind: () => Promise.reject(unavailable('The record store is away.')) });
  const guess = { address: '4.4.4.4', account: 'eva@practice.example' };
  for (let n = 0; n < 5; n += 1) expect(await alone.enter(guess)).toBe(0);
  expect(await alone.enter(guess)).toBe(1);
  await alone.passed(guess);
  expect(await alone.enter(guess)).toBe(0);
});
