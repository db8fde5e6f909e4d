import { median } from '../math/robust.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Fewest whole periods before a pattern is believed. */
export const PERIODS = 4;

/** The longest calendar pattern that this many buckets of this width can show: weekdays, hours of the day, or none. */
export function seasonMs(firstAt: number, lastAt: number, bucketMs: number): number | null {
  const span = lastAt - firstAt + bucketMs;
  if (bucketMs < WEEK && span >= PERIODS * WEEK) return WEEK;
  if (bucketMs < DAY && span >= PERIODS * DAY) return DAY;
  return null;
}

/** Place of a bucket in its period. */
export const phase = (at: number, periodMs: number, bucketMs: number) =>
  Math.floor((((at % periodMs) + periodMs) % periodMs) / bucketMs);

/** Takes the calendar pattern out: per phase the median distance from the running median over one period. */
export function deseasoned(y: Float64Array, at: readonly number[], bucketMs: number): Float64Array {
  const period = seasonMs(at[0] ?? 0, at.at(-1) ?? 0, bucketMs);
  if (period === null) return y;
  const distance = detrended(y, at, period);
  const phases = new Map<number, number[]>();
  at.forEach((time, i) => {
    const key = phase(time, period, bucketMs);
    phases.set(key, [...(phases.get(key) ?? []), distance[i]!]);
  });
  const pattern = new Map([...phases].map(([key, distances]) => [key, distances.length >= PERIODS - 1 ? median(distances) : 0]));
  const flat = y.map((value, i) => value - (pattern.get(phase(at[i]!, period, bucketMs)) ?? 0));
  // A pattern fitted to noise shrinks the spread a little as well; only a real one is worth the trouble.
  return spread(flat, at, period) < WORTHWHILE * spread(y, at, period) ? flat : y;
}

const WORTHWHILE = 0.7;

const spread = (y: Float64Array, at: readonly number[], period: number) =>
  median(detrended(y, at, period).map((value) => Math.abs(value)));

/** Distance from the median over one period around each bucket. */
function detrended(y: Float64Array, at: readonly number[], period: number): Float64Array {
  let first = 0;
  let end = 0;
  return y.map((value, i) => {
    while (at[first]! < at[i]! - period / 2) first++;
    while (end < y.length && at[end]! <= at[i]! + period / 2) end++;
    return value - median(y.subarray(first, end));
  });
}
