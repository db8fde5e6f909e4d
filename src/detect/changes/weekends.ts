import type { Bucket } from '../buckets.ts';
import { median, sum } from '../math/robust.ts';
import { phase, seasonMs } from './season.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** A weekend has at most this share of a usual day. */
const FEWER = 0.75;
const [THURSDAY, FRIDAY, SATURDAY, SUNDAY] = [3, 4, 5, 6] as const;

/** Monday is 0, in UTC. 5 January 1970 was a Monday. */
const weekday = (at: number) => Math.floor((((at - 4 * DAY) % WEEK) + WEEK) / DAY) % 7;

/**
 * Leaves out weekends with fewer calls, where a log is too short to show a pattern of weekdays: its first Saturday must not look like a
 * change. Every bucket of the time is expected, those without calls as 0. Friday is a weekend where Saturday is one and Sunday is not.
 */
export function withoutWeekends(buckets: readonly Bucket[], bucketMs: number): readonly Bucket[] {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last || bucketMs > DAY || seasonMs(first.at, last.at, bucketMs) === WEEK) return buckets;
  const usual = usualDay(
    buckets.filter(({ at }) => weekday(at) <= THURSDAY),
    bucketMs,
  );
  const few = (day: number) => {
    const own = buckets.filter(({ at }) => weekday(at) === day);
    const expected = sum(own.map(({ at }) => usual(at)));
    return own.length > 0 && sum(own.map((bucket) => bucket.sum)) <= FEWER * expected;
  };
  const seen = (day: number) => buckets.some(({ at }) => weekday(at) === day);
  const saturday = few(SATURDAY);
  const sunday = few(SUNDAY);
  const rest = new Set([
    ...(saturday ? [SATURDAY] : []),
    ...(sunday ? [SUNDAY] : []),
    ...((saturday || !seen(SATURDAY)) && !sunday && few(FRIDAY) ? [FRIDAY] : []),
  ]);
  return buckets.filter(({ at }) => !rest.has(weekday(at) as typeof FRIDAY));
}

/** Calls of the days from Monday to Thursday, by the time of the day. */
function usualDay(buckets: readonly Bucket[], bucketMs: number): (at: number) => number {
  const byTime = new Map<number, number[]>();
  for (const { at, sum } of buckets) {
    const key = phase(at, DAY, bucketMs);
    byTime.set(key, [...(byTime.get(key) ?? []), sum]);
  }
  const typical = new Map([...byTime].map(([key, sums]) => [key, median(sums)]));
  return (at) => typical.get(phase(at, DAY, bucketMs)) ?? 0;
}
