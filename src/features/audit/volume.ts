import { findChanges, MIN_EFFECT, type Bucket, type Change } from '../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { fromChange, judgeStalls, near, type Judgement } from './judge.ts';
import type { Series } from './metrics.ts';

/** Judging how many calls there are. A new level that stays is a change; a time without calls is a stall. Pure. */

/** A fall to half or less is worse; any other change of volume is merely different. */
const LEAST_LOSS = 0.5;
/** Buckets by which the date of a change may be off. */
const DATE_SLACK = 3;
/** Fewer than this share of the calls before are nothing. */
const NOTHING = 0.02;

/** Changes of level and stalls of one series; `until`: the end of the log, where it is known to go on without these calls. */
export function judgeVolume(series: Series, bucketMs: number, until?: number): Judgement[] {
  const buckets = filled(series.buckets, bucketMs, until);
  if (buckets.length === 0) return [];
  // A silence is told as such, and is neither a level nor the way to one.
  const silences = judgeStalls(series, bucketMs, until).filter(({ stall }) => stall?.kind === 'silence');
  const heard = buckets.filter((bucket) => !silences.some(({ stall }) => bucket.at >= stall!.from && bucket.at < stall!.to));
  const changes = lasting(findChanges(heard, { kind: 'count', bucketMs }).changes);
  const end = buckets.at(-1)!.at + bucketMs;
  const steps = changes.flatMap((change, i) => {
    const window = { from: changes[i - 1]?.until ?? buckets[0]!.at, to: changes[i + 1]?.at ?? end };
    const found = fromChange(series.metric, change, window);
    const direction = change.after.mean <= LEAST_LOSS * change.before.mean ? ('worse' as const) : ('changed' as const);
    return { ...found, segment: series.segment, direction, per: perOf(bucketMs) };
  });
  // Each level by itself: what was usual later says nothing about what came before.
  const stalls = judgeStalls(series, bucketMs, until, levelsOf(changes));
  // Few calls beside the date of a fall are the fall: its date is known to some buckets.
  const within = ({ stall }: Judgement, step: Judgement) => stall?.kind === 'drop' && (step.change ?? 0) < 0;
  return [
    ...steps,
    ...stalls.filter((stall) => !steps.some((step) => within(stall, step) && near(stall, step, DATE_SLACK * bucketMs))),
  ];
}

/** Calls in a bucket as they were usual at a time: a slope counts as its first half and its second. */
function levelsOf(changes: readonly Change[]): (at: number) => number {
  const [first] = changes;
  if (!first) return () => 1;
  return (time) => changes.findLast(({ at, until }) => time >= (at + until) / 2)?.after.mean ?? first.before.mean;
}

/** Silences are told as such: a level of nothing, until the end or until calls came back, is no new level. */
function lasting(changes: readonly Change[]): Change[] {
  const silent = ({ before, after }: Change) => after.mean <= NOTHING * before.mean;
  return changes.filter((change, i) => {
    if (silent(change)) return false;
    const before = changes[i - 1];
    if (!before || !silent(before)) return true;
    return Math.abs(change.after.mean / before.before.mean - 1) >= MIN_EFFECT.count;
  });
}

/** Every bucket from the first call to the last, or to the end of the log. */
function filled(buckets: readonly Bucket[], bucketMs: number, until?: number): Bucket[] {
  const known = new Map(buckets.map((bucket) => [bucket.at, bucket]));
  const at = [...known.keys()];
  const first = Math.min(...at);
  const end = Math.max(until ?? 0, Math.max(...at) + bucketMs);
  const length = at.length === 0 ? 0 : Math.max(0, Math.floor((end - first) / bucketMs + 1e-9));
  return Array.from({ length }, (_, i) => known.get(first + i * bucketMs) ?? empty(first + i * bucketMs));
}

const empty = (at: number): Bucket => ({ at, n: 0, sum: 0, sumSq: 0 });

/**
 * Calls that moved from one value of a column to another are not lost, and what that does to all calls is told of them: a fall
 * is left out where other values of that column rose at the same time by half of it or more, and so are those rises.
 */
export function withoutMoved(judgements: readonly Judgement[], slackMs: number): Judgement[] {
  const gone = new Set<Judgement>();
  for (const fall of judgements) {
    const [column] = Object.keys(fall.segment);
    if (fall.kind === 'stall' || (fall.change ?? 0) >= 0 || column === undefined) continue;
    const risen = judgements.filter((other) => column in other.segment && (other.change ?? 0) > 0 && near(fall, other, slackMs));
    const gained = risen.reduce((sum, { change }) => sum + (change ?? 0), 0);
    if (gained >= LEAST_LOSS * Math.abs(fall.change ?? 0)) for (const one of [fall, ...risen]) gone.add(one);
  }
  return judgements.filter((one) => !gone.has(one));
}

const perOf = (bucketMs: number) =>
  bucketMs === DAY_MS
    ? 'a day'
    : bucketMs === 7 * DAY_MS
      ? 'a week'
      : bucketMs === HOUR_MS
        ? 'an hour'
        : bucketMs > HOUR_MS
          ? `in ${bucketMs / HOUR_MS} hours`
          : `in ${bucketMs / 60_000} ${bucketMs === 60_000 ? 'minute' : 'minutes'}`;
