import { mean } from '../math/robust.ts';

/**
 * Of several segmentations, the one with the least BIC when the noise around the segment means is AR(1): what looks like a
 * change of level may be the wandering of a correlated series. Each change costs two parameters, its level and its date.
 */
export function leastBic(values: Float64Array, candidates: readonly (readonly number[])[]): readonly number[] {
  const scored = candidates.map((cuts) => ({ cuts, bic: bic(values, cuts) }));
  return scored.reduce((a, b) => (b.bic < a.bic ? b : a)).cuts;
}

const SMALLEST_VARIANCE = 1e-6;

function bic(values: Float64Array, cuts: readonly number[]): number {
  const n = values.length;
  const left = aroundMeans(values, cuts);
  let [cross, square] = [0, 0];
  for (let i = 1; i < n; i++) {
    cross += left[i]! * left[i - 1]!;
    square += left[i - 1]! ** 2;
  }
  const phi = square > 0 ? Math.min(0.99, Math.max(-0.99, cross / square)) : 0;
  let innovations = left[0]! ** 2 * (1 - phi * phi);
  for (let i = 1; i < n; i++) innovations += (left[i]! - phi * left[i - 1]!) ** 2;
  return n * Math.log(Math.max(innovations / n, SMALLEST_VARIANCE)) + (2 * cuts.length + 3) * Math.log(n);
}

function aroundMeans(values: Float64Array, cuts: readonly number[]): Float64Array {
  const bounds = [0, ...cuts, values.length];
  const left = new Float64Array(values.length);
  for (let s = 0; s + 1 < bounds.length; s++) {
    const segment = values.subarray(bounds[s], bounds[s + 1]);
    const center = mean(segment);
    segment.forEach((value, i) => (left[bounds[s]! + i] = value - center));
  }
  return left;
}
