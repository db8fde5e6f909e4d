import { summarise, type Bucket, type ChangedWord, type Summary } from '../../detect/index.ts';
import type { CohortSide, Judgement } from './judge.ts';
import type { Chart } from './model.ts';
import type { Metric } from './metrics.ts';
import { usualBand } from './usual-band.ts';
import { filled, unitOf } from './volume.ts';

const Z95 = 1.96;
/** More points than this are thinner than a pen. */
const MOST_POINTS = 400;
/** More dots than this stand too close for their names. */
const MOST_COHORTS = 8;

/** The picture of a dated finding. Nothing for those without a time axis. */
export function chartOf(
  judgement: Judgement,
  buckets: readonly Bucket[],
  bucketMs: number,
  letter: string,
  title: string,
): Chart | null {
  if (judgement.words) return wordsChart(judgement.words, judgement, title);
  if (judgement.peers) return cohortsChart(judgement.peers, judgement, title);
  if (judgement.at === null || buckets.length < 2) return null;
  const { metric, at, interval, until, stall } = judgement;
  const calls = metric.kind === 'count';
  const { unit, times } = calls ? unitOf(bucketMs) : { unit: metric.unit, times: 1 };
  const drawn = calls ? filled(buckets, bucketMs, stall?.to) : buckets;
  const usual = calls ? usualOf(judgement, drawn, bucketMs).map((band) => inUnit({ ...band, value: 0 }, times)) : [];
  return {
    title,
    unit,
    bucketMs,
    points: drawn.slice(-MOST_POINTS).map((bucket) => inUnit(point(bucket, metric), times)),
    levels: levels(judgement, judgement.counted ?? buckets, bucketMs).map((level) => inUnit(level, times)),
    ...(usual.length > 0 ? { usual: usual.map(({ at, low, high }) => ({ at, low, high })) } : {}),
    change: stall ? null : { at, interval, letter },
    shaded: stall ? [[at, until ?? at]] : judgement.over === undefined ? [] : [[at, judgement.over]],
  };
}

/** Where calls usually lie: as before a change, or outside the time in which they were few or many. */
function usualOf({ at, until, stall, over, window }: Judgement, drawn: readonly Bucket[], bucketMs: number) {
  const end = stall ? until! : over;
  const known =
    end === undefined
      ? drawn.filter((bucket) => bucket.at >= (window?.from ?? -Infinity) && bucket.at + bucketMs <= at!)
      : drawn.filter((bucket) => bucket.at + bucketMs <= at! || bucket.at >= end);
  // Buckets at either end of a log hold part of their time.
  return usualBand(
    known.filter(({ at }) => at > drawn[0]!.at && at < drawn.at(-1)!.at),
    drawn.slice(-MOST_POINTS),
    bucketMs,
  );
}

/** The same in another unit of time. */
const inUnit = <T extends { value: number; low: number; high: number }>(one: T, times: number): T => ({
  ...one,
  value: one.value * times,
  low: one.low * times,
  high: one.high * times,
});

/** The words whose share of answers changed most, as two bars each. Nothing where no single word did. */
function wordsChart(words: readonly ChangedWord[], { before, after }: Judgement, title: string): Chart | null {
  if (words.length === 0) return null;
  const bars = words.map((one) => ({
    label: one.word,
    before: shareOf(one.before, before?.n ?? 0),
    after: shareOf(one.after, after?.n ?? 0),
  }));
  return { title, unit: 'rate', bucketMs: 0, points: [], levels: [], change: null, shaded: [], bars };
}

/** The metric of each value of the column, with the two that were compared. Nothing where one of them has no rows. */
function cohortsChart(peers: readonly CohortSide[], { metric, segment, against }: Judgement, title: string): Chart | null {
  const named = Object.values(segment)[0];
  const sideOf = (value: string): 'before' | 'after' | null => (value === against ? 'before' : value === named ? 'after' : null);
  const compared = peers.filter(({ value }) => sideOf(value) !== null);
  if (compared.length < 2) return null;
  // The largest of the others, in the order in which the table has them.
  const others = peers.filter((peer) => !compared.includes(peer)).toSorted((a, b) => rowsOf(b) - rowsOf(a));
  const shown = new Set([...compared, ...others].slice(0, MOST_COHORTS));
  const cohorts = peers
    .filter((peer) => shown.has(peer))
    .map(({ value: label, buckets }) => {
      const { value, low, high } = point(buckets[0]!, metric);
      return { label, value, low, high, side: sideOf(label) };
    });
  return { title, unit: metric.unit, bucketMs: 0, points: [], levels: [], change: null, shaded: [], cohorts };
}

const rowsOf = ({ buckets }: CohortSide) => buckets.reduce((sum, { n }) => sum + n, 0);

const shareOf = (share: number, n: number) => {
  const { value, low, high } = point({ at: 0, n, sum: share * n, sumSq: share * n }, { kind: 'rate' });
  return { value, low, high };
};

/** Mean of a bucket with its 95 % interval: Wilson for rates, normal for quantities; of calls, their number. */
function point({ at, n, sum, sumSq }: Bucket, { kind }: Pick<Metric, 'kind'>): Chart['points'][number] {
  if (kind === 'count') return { at, value: n, low: Math.max(0, n - Z95 * Math.sqrt(n)), high: n + Z95 * Math.sqrt(n), n };
  const mean = sum / n;
  if (kind === 'rate') {
    const scale = 1 + Z95 ** 2 / n;
    const center = (mean + Z95 ** 2 / (2 * n)) / scale;
    const reach = (Z95 * Math.sqrt((mean * (1 - mean)) / n + Z95 ** 2 / (4 * n * n))) / scale;
    return { at, value: mean, low: Math.max(0, center - reach), high: Math.min(1, center + reach), n };
  }
  const sd = n > 1 ? Math.sqrt(Math.max(0, (sumSq - n * mean * mean) / (n - 1))) : mean;
  const reach = (Z95 * sd) / Math.sqrt(n);
  return { at, value: mean, low: Math.max(0, mean - reach), high: mean + reach, n };
}

function levels(
  { window, at, until, metric, stall, before, after }: Judgement,
  buckets: readonly Bucket[],
  bucketMs: number,
): Chart['levels'] {
  if (!window || at === null || stall) return [];
  const level = (from: number, to: number, told: Summary | null) => {
    const all = buckets.filter((bucket) => bucket.at >= from && bucket.at < to);
    if (all.length === 0) return [];
    // A bucket that holds the change belongs to neither side.
    const whole = all.filter((bucket) => bucket.at + bucketMs <= to);
    const inside = whole.length > 0 ? whole : all;
    // The picture says what the finding says, which may rest on narrower buckets.
    const mean = metric.kind === 'count' || !told ? summarise(inside, metric.kind).mean : told.mean;
    // The band is where single buckets usually lie, which is what a reader compares a bucket with.
    const means = inside.map((bucket) => (metric.kind === 'count' ? bucket.sum : bucket.sum / bucket.n));
    const spread = Z95 * Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, means.length - 1));
    return [
      {
        from,
        to: Math.min(to, all.at(-1)!.at + bucketMs),
        value: mean,
        low: Math.max(0, mean - spread),
        high: metric.kind === 'rate' ? Math.min(1, mean + spread) : mean + spread,
      },
    ];
  };
  return [...level(window.from, at, before), ...level(until ?? at, window.to, after)];
}
