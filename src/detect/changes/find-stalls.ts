import type { Bucket } from '../buckets.ts';
import { median, quantile } from '../math/robust.ts';
import { awayFromUsual, runs } from './away.ts';
import { chanceOfFewer, dispersionOf } from './chance-of-fewer.ts';
import { isWithinWeek, usualVolume, WEEKEND_DAYS, type Stretch, type UsualVolume } from './usual-volume.ts';

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
  /** Of a silence that may be rest: the log holds no other weekend, or no other night, that would show it; or whoever knows the calendar says so. */
  maybe?: 'weekend' | 'night' | 'holiday' | null;
}

export interface FindStallsOptions {
  bucketMs: number;
  /** End of the log, when it is known to reach beyond its last row; a silence up to there counts. */
  until?: number | undefined;
  /** Level of a time, where the volume is known to have changed for good: what is usual goes with it. Default: 1 throughout. */
  levelAt?: ((at: number) => number) | undefined;
  /** How many series are looked at: the more, the likelier few rows come in one of them by chance. Default 1. */
  looks?: number;
  /** Leaves out drops, which are most of the work. */
  silencesOnly?: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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
/** Drops that chance brings about more often than this, in any bucket of any series that is looked at, are none; one bucket alone says less. */
const BY_CHANCE = { one: 1e-3, several: 1e-2 };
/** A drop loses at least half of what is usual. */
const LEAST_LOSS = 0.5;
/** Gaps that come by themselves more often than this are none. */
const BY_ITSELF = 0.01;
/** Fewer rows than this are missing by chance. */
const FEWEST_MISSING = 10;

/**
 * Finds stalls in volume. `buckets` hold the count in `sum` (buckets without rows left out, or present with 0). Silence: the freshness
 * rule max(4 × usual gap, 1.5 × worst other gap), measured in rows expected at the same time of other weeks, or other days, so that
 * nights and weekends are no silence. Drop: log ratio to the same, below −3.5 robust sd twice or −5 once, and fewer rows
 * than chance brings about in any bucket of any series, by how much these differ in this one (negative binomial). A weekend in a log that shows
 * no other is no drop, and a silence that is marked as one.
 */
export function findStalls(
  buckets: readonly Bucket[],
  { bucketMs, until, levelAt = () => 1, looks = 1, silencesOnly = false }: FindStallsOptions,
): Stall[] {
  const present = buckets.filter(({ sum }) => sum > 0).sort((a, b) => a.at - b.at);
  if (present.length < 3) return [];
  const level = (at: number) => Math.max(LEAST_LEVEL, levelAt(at));
  const levelled = present.map((bucket) => ({ ...bucket, sum: bucket.sum / level(bucket.at) }));
  const usualOutside = (silent: readonly Stretch[]): UsualVolume => {
    const flat = usualVolume(levelled, bucketMs, (at) => !silent.some(({ from, to }) => at >= from && at < to));
    return (at, except) => {
      const { rows, ...rest } = flat(at, except);
      return { rows: rows * level(at), ...rest };
    };
  };
  const usual = usualOutside([]);
  const counts = new Map(present.map(({ at, sum }) => [at, sum]));
  const gaps = allGaps(present, bucketMs, until, usual);
  const silences = longGaps(gaps).filter(
    (gap) =>
      gap.chance <= BY_ITSELF && usualBefore(gap, present[0]!.at, counts, usual, bucketMs) * gap.expected >= FEWEST_MISSING,
  );
  const longestUsual =
    quantile(
      gaps.filter((gap) => !silences.includes(gap)).map(({ from, to }) => to - from),
      0.99,
    ) || 0;
  const usualGapMs = Math.ceil(longestUsual / bucketMs) * bucketMs;
  const stalls: Stall[] = silences.map((gap) => ({
    kind: 'silence',
    from: gap.from,
    to: gap.to,
    usualGapMs,
    expected: gap.expected,
    seen: 0,
    maybe: restOf(gap, counts, usual, bucketMs),
  }));
  const dropped = silencesOnly ? [] : drops(present, { bucketMs, usualAt: usualOutside(silences), usualGapMs, looks });
  return [...stalls, ...dropped].sort((a, b) => a.from - b.from);
}

interface Gap extends Stretch {
  /** Rows usual in that time: the length of a gap as the log itself counts time. */
  expected: number;
  /** Those of them that are a guess, as the log holds no such time besides. */
  guessed: { weekend: number; night: number };
  /** Chance of as long a gap by itself: how often each of its buckets is empty. Calls that come in clumps leave gaps. */
  chance: number;
}

function allGaps(present: readonly Bucket[], bucketMs: number, until: number | undefined, usual: UsualVolume): Gap[] {
  const starts = present.map(({ at }) => at);
  const ends = until === undefined ? starts.slice(1) : [...starts.slice(1), until];
  return ends.flatMap((to, i) => {
    const from = starts[i]! + bucketMs;
    if (to - from < bucketMs / 2) return [];
    let [expected, chance] = [0, 1];
    const guessed = { weekend: 0, night: 0 };
    for (let at = from; at < to; at += bucketMs) {
      const { rows, unsure, empty } = usual(at, { from, to });
      chance *= empty;
      const missing = rows * Math.min(1, (to - at) / bucketMs);
      expected += missing;
      if (unsure) guessed[unsure] += missing;
    }
    return [{ from, to, expected, guessed, chance }];
  });
}

/**
 * How much of what is usual came before a gap, at most 1: calls that only began later were not missing. Of as long a time as it
 * takes to expect enough rows, twice; at least two buckets.
 */
function usualBefore(gap: Gap, first: number, counts: ReadonlyMap<number, number>, usual: UsualVolume, bucketMs: number): number {
  let [expected, seen, looked] = [0, 0, 0];
  for (let at = gap.from - bucketMs; at >= first && (looked < 2 || expected < TIMES_FEWEST * FEWEST_MISSING); at -= bucketMs) {
    expected += usual(at, gap).rows;
    seen += counts.get(at) ?? 0;
    looked += 1;
  }
  return expected > 0 ? Math.min(1, seen / expected) : 1;
}

const TIMES_FEWEST = 2;

/** A gap may be rest when all but this share of what is missing in it is a guess … */
const LEAST_SURE = 0.15;
/** … when a day around it had no more than this share of its calls … */
const REST = 0.4;
/** … and when it is no longer than a weekend, or a night. */
const LONGEST_REST = { weekend: 60 * HOUR, night: 16 * HOUR };
/** Of the busiest time: calls fewer than this would not be missed. */
const QUIET = 0.1;

/** Whether a silence may be rest that a short log cannot show to be usual: its only weekend, or its only night. */
function restOf(gap: Gap, counts: ReadonlyMap<number, number>, usual: UsualVolume, bucketMs: number): Stall['maybe'] {
  const { expected, guessed, from, to } = gap;
  if (expected - guessed.weekend - guessed.night > Math.max(FEWEST_MISSING, LEAST_SURE * expected)) return null;
  const kind = guessed.weekend > guessed.night ? 'weekend' : 'night';
  const busy: { at: number; rows: number }[] = [];
  for (let at = from; at < to; at += bucketMs) busy.push({ at, rows: usual(at, gap).rows });
  const most = Math.max(...busy.map(({ rows }) => rows));
  const missed = busy.filter(({ rows }) => rows > QUIET * most).map(({ at }) => at);
  if (missed.at(-1)! + bucketMs - missed[0]! > LONGEST_REST[kind]) return null;
  if (kind === 'night') return kind;
  // Hours at the edge of a weekend alone are none.
  if (!missed.some((at) => isWithinWeek(at, WEEKEND_DAYS))) return null;
  const share = (start: number) => {
    let [seen, wanted] = [0, 0];
    for (let at = start; at < start + DAY; at += bucketMs) {
      seen += counts.get(at) ?? 0;
      wanted += usual(at, gap).rows;
    }
    return wanted > 0 ? seen / wanted : 1;
  };
  const last = to - Math.ceil(DAY / bucketMs) * bucketMs;
  const middle = from + Math.round((to - from - DAY) / 2 / bucketMs) * bucketMs;
  return Math.min(share(from), share(last), share(middle)) <= REST ? kind : null;
}

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

function drops(
  present: readonly Bucket[],
  { bucketMs, usualAt, usualGapMs, looks }: { bucketMs: number; usualAt: UsualVolume; usualGapMs: number; looks: number },
): Stall[] {
  if (present.length < FEWEST_FOR_DROP) return [];
  const { known, local, away, spread } = awayFromUsual(present, bucketMs, usualAt);
  const depth = away.map((distance) => distance / spread);
  const lost = away.map((distance) => -Math.expm1(distance));
  const low = (i: number, limit: number) =>
    (depth[i] ?? 0) < -limit &&
    (lost[i] ?? 0) >= LEAST_LOSS &&
    known[i]!.unsure === null &&
    known[i]!.rows * LEAST_LOSS >= FEWEST_MISSING;
  const alone = bucketMs >= DAY ? DEEP_DROP : Infinity;
  const within = present.map(
    (_, i) => low(i, alone) || (low(i, DROP) && ((i > 0 && low(i - 1, DROP)) || (i + 1 < present.length && low(i + 1, DROP)))),
  );
  // What the log begins with had no usual before it.
  const fell = runs(within).filter(([start]) => start > 0);
  const expected = known.map(({ rows }, i) => rows * Math.exp(local[i]!));
  const outside = (_: unknown, i: number) => !within[i] && known[i]!.unsure === null;
  const dispersion = dispersionOf(present.map(({ sum }) => sum).filter(outside), expected.filter(outside));
  const stalls = fell.map(([start, end]) => ({
    kind: 'drop' as const,
    from: present[start]!.at,
    to: present[end]!.at + bucketMs,
    usualGapMs,
    expected: expected.slice(start, end + 1).reduce((rows, one) => rows + one, 0),
    seen: present.slice(start, end + 1).reduce((rows, { sum }) => rows + sum, 0),
  }));
  // Calls that come in clumps, as those of a session do, differ by more of themselves where they are fewer.
  const typical = median(expected.filter(outside));
  const clumped = (usual: number, buckets: number) => dispersion * Math.max(1, (typical * buckets) / Math.max(1e-9, usual));
  return stalls.filter(
    ({ seen, expected: usual }, i) =>
      chanceOfFewer(seen, usual, clumped(usual, fell[i]![1] - fell[i]![0] + 1)) * present.length * looks <=
      BY_CHANCE[fell[i]![1] > fell[i]![0] ? 'several' : 'one'],
  );
}
