import { expect, test } from 'vitest';
import { HOUR, repeated, START, valueBuckets } from '../generated.ts';
import { gaussian, seededRandom } from '../math/random.ts';
import { findChanges } from './find-changes.ts';

const QUARTER = HOUR / 4;
const hourly = { kind: 'value', bucketMs: QUARTER } as const;
/** Slower by day, by as much as this, and each day a little by itself. */
const ordinary = (random: () => number, days: number, peak: number) => {
  const ofDay = repeated(days, 0).map(() => Math.exp(0.05 * gaussian(random)));
  return Array.from({ length: days * 96 }, (_, i) => {
    const hour = (i % 96) / 4;
    return 3 * ofDay[Math.floor(i / 96)]! * (hour >= 8 && hour < 18 ? peak : 1);
  });
};

test('a day that is slower from eight to six is hardly ever a change in a log of two or three days', () => {
  const found = Array.from({ length: 60 }, (_, seed) => {
    const random = seededRandom(seed);
    const medians = ordinary(random, seed % 2 === 0 ? 2 : 3, 1.3 + (seed % 3) / 10);
    return findChanges(valueBuckets(random, 8, medians, 0.4, QUARTER), hourly).changes;
  });
  // A day may be slower than the one before by itself.
  expect(found.filter((changes) => changes.length > 0).length).toBeLessThanOrEqual(1);
});

test('what doubled beside such days is found, and told against all of the time before', () => {
  const from = 40 * 4;
  const sizes = Array.from({ length: 10 }, (_, seed) => {
    const random = seededRandom(100 + seed);
    const medians = ordinary(random, 3, 1.3).map((median, i) => (i >= from ? 2.1 * median : median));
    const { changes } = findChanges(valueBuckets(random, 8, medians, 0.4, QUARTER), hourly);
    expect(changes).toHaveLength(1);
    expect(Math.abs(changes[0]!.at - (START + from * QUARTER))).toBeLessThanOrEqual(HOUR);
    return changes[0]!.after.mean / changes[0]!.before.mean;
  });
  for (const size of sizes) expect(size).toBeGreaterThan(1.9);
});
