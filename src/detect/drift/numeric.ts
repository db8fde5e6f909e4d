import { kolmogorovTail } from '../math/distributions.ts';
import { mean, quantile, variance } from '../math/robust.ts';

/** The answer of a drift test. `flagged` needs both: p below the level and an effect that cannot be noise or a trifle. */
export interface Drift {
  flagged: boolean;
  /** Too few rows to test; `needs` more in the smaller sample. */
  undecided: { needs: number } | null;
  p: number;
  /** Numeric: Wasserstein distance in standard deviations. Categorical: total variation. Text: AUC (0.5 = alike). */
  effect: number;
  /** What `effect` certainly is, noise taken off; compared with the floor. */
  atLeast: number;
}

/** Below this p (adjust it yourself with `benjaminiHochberg` over many columns) … */
export const DRIFT_P = 0.01;
/** Fewest rows per side. */
const FEWEST = 50;
/** … and more than a tenth of a standard deviation beyond noise. */
const LEAST_DISTANCE = 0.1;
/** Expected Wasserstein distance of two equal samples, in sd per √(1/n + 1/m). */
const NOISE = 0.56;

export interface NumericDrift extends Drift {
  /** 10 %, 50 % and 90 % quantile: before and after. */
  quantiles: { before: [number, number, number]; after: [number, number, number] };
}

/** Kolmogorov–Smirnov test with a floor on the Wasserstein distance (in sd of both samples pooled). From 50 rows a side. */
export function numericDrift(before: readonly number[], after: readonly number[]): NumericDrift {
  const a = Float64Array.from(before).sort();
  const b = Float64Array.from(after).sort();
  const deciles = (x: Float64Array): [number, number, number] => [quantile(x, 0.1), quantile(x, 0.5), quantile(x, 0.9)];
  const quantiles = { before: deciles(a), after: deciles(b) };
  const missing = FEWEST - Math.min(a.length, b.length);
  if (missing > 0) return { flagged: false, undecided: { needs: missing }, p: 1, effect: 0, atLeast: 0, quantiles };
  const { largestGap, area } = distances(a, b);
  const sd = Math.sqrt((variance(a) + variance(b)) / 2);
  const effect = sd > 0 ? area / sd : Math.abs(mean(a) - mean(b)) > 0 ? Infinity : 0;
  const perRow = Math.sqrt(1 / a.length + 1 / b.length);
  // Stephens' correction makes the asymptotic tail right for small samples.
  const p = kolmogorovTail((1 / perRow + 0.12 + 0.11 * perRow) * largestGap);
  const atLeast = Math.max(0, effect - NOISE * perRow);
  return { flagged: p < DRIFT_P && atLeast > LEAST_DISTANCE, undecided: null, p, effect, atLeast, quantiles };
}

/** Largest gap between the two empirical distributions, and the area between them (Wasserstein-1). */
function distances(a: Float64Array, b: Float64Array): { largestGap: number; area: number } {
  let [i, j, largestGap, area] = [0, 0, 0, 0];
  let here = Math.min(a[0]!, b[0]!);
  while (i < a.length || j < b.length) {
    while (i < a.length && a[i]! <= here) i++;
    while (j < b.length && b[j]! <= here) j++;
    const gap = Math.abs(i / a.length - j / b.length);
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    largestGap = Math.max(largestGap, gap);
    if (next === Infinity) break;
    area += gap * (next - here);
    here = next;
  }
  return { largestGap, area };
}
