import type { MetricKind, Summary } from './buckets.ts';
import { logGamma, normalQuantileUpper, normalTwoSided, studentQuantile, studentTwoSided } from './math/distributions.ts';

/** Two cohorts side by side. `change`, `ci95` in the metric's unit (after − before); `p` two-sided. */
export interface Comparison {
  before: Summary;
  after: Summary;
  change: number;
  ci95: [number, number];
  p: number;
  /** Rates: the change in points of 1. Grades: in their own unit. Values and counts: the relative change, 0.15 = 15 % more. */
  effect: number;
}

/** Smallest change worth a report: 3 points of a rate, 15 % of a value, 5 % of the scale of a grade, half of a volume. */
export const MIN_EFFECT: Record<MetricKind, number> = { rate: 0.03, value: 0.15, grade: 0.05, count: 0.5 };

const Z95 = 1.959964;

/**
 * Compares two independent cohorts whose rows are independent.
 * Rates: Newcombe's interval from two Wilson scores (Stat. Med. 1998, method 10), p by the score test, by Fisher's exact test
 * where a cell expects fewer than five. Values: Welch's t on the logarithm of the mean (delta method), the interval is
 * of the difference in units. Counts: the same, over buckets. Grades: Welch's t of the difference.
 */
export function compare(before: Summary, after: Summary, kind: MetricKind): Comparison {
  const sides = { before, after, change: after.mean - before.mean };
  const units = (side: Summary) => (kind === 'count' ? side.buckets : side.n);
  if (units(before) === 0 || units(after) === 0) return { ...sides, ci95: [-Infinity, Infinity], p: 1, effect: 0 };
  if (kind === 'rate') return { ...sides, ci95: newcombe(before, after), p: rateP(before, after), effect: sides.change };
  if (kind === 'grade') return { ...sides, ...difference(before, after), effect: sides.change };
  const ratio = logRatio(before, units(before), after, units(after));
  return { ...sides, ...ratio, effect: before.mean > 0 ? sides.change / before.mean : 0 };
}

/** Wilson's interval of 95 % of a rate. */
export function wilson({ mean, n }: Pick<Summary, 'mean' | 'n'>): [number, number] {
  const spread = Z95 * Math.sqrt((mean * (1 - mean)) / n + Z95 ** 2 / (4 * n * n));
  const center = mean + Z95 ** 2 / (2 * n);
  const scale = 1 + Z95 ** 2 / n;
  return [(center - spread) / scale, (center + spread) / scale];
}

function newcombe(before: Summary, after: Summary): [number, number] {
  const [lowBefore, highBefore] = wilson(before);
  const [lowAfter, highAfter] = wilson(after);
  const change = after.mean - before.mean;
  return [
    change - Math.hypot(after.mean - lowAfter, highBefore - before.mean),
    change + Math.hypot(highAfter - after.mean, before.mean - lowBefore),
  ];
}

const FEW_EXPECTED = 5;

function rateP(before: Summary, after: Summary): number {
  const pooled = (before.mean * before.n + after.mean * after.n) / (before.n + after.n);
  const fewest = Math.min(before.n, after.n) * Math.min(pooled, 1 - pooled);
  if (fewest < FEW_EXPECTED) return fisher(before, after);
  return normalTwoSided((after.mean - before.mean) / Math.sqrt(pooled * (1 - pooled) * (1 / before.n + 1 / after.n)));
}

const logChoose = (n: number, k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/** Two-sided by adding every table no likelier than the one seen. */
function fisher(before: Summary, after: Summary): number {
  const hits = Math.round(before.mean * before.n) + Math.round(after.mean * after.n);
  // The rarer outcome keeps the sum short: at most a few dozen tables, whatever the cohorts' size.
  const rare = Math.min(hits, before.n + after.n - hits);
  const flip = rare !== hits;
  const seen = Math.round((flip ? 1 - before.mean : before.mean) * before.n);
  const all = logChoose(before.n + after.n, rare);
  const chance = (k: number) => Math.exp(logChoose(before.n, k) + logChoose(after.n, rare - k) - all);
  const limit = chance(seen) * (1 + 1e-9);
  let p = 0;
  for (let k = Math.max(0, rare - after.n); k <= Math.min(rare, before.n); k++) if (chance(k) <= limit) p += chance(k);
  return Math.min(1, p);
}

function logRatio(before: Summary, nBefore: number, after: Summary, nAfter: number): { ci95: [number, number]; p: number } {
  if (before.mean <= 0 || after.mean <= 0) return { ci95: [-Infinity, Infinity], p: before.mean === after.mean ? 1 : 0.05 };
  const varBefore = (before.sd / before.mean) ** 2 / nBefore;
  const varAfter = (after.sd / after.mean) ** 2 / nAfter;
  const se = Math.sqrt(varBefore + varAfter);
  const log = Math.log(after.mean / before.mean);
  if (se === 0) return { ci95: [after.mean - before.mean, after.mean - before.mean], p: log === 0 ? 1 : 0 };
  const df = se ** 4 / (varBefore ** 2 / Math.max(1, nBefore - 1) + varAfter ** 2 / Math.max(1, nAfter - 1));
  // In units both sides are uncertain by a share of themselves.
  const margin = studentQuantile(0.05, df) * Math.hypot(before.mean * Math.sqrt(varBefore), after.mean * Math.sqrt(varAfter));
  const change = after.mean - before.mean;
  return { ci95: [change - margin, change + margin], p: studentTwoSided(log / se, df) };
}

function difference(before: Summary, after: Summary): { ci95: [number, number]; p: number } {
  const [varBefore, varAfter] = [before.sd ** 2 / before.n, after.sd ** 2 / after.n];
  const se = Math.sqrt(varBefore + varAfter);
  const change = after.mean - before.mean;
  if (se === 0) return { ci95: [change, change], p: change === 0 ? 1 : 0 };
  const df = se ** 4 / (varBefore ** 2 / Math.max(1, before.n - 1) + varAfter ** 2 / Math.max(1, after.n - 1));
  const margin = studentQuantile(0.05, df) * se;
  return { ci95: [change - margin, change + margin], p: studentTwoSided(change / se, df) };
}

/**
 * Rows each side needs to see a change of `effect` (points of a rate, units of a grade, share of a value) with 80 % power at two-sided `alpha`.
 * `typical` is what the metric looks like now.
 */
export function rowsNeeded(
  typical: Pick<Summary, 'mean' | 'sd'>,
  kind: MetricKind,
  effect = MIN_EFFECT[kind],
  alpha = 0.05,
): number {
  const POWER_Z = 0.8416;
  const reach = normalQuantileUpper(alpha / 2) + POWER_Z;
  if (kind === 'grade') return Math.ceil(2 * ((typical.sd * reach) / effect) ** 2);
  if (kind !== 'rate') return Math.ceil(2 * (((typical.sd / typical.mean) * reach) / Math.log1p(effect)) ** 2);
  const rate = Math.min(0.99, Math.max(0.01, typical.mean));
  const moved = rate > 0.5 ? rate - effect : rate + effect;
  return Math.ceil((reach / effect) ** 2 * (rate * (1 - rate) + moved * (1 - moved)));
}
