import { level, type Evidence } from './evidence.ts';
import { PERIODS } from './season.ts';
import type { Split } from './scan.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Hours looked at on either side of a change, at most: more would reach from a morning to the evening before. */
const BESIDE_MS = 8 * HOUR;
/** Other days show a change where theirs at that hour is this share of it. */
const SHOWN = 0.4;
/** The same hours before and after tell a change by themselves where they hold this share of it, for so long a time of the day. */
const HELD = 0.75;
const LEAST_SHARED_MS = 6 * HOUR;
/** Buckets a window must have, as a share of its time: what is not covered says nothing. */
const COVERED = 0.5;

/**
 * Whether a split is the time of the day, in a series too short for its pattern to be taken out (`deseasoned`): the other days change as
 * much at that hour, and the same hours before and after are alike.
 */
export function isDayRhythm(e: Evidence, split: Split, bucketMs: number): boolean {
  const { buckets } = e;
  const first = buckets[0]!.at;
  const end = buckets.at(-1)!.at + bucketMs;
  if (e.kind === 'count' || bucketMs > HOUR * 3 || end - first >= PERIODS * DAY || end - first <= DAY) return false;
  const at = buckets[split.at]!.at;
  const width = Math.min(at - buckets[split.from]!.at, buckets[split.to - 1]!.at + bucketMs - at, BESIDE_MS);
  const own = jump(e, at, width, bucketMs);
  if (own === null || own === 0) return false;
  const others = [-3, -2, -1, 1, 2, 3].flatMap((days) => jump(e, at + days * DAY, width, bucketMs) ?? []);
  if (others.length === 0 || mean(others) / own < SHOWN) return false;
  const shared = atSameHours(e, split);
  const whole = level(e, split.at, split.to) - level(e, split.from, split.at);
  return shared.times * bucketMs < LEAST_SHARED_MS || shared.change / whole < HELD;
}

/** How much the level changes at a time, by so much on either side; nothing where the series does not cover both. */
function jump(e: Evidence, at: number, width: number, bucketMs: number): number | null {
  const { buckets } = e;
  const from = firstFrom(buckets, at - width);
  const middle = firstFrom(buckets, at);
  const to = firstFrom(buckets, at + width);
  const least = Math.max(2, (COVERED * width) / bucketMs);
  return middle - from >= least && to - middle >= least ? level(e, middle, to) - level(e, from, middle) : null;
}

function firstFrom(buckets: Evidence['buckets'], at: number): number {
  const found = buckets.findIndex((bucket) => bucket.at >= at);
  return found < 0 ? buckets.length : found;
}

/** The change between buckets of the same time of the day, and how many such times there are. */
function atSameHours(e: Evidence, { from, at, to }: Split): { change: number; times: number } {
  const side = (start: number, stop: number) => {
    const times = new Map<number, number[]>();
    for (let i = start; i < stop; i++) {
      const time = e.buckets[i]!.at % DAY;
      times.set(time, [...(times.get(time) ?? []), e.y[i]!]);
    }
    return times;
  };
  const before = side(from, at);
  const changes = [...side(at, to)].flatMap(([time, levels]) => {
    const usual = before.get(time);
    return usual ? [mean(levels) - mean(usual)] : [];
  });
  return { change: changes.length > 0 ? mean(changes) : 0, times: changes.length };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
