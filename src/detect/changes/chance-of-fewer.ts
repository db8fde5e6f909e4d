import { betaCdf, gammaTail } from '../math/distributions.ts';
import { robustSd } from '../math/robust.ts';

/** Counts differ by chance, and by more than chance where people decide how much they ask. */

/** Variance of counts as a multiple of that of pure chance (Poisson), from counts and what was expected of each; at least 1. */
export function dispersionOf(counts: readonly number[], expected: readonly number[]): number {
  if (counts.length === 0) return 1;
  // The square root of a count varies alike at all levels (Anscombe 1948).
  const away = counts.map((count, i) => 2 * (Math.sqrt(count + 3 / 8) - Math.sqrt(expected[i]! + 3 / 8)));
  const square = away.reduce((sum, one) => sum + one * one, 0) / away.length;
  // Few counts do not know it well: one standard error more.
  return Math.max(1, (Math.max(square, robustSd(away) ** 2) || 1) * (1 + Math.sqrt(2 / away.length)));
}

/** Chance of so few or fewer: Poisson, or negative binomial of this dispersion. */
export function chanceOfFewer(seen: number, expected: number, dispersion: number): number {
  if (expected <= 0) return 1;
  if (dispersion <= 1.001) return gammaTail(seen + 1, expected);
  return betaCdf(1 / dispersion, expected / (dispersion - 1), seen + 1);
}
