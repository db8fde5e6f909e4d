import type { Bucket, MetricKind } from '../buckets.ts';
import { deseasoned } from './season.ts';
import { robustSd, median } from '../math/robust.ts';

/** A metric's buckets on the scale on which it is judged, with prefix sums so that any stretch costs O(1). */
export interface Evidence {
  kind: MetricKind;
  buckets: readonly Bucket[];
  /** Level per bucket: a rate or a grade itself, the logarithm of a value or a volume. */
  y: Float64Array;
  /** Weight per bucket: rows for rates, precision (1 / variance) otherwise. */
  w: Float64Array;
  rows: Float64Array;
  weight: Float64Array;
  weighted: Float64Array;
}

export function evidence(buckets: readonly Bucket[], kind: MetricKind, bucketMs: number): Evidence {
  const y =
    kind === 'rate' ? means(buckets) : steadied(kind === 'grade' ? means(buckets) : logLevels(buckets, kind), buckets, bucketMs);
  const w = kind === 'rate' ? Float64Array.from(buckets, ({ n }) => n) : precisions(y, buckets, kind);
  return {
    kind,
    buckets,
    y,
    w,
    rows: prefix(buckets.length, (i) => (kind === 'count' ? 1 : buckets[i]!.n)),
    weight: prefix(buckets.length, (i) => w[i]!),
    weighted: prefix(buckets.length, (i) => w[i]! * y[i]!),
  };
}

const means = (buckets: readonly Bucket[]) => Float64Array.from(buckets, ({ sum, n }) => sum / n);

function logLevels(buckets: readonly Bucket[], kind: MetricKind): Float64Array {
  if (kind === 'count') return Float64Array.from(buckets, ({ sum }) => Math.log(sum + 1));
  const haveLogs = buckets.every(({ sumLog }) => sumLog !== undefined);
  if (haveLogs) return Float64Array.from(buckets, ({ sumLog, n }) => (sumLog ?? 0) / n);
  const smallest = Math.min(...buckets.filter(({ sum }) => sum > 0).map(({ sum, n }) => sum / n));
  // A bucket whose mean is zero stands one factor of e below the smallest seen, so that it is low and not minus infinity.
  return Float64Array.from(buckets, ({ sum, n }) => Math.log(sum > 0 ? sum / n : smallest / Math.E));
}

const steadied = (levels: Float64Array, buckets: readonly Bucket[], bucketMs: number) =>
  winsorised(
    deseasoned(
      levels,
      buckets.map(({ at }) => at),
      bucketMs,
    ),
  );

const NEIGHBOURS = 4;
const WILD_SD = 4;

/** Single wild buckets are pulled in to four robust standard deviations from the median of their neighbours. */
function winsorised(y: Float64Array): Float64Array {
  const centers = y.map((_, i) => median(y.subarray(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1)));
  const limit = WILD_SD * robustSd(y.map((value, i) => value - centers[i]!));
  if (!(limit > 0)) return y;
  return y.map((value, i) => centers[i]! + Math.max(-limit, Math.min(limit, value - centers[i]!)));
}

/** 1 / (variance between buckets + variance of rows / rows), so that a bucket of a thousand rows is not worth a thousand of one. */
function precisions(y: Float64Array, buckets: readonly Bucket[], kind: MetricKind): Float64Array {
  const steps = Float64Array.from({ length: Math.max(0, y.length - 1) }, (_, i) => (y[i + 1]! - y[i]!) / Math.SQRT2);
  const whole = Math.max(robustSd(steps) ** 2 || 0, SMALLEST_VARIANCE);
  if (kind === 'count') return y.map(() => 1 / whole);
  if (kind === 'grade') return gradePrecisions(y, buckets);
  const ofRows = Math.log1p(median(buckets.filter(({ n }) => n > 1).map(relativeVariance)) || 0);
  const share = buckets.reduce((total, { n }) => total + 1 / n, 0) / Math.max(1, buckets.length);
  const between = Math.max(0, whole - ofRows * share);
  return Float64Array.from(buckets, ({ n }) => 1 / (between + ofRows / n || whole));
}

const SMALLEST_VARIANCE = 1e-8;

/** The same for grades, whose rows vary alike in all buckets: neighbours differ by their rows, and what is beyond that is between buckets. */
function gradePrecisions(y: Float64Array, buckets: readonly Bucket[]): Float64Array {
  const ofRows = Math.max(pooledVariance(buckets), SMALLEST_VARIANCE);
  const apart = buckets.slice(1).map(({ n }, i) => 1 / n + 1 / buckets[i]!.n);
  const seen = median(apart.map((rows, i) => (y[i + 1]! - y[i]!) ** 2 / rows)) / MEDIAN_CHI2;
  const between = (Math.max(0, seen - ofRows) * (median(apart) || 0)) / 2;
  return Float64Array.from(buckets, ({ n }) => 1 / (between + ofRows / n));
}

/** Median of a chi² with one degree of freedom. */
const MEDIAN_CHI2 = 0.4549;

/** Variance of single rows within their buckets. */
function pooledVariance(buckets: readonly Bucket[]): number {
  const [squares, free] = buckets.reduce(
    ([squares, free], { n, sum, sumSq }) => [squares + Math.max(0, sumSq - (sum * sum) / n), free + n - 1],
    [0, 0],
  );
  return free > 0 ? squares / free : 0;
}

const relativeVariance = ({ n, sum, sumSq }: Bucket) =>
  sum > 0 ? Math.max(0, (sumSq - (sum * sum) / n) / (n - 1) / (sum / n) ** 2) : 0;

function prefix(length: number, of: (i: number) => number): Float64Array {
  const sums = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) sums[i + 1] = sums[i]! + of(i);
  return sums;
}

/** Weighted mean level of buckets from..to (to left out). */
export const level = ({ weight, weighted }: Evidence, from: number, to: number): number =>
  weight[to] === weight[from] ? 0 : (weighted[to]! - weighted[from]!) / (weight[to]! - weight[from]!);

/** Twice the log-likelihood gained by a split: binomial for rates, Gaussian otherwise; a chi² with one degree if nothing changed. */
export function gain(e: Evidence, from: number, split: number, to: number): number {
  if (e.kind === 'rate') return 2 * (binomial(e, from, split) + binomial(e, split, to) - binomial(e, from, to));
  const before = e.weight[split]! - e.weight[from]!;
  const after = e.weight[to]! - e.weight[split]!;
  return ((level(e, from, split) - level(e, split, to)) ** 2 * before * after) / (before + after);
}

/** The same of a stretch that has one level, within another that has one level before and after it. */
export function gainOfDip(e: Evidence, from: number, first: number, end: number, to: number): number {
  const [own, all] = [e.weight[end]! - e.weight[first]!, e.weight[to]! - e.weight[from]!];
  const [sum, whole] = [e.weighted[end]! - e.weighted[first]!, e.weighted[to]! - e.weighted[from]!];
  if (e.kind === 'rate') return 2 * (likelihood(own, sum) + likelihood(all - own, whole - sum) - likelihood(all, whole));
  return ((sum / own - (whole - sum) / (all - own)) ** 2 * own * (all - own)) / all;
}

const binomial = (e: Evidence, from: number, to: number) =>
  likelihood(e.weight[to]! - e.weight[from]!, e.weighted[to]! - e.weighted[from]!);

/** Of a rate: so many hits of so many rows, at their own level. */
function likelihood(n: number, hits: number): number {
  const misses = n - hits;
  return (hits > EMPTY ? hits * Math.log(hits / n) : 0) + (misses > EMPTY ? misses * Math.log(misses / n) : 0);
}

const EMPTY = 1e-9;

/** (level − fitted) in units of the bucket's own standard deviation, for a stretch cut at `cuts`. */
export function residuals(e: Evidence, from: number, cuts: readonly number[], to: number): Float64Array {
  const result = new Float64Array(to - from);
  const bounds = [from, ...cuts, to];
  for (let s = 0; s + 1 < bounds.length; s++) {
    const fitted = level(e, bounds[s]!, bounds[s + 1]!);
    const scale = e.kind === 'rate' ? 1 / Math.sqrt(Math.max(fitted * (1 - fitted), LEAST_RATE_VARIANCE)) : 1;
    for (let i = bounds[s]!; i < bounds[s + 1]!; i++) result[i - from] = (e.y[i]! - fitted) * Math.sqrt(e.w[i]!) * scale;
  }
  return result;
}

/** Variance of a rate of half a percent: a stretch without any failure still has some noise. */
const LEAST_RATE_VARIANCE = 0.005;
