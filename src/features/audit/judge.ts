import {
  benjaminiHochberg,
  compare,
  findChanges,
  findStalls,
  rowsNeeded,
  summarise,
  type Bucket,
  type Change,
  type ChangedWord,
  type FindStallsOptions,
  type Stall,
  type Summary,
} from '../../detect/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../platform/clock.ts';
import type { Failures } from './failures.ts';
import type { Finding } from './model.ts';
import { leastChange, type Metric, type Series } from './metrics.ts';
import { quantity } from './report/format.ts';

/** Judging a log: series in, judgements out. Pure; what follows from them is decided elsewhere. */

/** A finding before it has words, a cause and a price. Times in ms. */
export interface Judgement {
  kind: Finding['kind'];
  metric: Metric;
  segment: Record<string, string>;
  at: number | null;
  /** Where it ends: of a drift and of a stall; else `at`. */
  until: number | null;
  interval: [number, number] | null;
  before: Summary | null;
  after: Summary | null;
  change: number | null;
  ci95: [number, number] | null;
  /** Nothing where a rule decides and no test. */
  p: number | null;
  /** Adjusted for all that was tested; set by `adjust`. */
  q: number | null;
  direction: Finding['direction'];
  /** The stretches that were compared: from the change before to the change after. */
  window: { from: number; to: number } | null;
  stall?: Stall;
  /** Of a change of volume: the buckets that were compared, weekends of a short log left out. */
  counted?: readonly Bucket[];
  /** Of calls that moved to other values of a column: the one that gained most of them, where one did. */
  movedTo?: string | null;
  /** Of an incident: when it was over, ms. */
  over?: number;
  /** Of a change in the last buckets of a log: how many, and where they end. */
  recent?: { buckets: number; to: number };
  /** Of a change of wording: the words that more or fewer answers hold. */
  words?: ChangedWord[];
  /** Of a change that one value of a column carries: what that value had itself, by which its weight is judged. */
  own?: { column: string; value: string; before: number; after: number; isNew?: true };
  /** Of calls of a value that was not there before: that value, where it is served worse than the others. */
  newcomer?: { column: string; value: string; mean: number };
  /** Of more calls that failed: what they say. */
  failures?: Failures;
  /** What else the rows show, a sentence. */
  note?: string;
  /** Of a cohort: the value it is compared with. */
  against?: string;
  /** The comparison that was asked for and shows the same change. */
  split?: Judgement;
  /** Of a cohort: it comes after the one it is compared with, so that rose and fell mean something. */
  ordered?: boolean;
  /** Of a cohort: the values of the column, each with its rows. */
  peers?: readonly CohortSide[];
}

export interface Judged {
  judgements: Judgement[];
  undecided: { metric: Metric; segment: Record<string, string>; needs: number }[];
  steady: Metric[];
  /** How many series and comparisons were tested. */
  tests: number;
}

/** Which way a change of a metric goes. */
export function directionOf({ worse }: Pick<Metric, 'worse'>, change: number): Finding['direction'] {
  if (worse === null || change === 0) return 'changed';
  return change > 0 === (worse === 'up') ? 'worse' : 'better';
}

/** Finds the changes of each series. */
export function judgeSeries(list: readonly Series[], bucketMs: number): Judged {
  const judged: Judged = { judgements: [], undecided: [], steady: [], tests: 0 };
  for (const { metric, segment, buckets } of list) {
    if (buckets.length === 0) continue;
    judged.tests += 1;
    const { changes, undecided } = findChanges(buckets, { kind: metric.kind, bucketMs, minEffect: leastChange(metric) });
    const end = buckets.at(-1)!.at + bucketMs;
    changes.forEach((change, i) => {
      const window = { from: changes[i - 1]?.until ?? buckets[0]!.at, to: changes[i + 1]?.at ?? end };
      judged.judgements.push({ ...fromChange(metric, change, window), segment });
    });
    if (undecided) judged.undecided.push({ metric, segment, needs: undecided.needs });
    else if (changes.length === 0)
      judged.steady.push(Object.keys(segment).length > 0 ? metric : asMoved(metric, buckets, bucketMs));
  }
  return judged;
}

/** A metric that is not quite steady: it moved beyond chance, and by less than what makes a finding. */
function asMoved(metric: Metric, buckets: readonly Bucket[], bucketMs: number): Metric {
  const [change, ...more] = findChanges(buckets, { kind: metric.kind, bucketMs, minEffect: 0 }).changes;
  if (!change) return metric;
  const least = leastChange(metric);
  const floor =
    metric.kind === 'rate'
      ? `${100 * least} points`
      : metric.kind === 'grade'
        ? quantity(least, metric.unit)
        : `${100 * least} %`;
  // Points of a rate so small are told to a tenth.
  const told = (mean: number) => (metric.kind === 'rate' ? `${(100 * mean).toFixed(1)} %` : quantity(mean, metric.unit));
  const sides = more.length > 0 ? null : `${told(change.before.mean)} → ${told(change.after.mean)}`;
  return { ...metric, moved: `${sides ? `${sides}, ` : ''}less than ${floor}` };
}

/** A change as a judgement, of all rows until told otherwise. */
export function fromChange(metric: Metric, change: Change, window: Judgement['window']): Judgement {
  return {
    kind: change.kind,
    metric,
    segment: {},
    at: change.at,
    until: change.until,
    interval: change.interval,
    before: change.before,
    after: change.after,
    change: change.change,
    ci95: withinReach(metric, change.before, change.ci95),
    p: change.p,
    q: change.p,
    direction: directionOf(metric, change.change),
    window,
  };
}

/** No time, length or price falls below zero, so none falls by more than it was. A score may. */
function withinReach({ unit }: Metric, before: Summary | null, ci95: Judgement['ci95']): Judgement['ci95'] {
  if (ci95 === null || before === null || unit === 'score' || before.mean < 0) return ci95;
  return [Math.max(ci95[0], -before.mean), Math.max(ci95[1], -before.mean)];
}

/**
 * Times in which calls stopped or became far fewer; `until`: the end of the log, where it is known to go on without them;
 * `levelAt`: how many calls were usual at a time, where that changed for good.
 */
export function judgeStalls(
  volume: Series,
  bucketMs: number,
  options: Pick<FindStallsOptions, 'until' | 'levelAt' | 'looks' | 'silencesOnly'> = {},
): Judgement[] {
  return findStalls(volume.buckets, { bucketMs, ...options }).map((stall) => ({
    kind: 'stall',
    metric: volume.metric,
    segment: volume.segment,
    at: stall.from,
    until: stall.to,
    interval: [stall.from, Math.min(stall.to, stall.from + bucketMs)],
    before: null,
    after: null,
    change: stall.seen - stall.expected,
    ci95: null,
    // A rule, not a test.
    p: null,
    q: null,
    // Nobody knows yet whether it is more than a weekend.
    direction: stall.maybe ? 'changed' : 'worse',
    window: null,
    stall,
  }));
}

export interface CohortSide {
  value: string;
  buckets: readonly Bucket[];
}

/** Two cohorts of a dimension on one metric; no judgement when they are alike (`steady`) or too few to tell. */
export function judgeCohorts(
  metric: Metric,
  dimension: string,
  before: CohortSide,
  after: CohortSide,
  ordered: boolean,
): { judgement: Judgement | null; needs: number | null; steady: boolean; p: number } {
  const sides = compare(summarise(before.buckets, metric.kind), summarise(after.buckets, metric.kind), metric.kind);
  const { before: a, after: b, change, p, effect, ci95 } = sides;
  if (a.n < 2 || b.n < 2) return { judgement: null, needs: null, steady: false, p: 1 };
  const enough = Math.abs(effect) >= leastChange(metric) && p < 0.01;
  const wanted =
    a.mean > 0
      ? rowsNeeded(a, metric.kind, metric.kind === 'grade' ? leastChange(metric) : Math.max(leastChange(metric), 0.05))
      : 0;
  const needs = Math.max(0, Math.ceil(wanted - Math.min(a.n, b.n)));
  if (!enough) return { judgement: null, needs: needs === 0 ? null : needs, steady: needs === 0, p };
  const judgement: Judgement = {
    kind: 'cohort',
    metric,
    segment: { [dimension]: after.value },
    at: null,
    until: null,
    interval: null,
    before: a,
    after: b,
    change,
    ci95: withinReach(metric, a, ci95),
    p,
    q: p,
    direction: ordered ? directionOf(metric, change) : 'changed',
    window: null,
    against: before.value,
    ordered,
  };
  return { judgement, needs: null, steady: false, p };
}

/**
 * Sets the q of each judgement, over everything that was tested (Benjamini & Hochberg 1995), and drops what does not hold at 5 %.
 * What a rule found stays as it is.
 */
export function adjust(judgements: readonly Judgement[], tests: number): Judgement[] {
  const ps = judgements.map(({ p }) => p).filter((p) => p !== null);
  const quiet = Array.from({ length: Math.max(0, tests - ps.length) }, () => 1);
  const qs = benjaminiHochberg([...ps, ...quiet]);
  let next = 0;
  return judgements
    .map((judgement) => (judgement.p === null ? judgement : { ...judgement, q: qs[next++]! }))
    .filter(({ q }) => q === null || q < 0.05);
}

/** Leaves out what a segment shows only because all rows show it: the same metric moved the same way at the same time. */
export function ownOfSegments(segments: readonly Judgement[], all: readonly Judgement[], bucketMs: number): Judgement[] {
  const told = (own: Judgement, whole: Judgement) =>
    whole.metric.name === own.metric.name &&
    Math.sign(whole.change ?? 0) === Math.sign(own.change ?? 0) &&
    // What is hardly to be seen in all rows, or comes to an end in them, is another thing.
    (own.direction !== 'worse' || whole.direction === 'worse') &&
    (own.kind === 'stall') === (whole.kind === 'stall') &&
    // Calls that stopped are more than few calls.
    (own.stall?.kind !== 'silence' || whole.stall?.kind === 'silence') &&
    near(whole, own, 3 * bucketMs);
  return segments.filter((own) => !all.some((whole) => told(own, whole)));
}

/**
 * One change found twice is told once: what two periods that were asked for show, and a dated change of the same metric, in the same
 * rows and the same direction, explains.
 */
export function joinSplit(dated: readonly Judgement[], compared: readonly Judgement[]): Judgement[] {
  const rest = new Set(compared);
  const joined = dated.map((judgement) => {
    const split = compared.find((other) => rest.has(other) && shows(other, judgement));
    if (!split) return judgement;
    rest.delete(split);
    return { ...judgement, split };
  });
  return [...joined, ...rest];
}

const shows = (split: Judgement, { metric, segment, at, change, kind }: Judgement) =>
  PERIOD in split.segment &&
  split.metric.name === metric.name &&
  Object.keys(segment).length === 0 &&
  at !== null &&
  kind !== 'stall' &&
  Math.sign(split.change ?? 0) === Math.sign(change ?? 0);

/** Before a date and since, as a column of its own. */
export const PERIOD = 'period';

/** Two dated judgements that may be one event: when they may have happened meets, give or take. */
export function near(a: Judgement, b: Judgement, slackMs: number): boolean {
  const [one, other] = [stretchOf(a), stretchOf(b)];
  return one !== null && other !== null && one[0] - slackMs <= other[1] && other[0] - slackMs <= one[1];
}

/** The interval of the date; a drift lasts from its beginning to its end. */
function stretchOf({ kind, interval, at, until }: Judgement): [number, number] | null {
  if (kind !== 'drift' || at === null || until === null) return interval;
  return [Math.min(at, interval?.[0] ?? at), Math.max(until, interval?.[1] ?? until)];
}

/**
 * How wide a bucket is: at most 400 of them, three rows in each or more; a day where the log spans weeks, however few rows it has,
 * as a change needs seven buckets on each side to be seen, days are alike and hours are not.
 */
export function chooseBucket(rows: number, fromMs: number, toMs: number): number {
  const spanMs = Math.max(1, toMs - fromMs);
  if (spanMs >= 14 * DAY_MS) return spanMs / DAY_MS <= 400 ? DAY_MS : 7 * DAY_MS;
  const filled = widths.find((width) => spanMs / width <= 400 && (rows * width) / spanMs >= 3);
  return filled ?? widths.findLast((width) => spanMs / width >= 14) ?? widths[0]!;
}

/** Buckets that the log covers whole: the first and the last hold part of their time, which must not look like few calls. */
export const wholeBuckets = (buckets: readonly Bucket[], bucketMs: number, fromMs: number, toMs: number) =>
  buckets.filter(({ at }) => at >= fromMs && at + bucketMs <= toMs);

const widths = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, DAY_MS];
