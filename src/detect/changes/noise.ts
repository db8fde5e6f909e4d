import { chiSquareTail, normalDensity, normalScore } from '../math/distributions.ts';
import { lagOneCorrelation } from '../math/robust.ts';
import { residuals, type Evidence } from './evidence.ts';

/** Neighbouring buckets are a little alike in most logs; few buckets cannot show how much, so the estimate starts from here. */
const PRIOR_CORRELATION = 0.15;
const PRIOR_BUCKETS = 10;
const MOST_CORRELATION = 0.9;

/**
 * By how much the evidence of a stretch is overstated: dispersion beyond sampling noise times (1 + ρ) / (1 − ρ) for the
 * likeness of neighbouring buckets (AR(1)). Never below 1.
 */
export function discount(e: Evidence, from: number, cuts: readonly number[], to: number): number {
  const left = residuals(e, from, cuts, to);
  const free = Math.max(1, to - from - cuts.length - 1);
  const dispersion = left.reduce((total, r) => total + r * r, 0) / free;
  const correlation = (lagOneCorrelation(left) * left.length + PRIOR_CORRELATION * PRIOR_BUCKETS) / (left.length + PRIOR_BUCKETS);
  const likeness = Math.min(MOST_CORRELATION, Math.max(0, correlation));
  return Math.max(1, dispersion) * ((1 + likeness) / (1 - likeness));
}

/**
 * Chance that the best of all splits gains this much when nothing changed: the smaller of Bonferroni and the approximation of
 * Miller & Siegmund (Biometrics 1982) for the maximum over splits at shares `low`…`high` of the evidence.
 */
export function chanceOfBestSplit(gained: number, splits: number, low: number, high: number, df: number): number {
  const z = normalScore(Math.sqrt(Math.max(0, gained)), df);
  const bonferroni = splits * chiSquareTail(z * z, 1);
  if (z < 1) return Math.min(1, bonferroni);
  const odds = Math.log((high * (1 - low)) / (low * (1 - high)));
  return Math.min(1, bonferroni, normalDensity(z) * ((z - 1 / z) * odds + 4 / z));
}
