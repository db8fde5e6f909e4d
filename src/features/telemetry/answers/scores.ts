import { wilson } from '../../../detect/index.ts';

/** Scores of one bucket, summed up. */
export interface ScoreSums {
  n: number;
  sum: number;
  sumSq: number;
  /** How many were neither 0 nor 1. */
  graded: number;
}

export interface ScoreMean {
  value: number | null;
  n: number;
  /** With `high`: the interval of 95 % of the mean, as far as so many scores can tell. */
  low: number | null;
  high: number | null;
}

const Z95 = 1.96;

/** The mean of scores with its interval: of yes and no a share, of grades by how far they lie apart. Pure. */
export function meanOf({ n, sum, sumSq, graded }: ScoreSums): ScoreMean {
  if (n === 0) return { value: null, n, low: null, high: null };
  const value = sum / n;
  if (graded === 0) {
    const [low, high] = wilson({ mean: value, n });
    return { value, n, low: Math.max(0, low), high: Math.min(1, high) };
  }
  if (n === 1) return { value, n, low: null, high: null };
  const half = Z95 * Math.sqrt(Math.max(0, sumSq - sum ** 2 / n) / (n - 1) / n);
  return { value, n, low: value - half, high: value + half };
}
