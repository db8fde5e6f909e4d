/** Prefix sums of a series: mean and spread of any stretch in O(1). */
export interface Sums {
  n: number;
  x: Float64Array;
  xx: Float64Array;
}

export function prefixSums(values: ArrayLike<number>): Sums {
  const n = values.length;
  const [x, xx] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let i = 0; i < n; i++) {
    x[i + 1] = x[i]! + values[i]!;
    xx[i + 1] = xx[i]! + values[i]! ** 2;
  }
  return { n, x, xx };
}

/** Sum of squared distances from the mean, of values from..to (to left out). */
export function squaredError({ x, xx }: Sums, from: number, to: number): number {
  const total = x[to]! - x[from]!;
  return Math.max(0, xx[to]! - xx[from]! - (total * total) / (to - from));
}
