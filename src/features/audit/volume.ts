import {
  chanceOfSilence,
  findChanges,
  findRecent,
  findSurges,
  MIN_EFFECT,
  withoutWeekends,
  type Bucket,
  type Change,
  type Recent,
  type Surge,
  type Summary,
} from '../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { fromChange, judgeStalls, near, type Judgement } from './judge.ts';
import type { Metric, Series } from './metrics.ts';
import type { Cause } from './model.ts';
import type { ColumnRole } from './outcome.ts';
import { fromTo } from './report/format.ts';
import { named } from './report/text.ts';

/** Judging how many calls there are. A new level that stays is a change; a time without calls is a stall. Pure. */

/** A fall to half or less is worse; any other change of volume is merely different. */
const LEAST_LOSS = 0.5;
/** Buckets by which the date of a change may be off. */
const DATE_SLACK = 3;
/** Of shorter logs no level is told: what looks like one may be the time of the day. */
const SHORTEST_MS = 4 * DAY_MS;

/**
 * Changes of level and stalls of one series; `until`: the end of the log, where it is known to go on without these calls; `hours`: the
 * same calls by the hour, where the buckets are wider, so that a silence of some hours is seen; `looks`: how many series are judged.
 */
export function judgeVolume(series: Series, bucketMs: number, until?: number, hours?: readonly Bucket[], looks = 1): Judgement[] {
  const buckets = filled(series.buckets, bucketMs, until);
  if (buckets.length === 0) return [];
  // A silence is told as such, and is neither a level nor the way to one.
  const silences = judgeStalls(series, bucketMs, { until, silencesOnly: true });
  const heard = withoutWeekends(
    buckets.filter((bucket) => !silences.some(({ stall }) => bucket.at >= stall!.from && bucket.at < stall!.to)),
    bucketMs,
  );
  const { changes, recent } = levelChanges(heard, bucketMs);
  const end = buckets.at(-1)!.at + bucketMs;
  const steps = changes.map((change, i): Judgement => {
    const window = { from: changes[i - 1]?.until ?? buckets[0]!.at, to: changes[i + 1]?.at ?? end };
    return inUnits({ ...fromChange(series.metric, change, window), segment: series.segment, counted: heard }, bucketMs);
  });
  const late = recent && recentJudgement(series, recent, heard, bucketMs);
  // Each level by itself: what was usual later says nothing about what came before.
  const wide = judgeStalls(series, bucketMs, { until, looks, levelAt: levelsOf(changes) }).filter(
    ({ stall }) => !isRest(stall, buckets, bucketMs),
  );
  const stalls =
    bucketMs < DAY_MS
      ? clearly(wide, series.buckets, bucketMs)
      : byTheHour(wide, { ...series, buckets: [...(hours ?? [])] }, changes);
  const levels = late ? [...steps, late] : steps;
  const surges = isWhole(series) && bucketMs === DAY_MS ? findSurges(heard, { bucketMs, levelAt: levelsOf(changes) }) : [];
  const told = [
    ...levels,
    ...surges
      .map((surge) => surgeJudgement(series, surge, heard, bucketMs))
      .filter((surge) => !levels.some((step) => near(surge, step, DATE_SLACK * bucketMs))),
  ];
  return [...told, ...stalls.filter((stall) => !told.some((step) => isPartOf(stall, step, DATE_SLACK * bucketMs)))];
}

/** Silences that do not come by themselves, and times of few calls. */
function clearly(stalls: readonly Judgement[], buckets: readonly Bucket[], bucketMs: number): Judgement[] {
  const silences = stalls.map(({ stall }) => stall!).filter(({ kind }) => kind === 'silence');
  if (silences.length === 0 || buckets.length === 0) return [...stalls];
  const chance = chanceOfSilence(buckets, bucketMs, silences);
  return stalls.filter(({ stall }) => stall!.kind !== 'silence' || chance(stall!) <= BY_ITSELF);
}

/**
 * Stalls with the silences of some hours: those that no silence of whole days holds. Days on which calls were few because they stopped
 * for hours are told by these.
 */
function byTheHour(wide: readonly Judgement[], hours: Series, changes: readonly Change[]): Judgement[] {
  const meets = (one: Judgement, other: Judgement) => one.stall!.from < other.stall!.to && other.stall!.from < one.stall!.to;
  const silent = wide.filter(({ stall }) => stall!.kind === 'silence');
  const short = judgeStalls(hours, HOUR_MS, { levelAt: levelsOf(changes), silencesOnly: true }).filter(
    (one) =>
      !one.stall!.maybe && one.stall!.to - one.stall!.from <= LONGEST_BY_HOUR_MS && !silent.some((other) => meets(one, other)),
  );
  const stalls = clearly([...wide, ...short], hours.buckets, HOUR_MS);
  const clear = stalls.filter((one) => short.includes(one));
  const missing = (list: readonly Judgement[]) => list.reduce((rows, { stall }) => rows + stall!.expected - stall!.seen, 0);
  const few = stalls.filter(
    (one) =>
      !short.includes(one) &&
      (one.stall!.kind === 'silence' || missing(clear.filter((other) => meets(one, other))) < MOST_OF_IT * missing([one])),
  );
  return [...few, ...clear.filter((one) => !few.some((other) => meets(one, other)))].sort((a, b) => a.at! - b.at!);
}

/** Silences that come by themselves more often than this in a log are none. */
const BY_ITSELF = 0.001;
/** What lasts longer is seen by the day. */
const LONGEST_BY_HOUR_MS = 36 * HOUR_MS;
/** Hours without calls tell a day of few calls better where they hold this much of what is missing. */
const MOST_OF_IT = 0.7;

/** Few calls beside the date of a fall are the fall, as its date is known to some buckets; few calls on a slope are the slope. */
function isPartOf({ stall, ...rest }: Judgement, step: Judgement, slackMs: number): boolean {
  if (stall?.kind !== 'drop' || !near({ ...rest, stall }, step, slackMs)) return false;
  if (step.over !== undefined) return false;
  return step.kind === 'drift' || (step.change ?? 0) < 0 || (step.recent !== undefined && stall.to > step.at!);
}

/** Changes of level that are more than the time of a day or of a week, and what the last buckets alone show. */
function levelChanges(heard: readonly Bucket[], bucketMs: number): { changes: Change[]; recent: Recent | null } {
  const long = heard.length * bucketMs >= SHORTEST_MS;
  const all = long ? lasting(findChanges(heard, { kind: 'count', bucketMs }).changes) : [];
  // A level shorter than a day is a time of the day.
  const changes = all.filter(({ before, after }) => Math.min(before.buckets, after.buckets) * bucketMs >= DAY_MS);
  const last = changes.at(-1);
  const inEnd = last ? heard.filter(({ at }) => at >= last.at) : [];
  // A search for levels dates no change later than its shortest level: such a one may be younger.
  const kept = last && inEnd.length <= SHORTEST_LEVEL ? changes.slice(0, -1) : changes;
  const since = kept.at(-1)?.until ?? -Infinity;
  const recent = findRecent(
    heard.filter(({ at }) => at >= since),
    bucketMs,
  );
  if (kept === changes || !recent) return { changes, recent };
  const between = inEnd.filter(({ at }) => at < recent.at);
  const level = Math.log(1 + between.reduce((calls, { sum }) => calls + sum, 0) / between.length);
  const asBefore = Math.abs(level - Math.log(1 + recent.before)) < Math.abs(level - Math.log(1 + recent.after));
  return asBefore ? { changes: kept, recent } : { changes, recent: null };
}

/** Buckets of the shortest level that a search finds, and one more. */
const SHORTEST_LEVEL = 8;

/** A fall or a rise of which nobody can say yet whether it lasts. */
function recentJudgement({ metric, segment }: Series, found: Recent, heard: readonly Bucket[], bucketMs: number): Judgement {
  const late = heard.filter(({ at }) => at >= found.at);
  const level = (mean: number, n: number, buckets: number): Summary => ({ mean, sd: 0, n, buckets });
  const change: Change = {
    kind: 'step',
    at: found.at,
    until: found.at,
    interval: [found.at - bucketMs / 2, found.at + bucketMs / 2],
    before: level(found.before, Math.round(found.before * late.length), late.length),
    after: level(
      found.after,
      late.reduce((n, { sum }) => n + sum, 0),
      late.length,
    ),
    change: found.after - found.before,
    ci95: [NaN, NaN],
    p: found.p,
    falseAlarmsPerMonth: found.p,
  };
  const to = late.at(-1)!.at + bucketMs;
  const told = fromChange(metric, change, { from: heard[0]!.at, to });
  return inUnits({ ...told, ci95: null, segment, counted: heard, recent: { buckets: late.length, to } }, bucketMs);
}

const isWhole = ({ segment }: Series) => Object.keys(segment).length === 0;

/** More calls for some days: different, and nobody knows yet whether it was meant. */
function surgeJudgement({ metric, segment }: Series, surge: Surge, heard: readonly Bucket[], bucketMs: number): Judgement {
  const { from, to, expected, seen, buckets } = surge;
  const level = (calls: number): Summary => ({ mean: calls / buckets, sd: 0, n: Math.round(calls), buckets });
  const told: Judgement = {
    kind: 'incident',
    metric,
    segment,
    at: from,
    until: from,
    interval: [from, from + bucketMs],
    before: level(expected),
    after: level(seen),
    change: (seen - expected) / buckets,
    ci95: null,
    // A rule, not a test.
    p: null,
    q: null,
    direction: 'changed',
    window: { from: Math.max(heard[0]!.at, from - COMPARED * bucketMs), to },
    over: to,
    counted: heard,
  };
  return inUnits(told, bucketMs);
}

/** A first night is no news, nor is a first weekend where calls sleep at night: people work there. */
function isRest(stall: Judgement['stall'], buckets: readonly Bucket[], bucketMs: number): boolean {
  if (!stall?.maybe) return false;
  if (stall.maybe === 'night') return stall.to - stall.from >= LEAST_NIGHT_MS;
  const times = new Map<number, number>();
  for (const { at, sum } of buckets) times.set(at % DAY_MS, Math.max(times.get(at % DAY_MS) ?? 0, sum));
  const most = Math.max(...times.values());
  return [...times.values()].filter((calls) => calls <= NIGHT * most).length * bucketMs >= LEAST_NIGHT_MS;
}

/** At night no more than this share of the busiest time comes, for some hours. */
const NIGHT = 0.05;
const LEAST_NIGHT_MS = 6 * HOUR_MS;

/** Calls in a bucket as they were usual at a time: a slope counts as its first half and its second. */
function levelsOf(changes: readonly Change[]): (at: number) => number {
  const [first] = changes;
  if (!first) return () => 1;
  return (time) => changes.findLast(({ at, until }) => time >= (at + until) / 2)?.after.mean ?? first.before.mean;
}

/** Silences are told as such: a level of nothing, until the end or until calls came back, is no new level. */
function lasting(changes: readonly Change[]): Change[] {
  const silent = ({ after }: Change) => after.n === 0;
  return changes.filter((change, i) => {
    if (silent(change)) return false;
    const before = changes[i - 1];
    if (!before || !silent(before)) return true;
    return Math.abs(change.after.mean / before.before.mean - 1) >= MIN_EFFECT.count;
  });
}

/** Every bucket from the first call to the last, or to the end of the log: no calls are a number of calls. */
export function filled(buckets: readonly Bucket[], bucketMs: number, until?: number): Bucket[] {
  const known = new Map(buckets.map((bucket) => [bucket.at, bucket]));
  const at = [...known.keys()];
  const first = Math.min(...at);
  const end = Math.max(until ?? 0, Math.max(...at) + bucketMs);
  const length = at.length === 0 ? 0 : Math.max(0, Math.floor((end - first) / bucketMs + 1e-9));
  return Array.from({ length }, (_, i) => known.get(first + i * bucketMs) ?? empty(first + i * bucketMs));
}

const empty = (at: number): Bucket => ({ at, n: 0, sum: 0, sumSq: 0 });

/**
 * Calls that moved from one value of a column to others are not lost: a fall or a silence is told as a move where the other values gained
 * half of it or more at that time, and what they gained is told with it. `all` holds the calls of every value.
 */
export function movesOf(judgements: readonly Judgement[], all: readonly Series[], bucketMs: number): Judgement[] {
  const gone = new Set<Judgement>();
  const moves: Judgement[] = [];
  for (const loss of judgements) {
    const [column] = Object.keys(loss.segment);
    if ((loss.change ?? 0) >= 0 || column === undefined || gone.has(loss)) continue;
    const values = all.filter(({ metric, segment }) => metric.name === loss.metric.name && column in segment);
    const move = moveOf(loss, column, values, bucketMs);
    if (!move) continue;
    moves.push(move);
    const slackMs = DATE_SLACK * bucketMs;
    for (const other of judgements) if (column in other.segment && near(loss, other, slackMs)) gone.add(other);
  }
  return [...judgements.filter((one) => !gone.has(one)), ...moves];
}

/** What grew by less grew by itself: a large value always grows by what a small one has. */
const GROWN = 1.25;
/** Calls before and after a loss are compared over this many buckets. */
const COMPARED = 28;

function moveOf(loss: Judgement, column: string, values: readonly Series[], bucketMs: number): Judgement | null {
  const at = loss.at!;
  // Calls that came back were away, not moved.
  const end = Math.max(...values.flatMap(({ buckets }) => buckets.map((bucket) => bucket.at + bucketMs)));
  if (loss.stall && loss.until! < end) return null;
  const since = loss.until !== null && !loss.stall ? loss.until : at;
  const from = Math.max(loss.window?.from ?? -Infinity, at - COMPARED * bucketMs);
  const to = Math.min(loss.window?.to ?? end, since + COMPARED * bucketMs);
  const sides = values.map(({ segment, buckets }) => {
    const calls = (start: number, stop: number) =>
      buckets.filter((one) => one.at >= start && one.at < stop).reduce((sum, one) => sum + one.sum, 0);
    const level = (start: number, stop: number): Summary => {
      const length = Math.max(1, Math.round((stop - start) / bucketMs));
      return { mean: calls(start, stop) / length, sd: 0, n: calls(start, stop), buckets: length };
    };
    return { value: segment[column]!, before: level(from, at), after: level(since, to) };
  });
  const first = Math.min(...values.flatMap(({ buckets }) => buckets.map((bucket) => bucket.at)));
  if (at <= first || since >= to) return null;
  const own = sides.find(({ value }) => value === loss.segment[column])!;
  const gains = sides
    .filter(({ value }) => value !== own.value)
    .map((side) => ({ ...side, gain: side.after.mean >= GROWN * side.before.mean ? side.after.mean - side.before.mean : 0 }))
    .sort((a, b) => b.gain - a.gain);
  const gained = gains.reduce((sum, { gain }) => sum + gain, 0);
  const lost = own.before.mean - own.after.mean;
  if (lost <= 0 || gained < LEAST_LOSS * lost) return null;
  const [most] = gains;
  const move: Judgement = {
    ...loss,
    kind: 'mix',
    at,
    until: since,
    before: own.before,
    after: own.after,
    change: own.after.mean - own.before.mean,
    ci95: null,
    window: { from, to },
    movedTo: most!.gain >= LEAST_LOSS * gained ? most!.value : null,
  };
  delete move.stall;
  delete move.recent;
  // What was compared is in calls of a bucket again.
  return { ...inUnits({ ...move, metric: { ...loss.metric, unit: 'calls' } }, bucketMs), direction: 'changed' };
}

/** A value carries a change of all calls that has this much of it … */
const CARRIED = 0.8;
/** … and this much more of it than of the calls before. */
const MORE_THAN_ITS_SHARE = 0.2;

/** The value of a column that brings nearly all of a change in the number of calls, where the others stayed as they were. */
export function carrierOf(
  { kind, segment, at, until, window, metric, change }: Judgement,
  dimensions: readonly { name: string; says: ColumnRole }[],
  series: readonly Series[],
  bucketMs: number,
): { cause: Cause; because: string } | null {
  if (kind === 'stall' || kind === 'mix' || at === null || window === null || !change || Object.keys(segment).length > 0)
    return null;
  const { unit, times } = unitOf(bucketMs);
  const level = ({ buckets }: Series, from: number, to: number) =>
    (buckets.filter((one) => one.at >= from && one.at < to).reduce((sum, one) => sum + one.sum, 0) * bucketMs * times) /
    (to - from);
  const found = dimensions
    .filter(({ says }) => says !== 'outcome')
    .flatMap(({ name }) => {
      const values = series
        .filter((one) => one.metric.name === metric.name && name in one.segment)
        .map((one) => ({
          dimension: name,
          value: one.segment[name]!,
          before: level(one, window.from, at),
          after: level(one, until ?? at, window.to),
        }));
      const [all, now] = [values.reduce((sum, { before }) => sum + before, 0), values.reduce((sum, { after }) => sum + after, 0)];
      return values.map((one) => ({
        ...one,
        share: (one.after - one.before) / (now - all),
        usual: all > 0 ? one.before / all : 0,
      }));
    })
    .filter(({ share, usual }) => share >= CARRIED && share <= 1 / CARRIED && share - usual >= MORE_THAN_ITS_SHARE)
    .sort((a, b) => b.share - b.usual - (a.share - a.usual));
  const [first] = found;
  if (!first) return null;
  const { dimension, value, before, after, share } = first;
  return {
    cause: { dimension, value, share: Math.min(1, share) },
    because: `nearly all of it in ${named(dimension)} "${named(value)}" (${fromTo(before, after, unit)})`,
  };
}

/** Calls an hour, a day or a week: what a person counts in, whatever the width of the buckets. */
export function unitOf(bucketMs: number): { unit: Metric['unit']; times: number } {
  if (bucketMs > DAY_MS) return { unit: 'calls/week', times: (7 * DAY_MS) / bucketMs };
  if (bucketMs > HOUR_MS) return { unit: 'calls/day', times: DAY_MS / bucketMs };
  return { unit: 'calls/hour', times: HOUR_MS / bucketMs };
}

/** A change of volume in calls an hour, a day or a week. */
function inUnits(judgement: Judgement, bucketMs: number): Judgement {
  const { metric, before, after, change, ci95 } = judgement;
  const { unit, times } = unitOf(bucketMs);
  const scaled = (side: Summary | null) => side && { ...side, mean: side.mean * times, sd: side.sd * times };
  const fell = (after?.mean ?? 0) <= LEAST_LOSS * (before?.mean ?? 0);
  return {
    ...judgement,
    metric: { ...metric, unit },
    before: scaled(before),
    after: scaled(after),
    change: change === null ? null : change * times,
    ci95: ci95 && [ci95[0] * times, ci95[1] * times],
    direction: fell ? 'worse' : 'changed',
  };
}
