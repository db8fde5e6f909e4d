import { expect, test } from 'vitest';
import { DAY, HOUR, rateBuckets, repeated, START, valueBuckets } from '../generated.ts';
import { seededRandom } from '../math/random.ts';
import { findChanges } from './find-changes.ts';

const daily = { kind: 'rate', bucketMs: DAY } as const;
const stepped = (before: number, after: number, days = 30) => [...repeated(days, before), ...repeated(days, after)];

test('a model that falls from 84 % to 50 % is dated within two days, with its size', () => {
  const offsets = Array.from({ length: 20 }, (_, seed) => {
    const { changes } = findChanges(rateBuckets(seededRandom(seed), 33, stepped(0.84, 0.5)), daily);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ kind: 'step' });
    expect(changes[0]!.change).toBeCloseTo(-0.34, 1);
    expect(changes[0]!.p).toBeLessThan(1e-9);
    return Math.abs(changes[0]!.at - (START + 30 * DAY)) / DAY;
  });
  expect(Math.max(...offsets)).toBeLessThanOrEqual(2);
});

test('hourly buckets of one or two rows date the same fall within two days', () => {
  const { changes } = findChanges(rateBuckets(seededRandom(4), 2, stepped(0.84, 0.5, 300), HOUR), {
    kind: 'rate',
    bucketMs: HOUR,
  });
  expect(changes).toHaveLength(1);
  expect(Math.abs(changes[0]!.at - (START + 300 * HOUR))).toBeLessThanOrEqual(2 * DAY);
});

test('three hundred clean logs raise no alarm: thirty days of a rate, of heavy-tailed latencies, and of hours', () => {
  const clean = Array.from({ length: 100 }, (_, seed) => {
    const random = seededRandom(1000 + seed);
    return [
      ...findChanges(rateBuckets(random, 33, repeated(30, 0.84)), daily).changes,
      ...findChanges(valueBuckets(random, 33, repeated(30, 8)), { kind: 'value', bucketMs: DAY }).changes,
      ...findChanges(valueBuckets(random, 3, repeated(240, 8), 1.2, HOUR), { kind: 'value', bucketMs: HOUR }).changes,
    ].length;
  });
  expect(clean.reduce((sum, alarms) => sum + alarms, 0)).toBe(0);
});

test('the interval of the date covers the truth about as often as it says', () => {
  const covered = Array.from({ length: 60 }, (_, seed) => {
    const [change] = findChanges(rateBuckets(seededRandom(seed), 33, stepped(0.84, 0.64)), daily).changes;
    const truth = START + 30 * DAY;
    return change && change.interval[0] <= truth && truth <= change.interval[1] ? 1 : 0;
  }).reduce<number>((sum, hit) => sum + hit, 0);
  expect(covered / 60).toBeGreaterThan(0.9);
});

test('the interval of the change covers its truth about as often as it says', () => {
  const covered = Array.from({ length: 60 }, (_, seed) => {
    const [change] = findChanges(valueBuckets(seededRandom(seed), 33, stepped(8, 16), 0.7), {
      kind: 'value',
      bucketMs: DAY,
    }).changes;
    const truth = 8 * Math.exp(0.7 ** 2 / 2);
    return change && change.ci95[0] <= truth && truth <= change.ci95[1] ? 1 : 0;
  }).reduce<number>((sum, hit) => sum + hit, 0);
  expect(covered / 60).toBeGreaterThan(0.85);
});

test('a slow slide is told from a step', () => {
  const slide = Array.from({ length: 120 }, (_, day) => 0.9 - 0.3 * Math.min(1, Math.max(0, (day - 30) / 60)));
  const { changes } = findChanges(rateBuckets(seededRandom(7), 100, slide), daily);
  expect(changes).toHaveLength(1);
  expect(changes[0]).toMatchObject({ kind: 'drift' });
  expect(Math.abs(changes[0]!.at - (START + 30 * DAY))).toBeLessThanOrEqual(12 * DAY);
  expect(changes[0]!.until).toBeGreaterThan(changes[0]!.at + 30 * DAY);
});

test('a step in the middle of a day is a step, however certain the day between is', () => {
  for (let seed = 0; seed < 20; seed++) {
    const days = [...repeated(29, 3.5), 3.5 * 1.7 ** 0.5, ...repeated(15, 3.5 * 1.7)];
    const { changes } = findChanges(valueBuckets(seededRandom(seed), 150, days, 0.5), { kind: 'value', bucketMs: DAY });
    expect(changes).toMatchObject([{ kind: 'step' }]);
    expect(Math.abs(changes[0]!.at - (START + 29 * DAY))).toBeLessThanOrEqual(DAY);
  }
});

test('a slide between days that wander is one slide, and two falls of unlike size are two', () => {
  const wander = (seed: number) => Array.from({ length: 60 }, (_, day) => 0.012 * Math.sin(seed + day * 1.3));
  const slides = Array.from({ length: 30 }, (_, seed) => {
    const rates = wander(seed).map((off, day) => off + 0.88 - 0.18 * Math.min(1, Math.max(0, (day - 20) / 25)));
    return findChanges(rateBuckets(seededRandom(seed), 150, rates), daily).changes;
  });
  expect(slides.filter((changes) => changes.length === 1 && changes[0]!.kind === 'drift').length).toBeGreaterThanOrEqual(25);
  const falls = wander(1).map((off, day) => off + (day < 15 ? 0.9 : day < 45 ? 0.84 : 0.6));
  expect(findChanges(rateBuckets(seededRandom(1), 300, falls), daily).changes.map(({ kind }) => kind)).toEqual(['step', 'step']);
});

test('a fall and its recovery are two changes, also with days missing between', () => {
  const rates = [...repeated(40, 0.9), ...repeated(20, 0.6), ...repeated(40, 0.9)].map((rate, day) =>
    day % 7 > 4 ? null : rate,
  );
  const { changes } = findChanges(rateBuckets(seededRandom(3), 60, rates), daily);
  expect(changes.map(({ change }) => Math.sign(change))).toEqual([-1, 1]);
});

test('a dip of eight days in fifty is found with both its ends, and its figures are of those days', () => {
  const found = Array.from({ length: 30 }, (_, seed) => {
    const rates = Array.from({ length: 50 }, (_, day) => (day >= 20 && day < 28 ? 0.65 : 0.9));
    return findChanges(rateBuckets(seededRandom(seed), 80, rates), daily).changes;
  }).filter((changes) => changes.length === 2);
  expect(found.length).toBeGreaterThanOrEqual(28);
  for (const [fall, back] of found) {
    expect(fall!.after).toEqual(back!.before);
    expect(Math.abs(fall!.after.mean - 0.65)).toBeLessThan(0.1);
  }
});

test('a change smaller than the minimum effect is not reported, however certain', () => {
  const { changes } = findChanges(rateBuckets(seededRandom(5), 5000, stepped(0.84, 0.825)), daily);
  expect(changes).toEqual([]);
});

test('one wild day of latency is no change, a lasting one is', () => {
  const spike = [...repeated(20, 8), 80, ...repeated(20, 8)];
  expect(findChanges(valueBuckets(seededRandom(1), 30, spike, 0.5), { kind: 'value', bucketMs: DAY }).changes).toEqual([]);
  const lasting = findChanges(valueBuckets(seededRandom(1), 30, stepped(8, 12), 0.5), { kind: 'value', bucketMs: DAY });
  expect(lasting.changes).toHaveLength(1);
});

test('weekends that differ from weekdays are no change', () => {
  const week = [10, 10, 10, 10, 10, 3, 3];
  const medians = Array.from({ length: 70 }, (_, day) => week[day % 7]!);
  expect(findChanges(valueBuckets(seededRandom(2), 40, medians, 0.5), { kind: 'value', bucketMs: DAY }).changes).toEqual([]);
});

test('too few rows are said to be too few, with how many are missing', () => {
  const { changes, undecided } = findChanges(rateBuckets(seededRandom(1), 2, repeated(6, 0.8)), daily);
  expect(changes).toEqual([]);
  expect(undecided?.needs).toBeGreaterThanOrEqual(16);
});

test('rows that are asked for are never so few that they decide nothing', () => {
  const asked = Array.from({ length: 150 }, (_, seed) => {
    const wander = Array.from({ length: 40 }, (_, day) => 0.84 + 0.04 * Math.sin(seed + day / 5));
    const buckets = rateBuckets(seededRandom(seed), 20 + 2 * seed, wander);
    const { undecided } = findChanges(buckets, daily);
    return undecided ? undecided.needs / buckets.reduce((sum, { n }) => sum + n, 0) : null;
  }).filter((share) => share !== null);
  expect(asked.length).toBeGreaterThan(5);
  expect(Math.min(...asked)).toBeGreaterThanOrEqual(0.1);
});

test('nothing at all is undecided, and no series is no reason to throw', () => {
  expect(findChanges([], daily)).toMatchObject({ changes: [], undecided: { needs: 40 }, detectable: Infinity });
});

test('a volume that halves for good is a change, though weekends are a tenth of weekdays', () => {
  const random = seededRandom(9);
  const volumes = Array.from({ length: 84 }, (_, day) => {
    const usual = (day % 7 > 4 ? 100 : 1000) * (day < 42 ? 1 : 0.45);
    const sum = Math.round(usual * (0.9 + 0.2 * random()));
    return { at: START + day * DAY, n: 0, sum, sumSq: 0 };
  });
  const { changes } = findChanges(volumes, { kind: 'count', bucketMs: DAY });
  expect(changes).toHaveLength(1);
  expect(Math.abs(changes[0]!.at - (START + 42 * DAY))).toBeLessThanOrEqual(3 * DAY);
  expect(changes[0]!.change / changes[0]!.before.mean).toBeCloseTo(-0.55, 1);
});

test('the date lies in its interval, which is never of no width, whatever the series looks like', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seededRandom(seed);
    const days = 20 + Math.floor(random() * 60);
    const [from, length, then] = [Math.floor(random() * days), 1 + Math.floor(random() * 20), random()];
    const levels = Array.from({ length: days }, (_, i) => (i >= from && i < from + length ? then : 0.9 - (seed % 3) * 0.003 * i));
    for (const { at, interval } of findChanges(rateBuckets(random, 60, levels), daily).changes) {
      expect(interval[0]).toBeLessThan(at);
      expect(interval[1]).toBeGreaterThan(at);
    }
  }
});
