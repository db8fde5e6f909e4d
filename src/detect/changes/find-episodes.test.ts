import { expect, test } from 'vitest';
import type { Bucket } from '../buckets.ts';
import { DAY, HOUR, rateBuckets, repeated, START, valueBuckets } from '../generated.ts';
import { gaussian, seededRandom } from '../math/random.ts';
import { findEpisodes } from './find-episodes.ts';

const right = { kind: 'rate', bucketMs: DAY, worse: 'down' } as const;
const failed = { kind: 'rate', bucketMs: DAY, worse: 'up' } as const;
const slow = { kind: 'value', bucketMs: DAY, worse: 'up' } as const;

/** Times and prices are judged by their logarithms. */
const withLogs = (buckets: Bucket[]): Bucket[] => buckets.map((one) => ({ ...one, sumLog: one.n * Math.log(one.sum / one.n) }));

/** A level, with another one from a bucket on for some buckets. */
const level = (length: number, usual: number, from: number, to: number, then: number) =>
  Array.from({ length }, (_, i) => (i >= from && i < to ? then : usual));

test.each([
  ['a day on which every call fails', failed, level(60, 0.005, 30, 31, 1), 1],
  ['three days of fewer right answers', right, level(60, 0.9, 30, 33, 0.5), 3],
  ['six days of them', right, level(60, 0.9, 30, 36, 0.5), 6],
])('%s', (_, options, levels, days) => {
  for (let seed = 0; seed < 10; seed++) {
    const found = findEpisodes(rateBuckets(seededRandom(seed), 100, levels), options);
    expect(found).toMatchObject([{ from: START + 30 * DAY, to: START + (30 + days) * DAY, ended: true }]);
    expect(found[0]!.p).toBeLessThan(1e-6);
    expect(found[0]!.usual.mean).toBeCloseTo(levels[0]!, 1);
    expect(found[0]!.during.n).toBe(100 * days);
  }
});

test.each([1, 2, 4, 6])('the last %i days of a log', (days) => {
  const found = findEpisodes(rateBuckets(seededRandom(days), 100, level(45, 0.88, 45 - days, 45, 0.55)), right);
  expect(found).toMatchObject([{ from: START + (45 - days) * DAY, to: START + 45 * DAY, ended: false }]);
});

test('a fall that goes on is not over because the last row was right', () => {
  const levels = level(40 * 24, 0.92, 40 * 24 - 30, 40 * 24, 0.45);
  for (let seed = 0; seed < 5; seed++) {
    const buckets = rateBuckets(seededRandom(seed), 3, levels, HOUR);
    const last = { at: buckets.at(-1)!.at + HOUR, n: 1, sum: 1, sumSq: 1 };
    expect(findEpisodes([...buckets, last], { ...right, bucketMs: HOUR }).map(({ ended }) => ended)).toEqual([false]);
  }
});

test('the last four days of a log, after some that were no more than weak', () => {
  const [rows, rates] = [
    [53, 56, 25, 22, 57, 42, 65, 74, 69, 32, 23, 64, 63, 53, 53, 55],
    [0.91, 0.96, 0.84, 0.86, 0.86, 0.93, 0.94, 0.96, 0.94, 0.84, 0.91, 0.86, 0.71, 0.7, 0.6, 0.65],
  ];
  const end = rows.map((n, i) => ({
    at: START + (30 + i) * DAY,
    n,
    sum: Math.round(n * rates[i]!),
    sumSq: Math.round(n * rates[i]!),
  }));
  const found = findEpisodes([...rateBuckets(seededRandom(1), 50, level(30, 0.92, 0, 0, 0)), ...end], right);
  expect(found).toMatchObject([{ from: START + 42 * DAY, ended: false }]);
});

test('six hours of a log of six weeks', () => {
  const levels = level(42 * 24, 0.9, 480, 486, 0.35);
  const found = findEpisodes(rateBuckets(seededRandom(3), 20, levels, HOUR), { ...right, bucketMs: HOUR });
  expect(found).toMatchObject([{ from: START + 480 * HOUR, to: START + 486 * HOUR, ended: true }]);
});

test('two incidents are two, and three days of slow answers are one', () => {
  const errors = Array.from({ length: 60 }, (_, i) => (i === 20 || i === 45 ? 0.9 : 0.01));
  expect(findEpisodes(rateBuckets(seededRandom(1), 80, errors), failed).map(({ from }) => (from - START) / DAY)).toEqual([
    20, 45,
  ]);
  const times = withLogs(valueBuckets(seededRandom(2), 80, level(60, 2, 30, 33, 5)));
  expect(findEpisodes(times, slow)).toMatchObject([{ from: START + 30 * DAY, to: START + 33 * DAY, ended: true }]);
});

test.each([
  ['a level that stays', level(60, 0.9, 30, 60, 0.6)],
  ['ten days', level(60, 0.9, 30, 40, 0.6)],
  ['twenty days', level(60, 0.9, 20, 40, 0.6)],
  ['the last eight days', level(60, 0.9, 52, 60, 0.6)],
  ['a slow slide', Array.from({ length: 60 }, (_, i) => 0.95 - i / 150)],
  ['every Sunday', Array.from({ length: 60 }, (_, i) => (i % 7 === 6 ? 0.6 : 0.9))],
  ['something better', level(60, 0.6, 30, 32, 0.95)],
  ['too few to be missed', level(60, 0.9, 30, 31, 0.87)],
])('is none: %s', (_, levels) => {
  for (let seed = 0; seed < 5; seed++) expect(findEpisodes(rateBuckets(seededRandom(seed), 100, levels), right)).toEqual([]);
});

test('six hundred clean series raise no alarm: days, hours, nightly jobs, and days that differ or resemble each other', () => {
  const wandering = (random: () => number, days: number, likeness: number) => {
    let away = 0;
    return Array.from({ length: days }, () => {
      away = likeness * away + 0.4 * Math.sqrt(1 - likeness ** 2) * gaussian(random);
      return 1 / (1 + Math.exp(-2 - away));
    });
  };
  const found = Array.from({ length: 100 }, (_, seed) => {
    const random = seededRandom(500 + seed);
    return [
      ...findEpisodes(rateBuckets(random, 60, repeated(60, 0.9)), right),
      ...findEpisodes(rateBuckets(random, 3, repeated(20 * 24, 0.02), HOUR), { ...failed, bucketMs: HOUR }),
      ...findEpisodes(
        rateBuckets(
          random,
          6,
          Array.from({ length: 20 * 24 }, (_, hour) => (hour % 24 === 3 ? 0.5 : 0.02)),
          HOUR,
        ),
        { ...failed, bucketMs: HOUR },
      ),
      ...findEpisodes(rateBuckets(random, 80, wandering(random, 60, 0)), right),
      ...findEpisodes(rateBuckets(random, 80, wandering(random, 60, 0.7)), right),
      ...findEpisodes(withLogs(valueBuckets(random, 40, repeated(60, 8))), slow),
    ].length;
  });
  expect(found.reduce((sum, alarms) => sum + alarms, 0)).toBe(0);
});
