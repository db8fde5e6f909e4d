import type { Bucket } from './buckets.ts';
import { gaussian } from './math/random.ts';

/** Series with a known truth, for the tests. Levels are per bucket; `null` leaves the bucket out. */
export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 5);

export function rateBuckets(random: () => number, rows: number, rates: readonly (number | null)[], bucketMs = DAY): Bucket[] {
  return rates.flatMap((rate, i) => {
    if (rate === null) return [];
    const hits = Array.from({ length: rows }, () => (random() < rate ? 1 : 0)).reduce<number>((sum, hit) => sum + hit, 0);
    return [{ at: START + i * bucketMs, n: rows, sum: hits, sumSq: hits }];
  });
}

/** Lognormal rows around these medians; sigma 1 has a heavy tail, as latencies do. */
export function valueBuckets(
  random: () => number,
  rows: number,
  medians: readonly number[],
  sigma = 1,
  bucketMs = DAY,
): Bucket[] {
  return medians.map((median, i) => {
    const values = Array.from({ length: rows }, () => median * Math.exp(sigma * gaussian(random)));
    return {
      at: START + i * bucketMs,
      n: rows,
      sum: values.reduce((sum, value) => sum + value, 0),
      sumSq: values.reduce((sum, value) => sum + value * value, 0),
    };
  });
}

export const repeated = <T>(times: number, value: T): T[] => Array.from({ length: times }, () => value);
