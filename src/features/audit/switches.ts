import type { Judgement } from './judge.ts';
import { volume, type Series } from './metrics.ts';

/**
 * When the calls went from one value of a column to another: what took over after a change, or was gone before it, did not make it. Pure.
 */

/** Shares beside a date are told by the nearest buckets that hold so many rows. */
const BESIDE = 30;
/** How near a switch must lie to the interval of a date, whose ends are known to half a bucket. */
const NEAR = 0.5;
/** A value whose share moved by less has not been switched to or away. */
const LEAST_MOVED = 0.1;
/** Of what its share moved, so much must have come at the date. */
const MOST_OF_IT = 0.5;

/** The values of a column whose share moved between both sides of a change, but at another time. */
export function switchedElsewhere(
  { at, until, interval, window }: Pick<Judgement, 'at' | 'until' | 'interval' | 'window'>,
  column: string,
  all: readonly Series[],
  bucketMs: number,
): ReadonlySet<string> {
  const calls = all.find(({ metric, segment }) => metric.name === volume.name && Object.keys(segment).length === 0);
  if (at === null || window === null || !calls) return new Set();
  const total = new Map(calls.buckets.map(({ at, n }) => [at, n]));
  const times = [...total.keys()].filter((time) => time >= window.from && time < window.to).sort((a, b) => a - b);
  const [first, last] = [Math.min(at, interval?.[0] ?? at), Math.max(until ?? at, interval?.[1] ?? at)];
  const sides = { before: times.filter((time) => time < at), after: times.filter((time) => time >= (until ?? at)) };
  // A bucket counts with the side on which all of it lies.
  const close = {
    before: nearest(sides.before.filter((time) => time + bucketMs <= first - NEAR * bucketMs).toReversed(), total),
    after: nearest(
      sides.after.filter((time) => time >= last + NEAR * bucketMs),
      total,
    ),
  };
  if (close.before.length === 0 || close.after.length === 0) return new Set();
  const away = all.flatMap(({ metric, segment, buckets }) => {
    const value = segment[column];
    if (metric.name !== volume.name || value === undefined) return [];
    const own = new Map(buckets.map(({ at, n }) => [at, n]));
    const share = (list: readonly number[]) => sum(list, own) / Math.max(1, sum(list, total));
    const moved = share(sides.after) - share(sides.before);
    const atOnce = (share(close.after) - share(close.before)) * Math.sign(moved);
    return Math.abs(moved) >= LEAST_MOVED && atOnce < MOST_OF_IT * Math.abs(moved) ? [value] : [];
  });
  return new Set(away);
}

const sum = (times: readonly number[], of: ReadonlyMap<number, number>) =>
  times.reduce((total, time) => total + (of.get(time) ?? 0), 0);

/** The first buckets of a list that hold enough rows. */
function nearest(times: readonly number[], total: ReadonlyMap<number, number>): number[] {
  const enough = times.findIndex((_, i) => sum(times.slice(0, i + 1), total) >= BESIDE);
  return enough === -1 ? [...times] : times.slice(0, enough + 1);
}

/** A column of which one value at a time has nearly all calls. */
const NEARLY_ALL = 0.85;
const FEWEST_VALUES = 3;

/** Whether the values of a column follow one another, as releases do: their coming and going is no event each. */
export function isSuccession(column: string, all: readonly Series[]): boolean {
  const values = all.filter(({ metric, segment }) => metric.name === volume.name && column in segment);
  const leaders = new Set<string>();
  const shares = new Map<number, { all: number; most: number; leader: string }>();
  for (const { segment, buckets } of values)
    for (const { at, n } of buckets) {
      const seen = shares.get(at) ?? { all: 0, most: 0, leader: '' };
      const leads = n > seen.most;
      shares.set(at, { all: seen.all + n, most: leads ? n : seen.most, leader: leads ? segment[column]! : seen.leader });
    }
  let [rows, led, switches, previous] = [0, 0, 0, ''];
  for (const [, one] of [...shares].sort(([a], [b]) => a - b)) {
    rows += one.all;
    led += one.most;
    if (one.leader !== previous) switches++;
    previous = one.leader;
    leaders.add(one.leader);
  }
  // Each value has its time once; values that take turns are something else.
  return leaders.size >= FEWEST_VALUES && switches <= leaders.size + 1 && led >= NEARLY_ALL * rows;
}
