import { median } from '../math/robust.ts';
import { indices, seededRandom, shuffle } from '../math/random.ts';
import { DRIFT_P, type Drift } from './numeric.ts';

export interface TextDrift extends Drift {
  /** Positions in `after` of the texts least like `before`, most telling first. */
  examples: number[];
}

type Vector = ArrayLike<number>;

const FEWEST = 20;
/** More per side cost time (the kernel is quadratic) and change no verdict. */
const MOST = 200;
const PERMUTATIONS = 499;
const LEAST_AUC = 0.6;
const EXAMPLES = 5;

/**
 * Maximum mean discrepancy with a Gaussian kernel (median distance) and a permutation test (Gretton et al., JMLR 2012).
 * `effect` is the AUC with which the kernel's witness, each text left out in turn, tells after from before. From 20 texts a side;
 * at most 200 a side are looked at, evenly spread. The same `seed` gives the same p.
 */
export function textDrift(before: readonly Vector[], after: readonly Vector[], { seed = 1 }: { seed?: number } = {}): TextDrift {
  const missing = FEWEST - Math.min(before.length, after.length);
  if (missing > 0) return { flagged: false, undecided: { needs: missing }, p: 1, effect: 0.5, atLeast: 0.5, examples: [] };
  const picked = { before: spreadOut(before.length), after: spreadOut(after.length) };
  const vectors = [...picked.before.map((i) => before[i]!), ...picked.after.map((i) => after[i]!)];
  const kernel = gaussianKernel(vectors);
  const n = picked.before.length;
  const p = permutationP(kernel, vectors.length, n, seededRandom(seed));
  const scores = witness(kernel, vectors.length, n);
  const effect = auc(scores.subarray(0, n), scores.subarray(n));
  const atLeast = Math.max(0.5, effect - 1.645 * aucError(effect, n, vectors.length - n));
  const examples = picked.after
    .map((position, k) => ({ position, score: scores[n + k]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, EXAMPLES)
    .map(({ position }) => position);
  return { flagged: p < DRIFT_P && effect > LEAST_AUC, undecided: null, p, effect, atLeast, examples };
}

const spreadOut = (length: number) => {
  const taken = Math.min(length, MOST);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * length) / taken));
};

function gaussianKernel(vectors: readonly Vector[]): Float64Array {
  const n = vectors.length;
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) kernel[i * n + j] = squaredDistance(vectors[i]!, vectors[j]!);
  const width = median(kernel.filter((distance) => distance > 0)) || 1;
  for (let i = 0; i < n; i++) {
    kernel[i * n + i] = 1;
    for (let j = 0; j < i; j++) kernel[i * n + j] = kernel[j * n + i] = Math.exp(-kernel[i * n + j]! / width);
  }
  return kernel;
}

export function squaredDistance(a: Vector, b: Vector): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += (a[k]! - b[k]!) ** 2;
  return total;
}

/** Share of random relabellings at least as far apart as the true one, itself included. */
function permutationP(kernel: Float64Array, size: number, n: number, random: () => number): number {
  const order = indices(size);
  const seen = between(kernel, size, order, n);
  let asFar = 1;
  for (let k = 0; k < PERMUTATIONS; k++) if (between(kernel, size, shuffle(order, random), n) >= seen) asFar++;
  return asFar / (PERMUTATIONS + 1);
}

/** MMD² (biased) up to terms that no relabelling changes: signs ±1/n weigh each pair. */
function between(kernel: Float64Array, size: number, order: Int32Array, n: number): number {
  const weight = new Float64Array(size);
  for (let k = 0; k < size; k++) weight[order[k]!] = k < n ? 1 / n : -1 / (size - n);
  let total = 0;
  for (let i = 0; i < size; i++) {
    let row = 0;
    for (let j = 0; j < i; j++) row += kernel[i * size + j]! * weight[j]!;
    total += 2 * row * weight[i]! + weight[i]! ** 2;
  }
  return total;
}

/** How much liker each text is to the texts after than to those before, itself left out. */
function witness(kernel: Float64Array, size: number, n: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    let [toBefore, toAfter] = [0, 0];
    for (let j = 0; j < size; j++) {
      if (j === i) continue;
      if (j < n) toBefore += kernel[i * size + j]!;
      else toAfter += kernel[i * size + j]!;
    }
    return toAfter / (size - n - (i >= n ? 1 : 0)) - toBefore / (n - (i < n ? 1 : 0));
  });
}

/** Chance that a text after scores above a text before. */
export function auc(low: Float64Array, high: Float64Array): number {
  let wins = 0;
  for (const a of low) for (const b of high) wins += b > a ? 1 : b === a ? 0.5 : 0;
  return wins / (low.length * high.length);
}

/** Hanley & McNeil (Radiology 1982). */
export function aucError(area: number, n: number, m: number): number {
  const q1 = area / (2 - area);
  const q2 = (2 * area * area) / (1 + area);
  return Math.sqrt((area * (1 - area) + (m - 1) * (q1 - area * area) + (n - 1) * (q2 - area * area)) / (n * m));
}
