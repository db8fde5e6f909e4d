import { mean, median, variance } from '../math/robust.ts';
import { leastBic } from './autoregressive.ts';
import { bayesianSegmentation } from './bayesian.ts';
import { binarySegmentation } from './binary.ts';
import { prefixSums, squaredError, type Sums } from './costs.ts';
import { optimalPartition } from './optimal.ts';

const SHORTEST = 2;
const MOST_MEAN_SHIFTS = 5;
const MEAN_PENALTY = 3;
const SPREAD_PENALTY = 16;
const RUN_LENGTH = 100;
/** Votes this close are for the same change. */
const SAME_CHANGE = 5;
const VOTES_NEEDED = 3;
/** Variance of a standardised stretch that looks constant. */
const LEAST_VARIANCE = 1e-4;

/** Longer series are searched in averages of neighbours first: two of the four methods take time with the square of the length. */
const MOST_VALUES = 2000;

/**
 * Change points of a series: indices of the first value of each new segment, ascending. Not finite values are taken as the one
 * before. A vote of at least three of four segmentations of the standardised series: binary segmentation on the mean (3 log n),
 * PELT on mean and variance (16 log n; Killick et al. 2012), the Bayesian model of Adams & MacKay (2007, run length 100), and
 * the better of the first two, or none, by BIC with AR(1) noise.
 */
export function changePoints(values: readonly number[]): number[] {
  const series = standardised(values);
  const block = Math.ceil(series.length / MOST_VALUES);
  if (block <= 1) return voted(series);
  const coarse = voted(standardised([...blockMeans(series, block)]));
  return coarse.map((cut, i) =>
    sharpened(series, (coarse[i - 1] ?? 0) * block, cut * block, (coarse[i + 1] ?? Infinity) * block, block),
  );
}

function voted(series: Float64Array): number[] {
  if (series.length < 2 * SHORTEST) return [];
  const sums = prefixSums(series);
  const onMean = binarySegmentation(sums, MEAN_PENALTY * Math.log(sums.n), MOST_MEAN_SHIFTS, SHORTEST);
  const onSpread = meanAndVariance(sums, SPREAD_PENALTY * Math.log(sums.n));
  const bayesian = bayesianSegmentation(sums, RUN_LENGTH, SHORTEST);
  const correlated = leastBic(series, [[], onMean, onSpread]);
  return vote([onMean, onSpread, bayesian, correlated]);
}

const blockMeans = (series: Float64Array, block: number) =>
  Float64Array.from({ length: Math.ceil(series.length / block) }, (_, i) => mean(series.subarray(i * block, (i + 1) * block)));

/** The best split on the mean within one block of a cut found in averages. */
function sharpened(series: Float64Array, from: number, cut: number, to: number, block: number): number {
  const sums = prefixSums(series.subarray(from, Math.min(to, series.length)));
  const error = (at: number) => squaredError(sums, 0, at) + squaredError(sums, at, sums.n);
  let best = cut - from;
  for (let at = Math.max(1, best - block); at <= Math.min(sums.n - 1, cut - from + block); at++)
    if (error(at) < error(best)) best = at;
  return from + best;
}

function standardised(values: readonly number[]): Float64Array {
  const series = Float64Array.from(values);
  series.forEach((value, i) => {
    if (!Number.isFinite(value)) series[i] = i > 0 ? series[i - 1]! : 0;
  });
  const center = mean(series);
  const sd = Math.sqrt(variance(series));
  return series.map((value) => (sd > 0 ? (value - center) / sd : 0));
}

function meanAndVariance(sums: Sums, penalty: number): number[] {
  const cost = (from: number, to: number) => {
    const n = to - from;
    return penalty + n * Math.log(Math.max(squaredError(sums, from, to) / n, LEAST_VARIANCE));
  };
  return optimalPartition(sums.n, SHORTEST, cost, penalty);
}

/** Changes that enough segmentations have within a few points of each other, each at the median of its votes. */
function vote(segmentations: readonly (readonly number[])[]): number[] {
  const all = segmentations.flatMap((cuts, voter) => cuts.map((at) => ({ at, voter }))).sort((a, b) => a.at - b.at);
  const found: number[] = [];
  while (all.length > 0) {
    const around = all.map(({ at }) => all.filter((other) => Math.abs(other.at - at) <= SAME_CHANGE));
    const voters = around.map((votes) => new Set(votes.map(({ voter }) => voter)).size);
    const most = Math.max(...voters);
    if (most < VOTES_NEEDED) break;
    const votes = around[voters.indexOf(most)]!;
    found.push(Math.round(median(votes.map(({ at }) => at))));
    for (const taken of votes) all.splice(all.indexOf(taken), 1);
  }
  return found.sort((a, b) => a - b);
}
