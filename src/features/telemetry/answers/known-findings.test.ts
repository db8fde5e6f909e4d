import { expect, test } from 'vitest';
import { finders, type Hour } from './judge.ts';
import { findersOf } from './known-findings.ts';

const HOUR_MS = 3_600_000;
const hours = (failing: number): Hour[] =>
  Array.from({ length: 100 }, (_, n) => ({
    atMs: n * HOUR_MS,
    runs: 100,
    errors: n < 60 ? 2 : failing,
    timed: 100,
    sumMs: 100_000,
    sumLogMs: 690,
  }));
const pulse = (gap: number) => hours(2).map(({ atMs, runs }, n) => ({ atMs: atMs + (n < 50 ? 0 : gap * HOUR_MS), runs }));

test('what was found in numbers is not looked for again in the same, and is in others and for others', () => {
  const [ours, theirs] = [findersOf('ours'), findersOf('theirs')];
  const found = ours.latestChange(hours(15), []);
  expect(found).toEqual(finders.latestChange(hours(15), []));
  expect(found.worse).toBeDefined();
  expect(ours.latestChange(hours(15), [])).toBe(found);
  expect(theirs.latestChange(hours(15), [])).not.toBe(found);
  expect(ours.latestChange(hours(2), []).worse).toBeUndefined();
  // The same numbers, days and not hours.
  expect(ours.latestChange([], hours(15))).toEqual(finders.latestChange([], hours(15)));
  for (const gap of [0, 60, 0]) expect(ours.endOfSilence(pulse(gap))).toEqual(finders.endOfSilence(pulse(gap)));
});
