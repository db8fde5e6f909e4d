import type { Bucket } from '../buckets.ts';
import { MIN_EFFECT } from '../compare.ts';
import { median } from '../math/robust.ts';
import { awayFromUsual, runs } from './away.ts';
import { usualVolume } from './usual-volume.ts';

/** A time in which far more rows came than at the same time of other weeks, and which is over. Times in ms. */
export interface Surge {
  from: number;
  to: number;
  /** Rows expected in that time, and rows seen. */
  expected: number;
  seen: number;
  /** How many buckets it has. */
  buckets: number;
}

/** Standard deviations above the same time of other weeks: each bucket of a surge, and all of them together. */
const HIGH = 2;
const CLEAR = 4.5;
/** All other stretches of such a length stay below this share of it. */
const STANDS_OUT = 0.6;
/** Longer ones are levels of their own. */
const LONGEST = 6;
/** What happens more often is usual. */
const MOST = 2;
const FEWEST = 14;
/** Fewer rows more may be chance. */
const FEWEST_MORE = 30;
const MONTH_DAYS = [28, 31] as const;
const DAY = 86_400_000;

/**
 * Finds short rises in volume. `buckets` hold the count in `sum`, those without rows as 0; of times left out nothing is known; `levelAt` is the level of a time where that changed for good. What
 * comes again after a month is usual, what the series begins or ends with is not known to be over.
 */
export function findSurges(
  buckets: readonly Bucket[],
  { bucketMs, levelAt = () => 1 }: { bucketMs: number; levelAt?: ((at: number) => number) | undefined },
): Surge[] {
  const present = buckets.filter(({ sum }) => sum > 0).sort((a, b) => a.at - b.at);
  if (present.length < FEWEST) return [];
  const heard = new Set(buckets.map(({ at }) => at));
  const level = (at: number) => Math.max(1e-3, levelAt(at));
  const flat = usualVolume(
    present.map((bucket) => ({ ...bucket, sum: bucket.sum / level(bucket.at) })),
    bucketMs,
    (at) => heard.has(at),
  );
  const { known, local, away } = awayFromUsual(present, bucketMs, (at, except) => {
    const usual = flat(at, except);
    return { ...usual, rows: usual.rows * level(at) };
  });
  const usual = known.map(({ rows }, i) => rows * Math.exp(local[i]!));
  // Few rows vary by more than many.
  const chance = usual.map((rows) => 1 / Math.sqrt(rows + 1));
  const spread = ownSpread(away, chance);
  const height = away.map((distance, i) => distance / Math.hypot(spread, chance[i]!));
  const within = height.map((one, i) => one > HIGH && known[i]!.unsure === null && present[i]!.sum > usual[i]!);
  const score = (start: number, end: number) => total(height.slice(start, end + 1)) / Math.sqrt(end + 1 - start);
  const rose = (start: number, end: number) => {
    const [came, expected] = [total(present.slice(start, end + 1).map(({ sum }) => sum)), total(usual.slice(start, end + 1))];
    return came >= (1 + MIN_EFFECT.count) * expected && came - expected >= FEWEST_MORE;
  };
  const found = runs(within).filter(([start, end]) => score(start, end) >= CLEAR && rose(start, end));
  if (found.length === 0 || found.length > MOST || comesMonthly(found, present)) return [];
  const beside = (start: number, end: number) => found.every(([from, to]) => end < from - 1 || start > to + 1);
  const others = Math.max(
    0,
    ...height.flatMap((_, start) =>
      Array.from({ length: LONGEST }, (_, length) => start + length)
        .filter((end) => end < height.length && beside(start, end))
        .map((end) => score(start, end)),
    ),
  );
  const clear = found.filter(
    ([start, end]) => start > 0 && end < present.length - 1 && end - start < LONGEST && score(start, end) * STANDS_OUT >= others,
  );
  return clear.map(([start, end]) => ({
    from: present[start]!.at,
    to: present[end]!.at + bucketMs,
    expected: total(usual.slice(start, end + 1)),
    seen: total(present.slice(start, end + 1).map(({ sum }) => sum)),
    buckets: end + 1 - start,
  }));
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** How much buckets differ by themselves, beyond what chance makes of their rows: half of them lie within two thirds of it. */
function ownSpread(away: readonly number[], chance: readonly number[]): number {
  let [low, high] = [0, 5];
  for (let round = 0; round < 30; round++) {
    const middle = (low + high) / 2;
    if (median(away.map((distance, i) => Math.abs(distance) / Math.hypot(middle, chance[i]!))) > MEDIAN_OF_NORMAL) low = middle;
    else high = middle;
  }
  return Math.max(high, LEAST_SPREAD);
}

const MEDIAN_OF_NORMAL = 0.6745;
const LEAST_SPREAD = 0.05;

function comesMonthly(found: readonly [number, number][], present: readonly Bucket[]): boolean {
  const starts = found.map(([start]) => present[start]!.at);
  return starts.some((at, i) => {
    const days = (at - (starts[i - 1] ?? -Infinity)) / DAY;
    return days >= MONTH_DAYS[0] && days <= MONTH_DAYS[1];
  });
}
