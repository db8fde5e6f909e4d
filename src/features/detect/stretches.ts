interface Stretch {
  mean: number;
  sd: number;
  rows: number;
}

/** Each change with the stretch before and after it, up to the neighbouring changes. */
export function stretches(
  values: readonly number[],
  cuts: readonly number[],
): { index: number; before: Stretch; after: Stretch }[] {
  return cuts.map((index, i) => ({
    index,
    before: stretch(values.slice(cuts[i - 1] ?? 0, index)),
    after: stretch(values.slice(index, cuts[i + 1])),
  }));
}

function stretch(values: readonly number[]): Stretch {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / Math.max(1, values.length - 1)), rows: values.length };
}
