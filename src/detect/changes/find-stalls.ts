import type { Bucket } from '../buckets.ts';
import { median, quantile, robustSd } from '../math/robust.ts';
import { phase, seasonMs } from './season.ts';

/** A time in which rows stopped (`silence`) or became far fewer than at the same hour or weekday before (`drop`). */
export interface Stall {
  kind: 'silence' | 'drop';
  /** ms since the epoch: from the end of the last usual bucket to the start of the next one. */
  from: number;
  to: number;
  /** Longest gap that is usual for this log. */
  usualGapMs: number;
  /** Rows expected in that time, and rows seen. */
  expected: number;
  seen: number;
}

export interface FindStallsOptions {
  bucketMs: number;
  /** End of the log, when it is known to reach beyond its last row; a silence up to there counts. */
  until?: number;
  /** Level of a time, where the volume is known to have changed for good: what is usual goes with it. Default: 1 throughout. */
  levelAt?: (at: number) => number;
  /** Leaves out drops, which are most of the work. */
  silencesOnly?: boolean;
}

/** No level is nothing. */
const LEAST_LEVEL = 1e-3;
/** A gap is a silence when it is this much longer than usual … */
const TIMES_USUAL = 4;
/** … and this much longer than every other gap. */
const TIMES_WORST = 1.5;
/** Silences are few: at most this many are set aside before the rest must count as usual. */
const MOST_SILENCES = 5;
/** Robust standard deviations below the same phase: one bucket this deep, or two in a row less deep. */
const DEEP_DROP = 5;
const DROP = 3.5;
/** Buckets needed before a drop of volume can be told from its usual ups and downs. */
const FEWEST_FOR_DROP = 14;
/** A drop loses at least half of what is usual. */
const LEAST_LOSS = 0.5;
/** Fewer rows than this are missing by chance. */
const FEWEST_MISSING = 10;

/**
 * Finds stalls in volume. `buckets` hold the count in `sum` (buckets without rows left out, or present with 0). Silence: the freshness
 * rule max(4 × usual gap, 1.5 × worst other gap), measured in rows expected by hour of week, so that nights and weekends
 * are no silence. Drop: log ratio to the median of the same weekday (hour), below −3.5 robust sd twice or −5 once.
 */
export function findStalls(
  buckets: readonly Bucket[],
  { bucketMs, until, levelAt = () => 1, silencesOnly = false }: FindStallsOptions,
): Stall[] {
  const present = buckets.filter(({ sum }) => sum > 0).sort((a, b) => a.at - b.at);
  if (present.length < 3) return [];
  const level = (at: number) => Math.max(LEAST_LEVEL, levelAt(at));
  const flat = usualVolume(
    present.map((bucket) => ({ ...bucket, sum: bucket.sum / level(bucket.at) })),
    bucketMs,
  );
  const usual = (at: number) => flat(at) * level(at);
  const gaps = allGaps(present, bucketMs, until, usual);
  const silences = longGaps(gaps).filter((gap) => usualBefore(gap, present, usual, bucketMs) * gap.expected >= FEWEST_MISSING);
  const usualGapMs =
    quantile(
      gaps.filter((gap) => !silences.includes(gap)).map(({ from, to }) => to - from),
      0.99,
    ) || 0;
  const stalls: Stall[] = silences.map(({ from, to, expected }) => ({
    kind: 'silence',
    from,
    to,
    usualGapMs,
    expected,
    seen: 0,
  }));
  const dropped = silencesOnly ? [] : drops(present, bucketMs, usual, usualGapMs);
  return [...stalls, ...dropped].sort((a, b) => a.from - b.from);
}

type Usual = (at: number) => number;

/** Rows expected in the bucket at a time: the median of its phase over all periods, an absent bucket counting as none. */
function usualVolume(present: readonly Bucket[], bucketMs: number): Usual {
  const first = present[0]!.at;
  const last = present.at(-1)!.at;
  const period = seasonMs(first, last, bucketMs);
  if (period === null) {
    const everywhere = median(present.map(({ sum }) => sum));
    return () => everywhere;
  }
  const volumes = new Map<number, number[]>();
  for (const { at, sum } of present) {
    const key = phase(at, period, bucketMs);
    volumes.set(key, [...(volumes.get(key) ?? []), sum]);
  }
  const periods = (last - first + bucketMs) / period;
  const typical = new Map([...volumes].map(([key, seen]) => [key, medianWithAbsent(seen, Math.round(periods))]));
  return (at) => typical.get(phase(at, period, bucketMs)) ?? 0;
}

function medianWithAbsent(seen: readonly number[], periods: number): number {
  const absent = Math.max(0, periods - seen.length);
  return median([...seen, ...Array.from({ length: absent }, () => 0)]);
}

interface Gap {
  from: number;
  to: number;
  /** Rows usual in that time: the length of a gap as the log itself counts time. */
  expected: number;
}

function allGaps(present: readonly Bucket[], bucketMs: number, until: number | undefined, usual: Usual): Gap[] {
  const starts = present.map(({ at }) => at);
  const ends = until === undefined ? starts.slice(1) : [...starts.slice(1), until];
  return ends.flatMap((to, i) => {
    const from = starts[i]! + bucketMs;
    if (to - from < bucketMs / 2) return [];
    let expected = 0;
    for (let at = from; at < to; at += bucketMs) expected += usual(at) * Math.min(1, (to - at) / bucketMs);
    return [{ from, to, expected }];
  });
}

/**
 * How much of what is usual came before a gap, at most 1: calls that only began later were not missing. Of as long a time as it
 * takes to expect enough rows, twice; at least two buckets.
 */
function usualBefore({ from }: Gap, present: readonly Bucket[], usual: Usual, bucketMs: number): number {
  const counts = new Map(present.map(({ at, sum }) => [at, sum]));
  let [expected, seen, looked] = [0, 0, 0];
  for (
    let at = from - bucketMs;
    at >= present[0]!.at && (looked < 2 || expected < TIMES_FEWEST * FEWEST_MISSING);
    at -= bucketMs
  ) {
    expected += usual(at);
    seen += counts.get(at) ?? 0;
    looked += 1;
  }
  return expected > 0 ? Math.min(1, seen / expected) : 1;
}

const TIMES_FEWEST = 2;

/** The longest gaps, for as long as each stands out from all shorter ones. */
function longGaps(gaps: readonly Gap[]): Gap[] {
  const longest = gaps.toSorted((a, b) => b.expected - a.expected);
  for (let k = Math.min(MOST_SILENCES, longest.length); k > 0; k--) {
    const shortest = longest[k - 1]!.expected;
    const others = longest.slice(k).map(({ expected }) => expected);
    const usual = others.length > 0 ? quantile(others, 0.9) : 0;
    if (shortest >= FEWEST_MISSING && shortest > Math.max(TIMES_USUAL * usual, TIMES_WORST * (others[0] ?? 0)))
      return longest.slice(0, k);
  }
  return [];
}

function drops(present: readonly Bucket[], bucketMs: number, usual: Usual, usualGapMs: number): Stall[] {
  if (present.length < FEWEST_FOR_DROP) return [];
  const ratios = present.map(({ at, sum }) => Math.log((sum + 1) / (usual(at) + 1)));
  const local = ratios.map((_, i) => median(ratios.slice(Math.max(0, i - 14), i + 15)));
  const away = ratios.map((ratio, i) => ratio - local[i]!);
  const floor = 1 / Math.sqrt(Math.max(1, median(present.map(({ sum }) => sum))));
  const spread = Math.max(robustSd(away), floor);
  const depth = away.map((distance) => distance / spread);
  const lost = away.map((distance) => -Math.expm1(distance));
  const low = (i: number, limit: number) =>
    (depth[i] ?? 0) < -limit && (lost[i] ?? 0) >= LEAST_LOSS && usual(present[i]!.at) * LEAST_LOSS >= FEWEST_MISSING;
  const within = present.map(
    (_, i) =>
      low(i, DEEP_DROP) || (low(i, DROP) && ((i > 0 && low(i - 1, DROP)) || (i + 1 < present.length && low(i + 1, DROP)))),
  );
  // What the log begins with had no usual before it.
  const fell = runs(within).filter(([start]) => start > 0);
  return fell.map(([start, end]) => ({
    kind: 'drop' as const,
    from: present[start]!.at,
    to: present[end]!.at + bucketMs,
    usualGapMs,
    expected: present.slice(start, end + 1).reduce((rows, { at }, i) => rows + usual(at) * Math.exp(local[start + i]!), 0),
    seen: present.slice(start, end + 1).reduce((rows, { sum }) => rows + sum, 0),
  }));
}

function runs(within: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  within.forEach((inside, i) => {
    const open = found.at(-1);
    if (inside && open && open[1] === i - 1) open[1] = i;
    else if (inside) found.push([i, i]);
  });
  return found;
}
