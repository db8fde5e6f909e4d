import { findEpisodes, type Episode } from '../../detect/index.ts';
import { DAY_MS } from '../../platform/clock.ts';
import { directionOf, type Judgement } from './judge.ts';
import type { Series } from './metrics.ts';

/** Judging what was worse for some hours or days: incidents that are over, and what the last buckets alone show. Pure. */

/** Series over all rows in buckets narrower than those a log is judged by. */
export interface Finer {
  bucketMs: number;
  series: readonly Series[];
}

/** What lasts for more buckets at the end of a log is told as a step. */
const MOST_RECENT = 6;
/** The hours of an episode tell it better than its days where they hold this much of what was lost. */
const MOST_OF_IT = 0.7;

interface Found extends Episode {
  bucketMs: number;
}

/** The episodes of each series, in its own buckets and in finer ones. */
export function judgeEpisodes(list: readonly Series[], bucketMs: number, finer: readonly Finer[]) {
  const judged: { judgements: Judgement[]; tests: number } = { judgements: [], tests: 0 };
  for (const series of list) {
    if (series.metric.worse === null || series.buckets.length === 0) continue;
    const fine = finer.map((one) => ({ ...one, of: one.series.find(({ metric }) => metric === series.metric) }));
    const scales = [
      ...(bucketMs <= DAY_MS ? [{ bucketMs, buckets: series.buckets }] : []),
      ...fine.flatMap((one) => (one.of ? [{ bucketMs: one.bucketMs, buckets: one.of.buckets }] : [])),
    ];
    const found = scales.flatMap((scale) =>
      scan(series, scale).filter(({ ended, during }) => ended || scale.bucketMs < bucketMs || during.buckets <= MOST_RECENT),
    );
    judged.tests += scales.length;
    judged.judgements.push(...best(found).map((one) => asJudgement(series, one)));
  }
  return judged;
}

function scan({ metric }: Series, { bucketMs, buckets }: Pick<Finer, 'bucketMs'> & Pick<Series, 'buckets'>): Found[] {
  return findEpisodes(buckets, { kind: metric.kind, bucketMs, worse: metric.worse! }).map((one) => ({ ...one, bucketMs }));
}

/** Of episodes that are one, the one in the narrowest buckets that hold most of it. */
function best(found: readonly Found[]): Found[] {
  const lost = ({ change, during }: Found) => Math.abs(change) * during.n;
  const kept: Found[] = [];
  for (const one of found.toSorted((a, b) => a.bucketMs - b.bucketMs)) {
    const same = kept.filter((other) => other.from < one.to && one.from < other.to);
    const covered = same.reduce((sum, other) => sum + lost(other), 0);
    if (same.length > 0 && covered >= MOST_OF_IT * lost(one)) continue;
    kept.splice(0, kept.length, ...kept.filter((other) => !same.includes(other)), one);
  }
  return kept.sort((a, b) => a.from - b.from);
}

function asJudgement({ metric, segment }: Series, found: Found): Judgement {
  const { from, to, ended, usual, during, change, ci95, p, bucketMs, since } = found;
  return {
    kind: ended ? 'incident' : 'step',
    metric,
    segment,
    at: from,
    until: from,
    interval: [from - bucketMs / 2, from + bucketMs / 2],
    before: usual,
    after: during,
    change,
    ci95,
    p,
    q: p,
    direction: directionOf(metric, change),
    window: { from: since, to },
    ...(ended ? { over: to } : { recent: { buckets: Math.max(1, Math.round((to - from) / bucketMs)), to } }),
  };
}

/** A step for the worse is an incident where it was taken back within so long … */
const LONGEST_MS = 6 * DAY_MS;
/** … but for this share of it. */
const LEFT = 0.4;

/**
 * Steps of one list, oldest first for each metric and segment, with what became worse and was as before some days later told as one
 * incident: the only weekend of a log shows no other by which an episode could be told.
 */
export function joinRecoveries(steps: readonly Judgement[]): Judgement[] {
  const back = new Set<Judgement>();
  const joined = steps.map((step): Judgement => {
    const next = steps.find(
      (one) => one.metric.name === step.metric.name && isSame(one.segment, step.segment) && one.at! > step.at!,
    );
    if (!next || back.has(step) || step.direction !== 'worse' || step.kind !== 'step' || step.recent || !recovers(step, next))
      return step;
    back.add(next);
    return { ...step, kind: 'incident', over: next.at!, window: { from: step.window!.from, to: next.at! } };
  });
  return joined.filter((_, i) => !back.has(steps[i]!));
}

const isSame = (a: Record<string, string>, b: Record<string, string>) => JSON.stringify(a) === JSON.stringify(b);

const recovers = (step: Judgement, next: Judgement) =>
  next.kind === 'step' &&
  next.direction === 'better' &&
  next.at! - step.at! <= LONGEST_MS &&
  Math.abs(next.after!.mean - step.before!.mean) <= LEFT * Math.abs(step.change!);

/** Calls that fail are short and cheap: their time and price say nothing about the others'. */
const FAILURES = new Set(['error_rate', 'empty_rate']);

/**
 * A series without the buckets that episodes of its metric lie in, its own or those of all rows; of a time, a length or a price, those in
 * which calls failed too.
 */
export function withoutEpisodes(series: Series, episodes: readonly Judgement[], bucketMs: number): Series {
  const own = episodes.filter(
    ({ metric, segment }) =>
      (metric === series.metric || (series.metric.kind === 'value' && FAILURES.has(metric.name))) &&
      Object.entries(segment).every(([name, value]) => series.segment[name] === value),
  );
  if (own.length === 0) return series;
  const within = (at: number) => own.some(({ at: from, window }) => at < window!.to && at + bucketMs > from!);
  return { ...series, buckets: series.buckets.filter(({ at }) => !within(at)) };
}
