import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import type { Judgement } from './judge.ts';
import { volume } from './metrics.ts';
import { byItsHours, withoutSilentParts } from './silences.ts';
import { dayOf, judgement } from './testing.ts';

const at = (day: number, hour = 0) => dayOf(day).getTime() + hour * HOUR_MS;
const silence = (from: number, to: number, segment: Record<string, string> = { workflow: 'ingest' }): Judgement =>
  judgement({
    kind: 'stall',
    metric: volume,
    segment,
    at: from,
    until: to,
    interval: [from, from + DAY_MS],
    change: -96,
    stall: { kind: 'silence', from, to, usualGapMs: 0, expected: 96, seen: 0 },
  });
/** Two calls an hour, but for a time without. */
const hours = (from: number, to: number, days = 30) =>
  Array.from({ length: days * 24 }, (_, hour) => ({ at: at(0, hour), n: 2, sum: 2, sumSq: 2 })).filter(
    (bucket) => bucket.at < from || bucket.at >= to,
  );

test('a silence is told by the hours of its calls', () => {
  const told = byItsHours(silence(at(21), at(23)), hours(at(20, 10), at(23, 9)), at(30));
  expect([told.at, told.until]).toEqual([at(20, 10), at(23, 9)]);
  expect(told.stall).toMatchObject({ from: at(20, 10), to: at(23, 9), expected: 96 + 28 + 18 });
});

test('hours in which hardly a call would have come are none of it', () => {
  const told = byItsHours(silence(at(21), at(23)), hours(at(20, 22), at(23)), at(30));
  expect([told.at, told.until]).toEqual([at(21), at(23)]);
});

test('a silence lasts where no call comes again, though the last day of a log is not whole', () => {
  const told = byItsHours(silence(at(21), at(23)), hours(at(21), Infinity), at(23, 12));
  expect(told.until).toBeGreaterThan(at(23, 12));
  expect(told.stall!.expected).toBe(96 + 24);
});

test('few calls over all are the silence of one value, and not told again', () => {
  const drop = {
    ...silence(at(21), at(22), {}),
    stall: { ...silence(at(21), at(22)).stall!, kind: 'drop' as const, expected: 96, seen: 48 },
  };
  expect(withoutSilentParts([drop], [silence(at(21), at(23))])).toEqual([]);
  expect(withoutSilentParts([drop], [silence(at(25), at(26))])).toEqual([drop]);
});
