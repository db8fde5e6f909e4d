/** Location and spread that a few wild values cannot move. */

/** Turns a median absolute deviation into the standard deviation of a normal. */
const MAD_TO_SD = 1.4826;

export const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};

export const mean = (values: ArrayLike<number>): number => (values.length === 0 ? 0 : sum(values) / values.length);

/** Sample variance (n − 1). */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const center = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += (values[i]! - center) ** 2;
  return total / (values.length - 1);
}

/** The value below which this share of the values lies, interpolated. NaN when there are none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  return sortedQuantile(Float64Array.from(values).sort(), share);
}

export function sortedQuantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return NaN;
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

/** Standard deviation by the median absolute deviation. */
export function robustSd(values: ArrayLike<number>): number {
  const center = median(values);
  return MAD_TO_SD * median(Float64Array.from(values, (value) => Math.abs(value - center)));
}

/** Lag-1 autocorrelation of residuals whose mean is zero. */
export function lagOneCorrelation(residuals: ArrayLike<number>): number {
  let cross = 0;
  let square = 0;
  for (let i = 0; i < residuals.length; i++) {
    square += residuals[i]! ** 2;
    if (i > 0) cross += residuals[i]! * residuals[i - 1]!;
  }
  return square > 0 ? cross / square : 0;
}
