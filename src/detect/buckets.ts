/** What the detectors read: sufficient statistics of one metric in one span of time. */

/**
 * The rows of one bucket. A span without rows has no bucket: missing is never zero.
 * - `rate`: each row is 0 or 1, so `sum` = `sumSq` = successes of `n`.
 * - `value`: `n` positive quantities; `sumLog`, where every bucket has it, is the sum of their natural logarithms.
 * - `count`: `sum` is the volume; `n` and `sumSq` are not read.
 */
export interface Bucket {
  /** Start of the bucket, ms since the epoch. */
  at: number;
  n: number;
  sum: number;
  sumSq: number;
  sumLog?: number;
}

/**
 * `rate`: a share of rows (score, error rate, refusal rate). `value`: a positive quantity (latency, cost, tokens, length),
 * judged on the logarithm. `count`: volume per bucket, judged on the logarithm and per weekday or hour.
 * `grade`: a mark on a scale that has ends (stars, points of a hundred), judged as it stands.
 */
export type MetricKind = 'rate' | 'value' | 'grade' | 'count';

/** A stretch of buckets, in the metric's own unit. For `count`, `mean` and `sd` are per bucket and `n` is the volume. */
export interface Summary {
  mean: number;
  sd: number;
  n: number;
  buckets: number;
}

/** Adds up a stretch of buckets. The standard deviation is that of single rows (of buckets, for `count`). */
export function summarise(buckets: readonly Bucket[], kind: MetricKind): Summary {
  const sum = total(buckets, (bucket) => bucket.sum);
  const n = kind === 'count' ? buckets.length : total(buckets, (bucket) => bucket.n);
  const sumSq = total(buckets, (bucket) => (kind === 'count' ? bucket.sum ** 2 : bucket.sumSq));
  const mean = n > 0 ? sum / n : 0;
  const sd = n > 1 ? Math.sqrt(Math.max(0, (sumSq - n * mean * mean) / (n - 1))) : 0;
  return { mean, sd, n: kind === 'count' ? sum : n, buckets: buckets.length };
}

const total = (buckets: readonly Bucket[], of: (bucket: Bucket) => number) =>
  buckets.reduce((running, bucket) => running + of(bucket), 0);
