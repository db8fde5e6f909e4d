import { logGamma } from '../math/distributions.ts';
import { squaredError, type Sums } from './costs.ts';
import { optimalPartition } from './optimal.ts';

/** Prior of a segment of a standardised series: mean 0 known as if from one value, variance near 1. */
const PRIOR = { values: 1, shape: 1, scale: 1 };

/**
 * The likeliest segmentation of the model of Bayesian online change point detection (Adams & MacKay, arXiv:0710.3742): Gaussian
 * segments with unknown mean and variance (normal–inverse-gamma), a change at each step with chance 1 / `runLength`.
 */
export function bayesianSegmentation(sums: Sums, runLength: number, shortest: number): number[] {
  const change = Math.log(runLength);
  const stay = -Math.log1p(-1 / runLength);
  const gammas = Float64Array.from({ length: sums.n + 1 }, (_, n) => logGamma(PRIOR.shape + n / 2));
  const cost = (from: number, to: number) => change + (to - from - 1) * stay - logEvidence(sums, gammas, from, to);
  return optimalPartition(sums.n, shortest, cost, Infinity);
}

function logEvidence(sums: Sums, gammas: Float64Array, from: number, to: number): number {
  const n = to - from;
  const mean = (sums.x[to]! - sums.x[from]!) / n;
  const values = PRIOR.values + n;
  const scale = PRIOR.scale + squaredError(sums, from, to) / 2 + (PRIOR.values * n * mean * mean) / (2 * values);
  const shape = PRIOR.shape + n / 2;
  return (
    gammas[n]! -
    gammas[0]! +
    PRIOR.shape * Math.log(PRIOR.scale) -
    shape * Math.log(scale) +
    0.5 * Math.log(PRIOR.values / values) -
    (n / 2) * Math.log(2 * Math.PI)
  );
}
