import { normalTwoSided } from './math/distributions.ts';

/** One segment (a model, a customer, a prompt) in one period. `sd` of single rows; left out, the metric is a rate. */
export interface SegmentStats {
  n: number;
  mean: number;
  sd?: number;
}

export interface Explanation {
  /** Change of the overall mean (after − before) = `within` + `mix`. */
  total: number;
  /** Part that remains at an unchanged mix: segments themselves got better or worse. */
  within: number;
  /** Part that remains with every segment steady: the mix moved. */
  mix: number;
  /** Two-sided p of each part being zero. */
  p: { total: number; within: number; mix: number };
  /** `real`: segments changed. `mix`: each segment steady, the mix moved (Simpson's paradox). `unclear`: neither is more than noise. */
  verdict: 'mix' | 'real' | 'both' | 'unclear';
  /** Segments by what they add to the total, largest part first. */
  topSegments: SegmentShare[];
}

export interface SegmentShare {
  segment: string;
  within: number;
  mix: number;
  /** (within + mix) / total; shares of all segments add up to 1, single ones may lie outside 0…1. */
  share: number;
  before: SegmentStats;
  after: SegmentStats;
}

/** A part counts when chance explains it this rarely and it is at least this share of both parts together. */
const PROVEN = 0.01;
const MATERIAL = 0.2;
const MOST_LISTED = 10;

/**
 * Splits a change of the overall mean into change within segments and shift of the mix (Kitagawa, JASA 1955, the symmetric
 * decomposition), with a z test of each part. Segments seen on one side only count as mix.
 */
export function explainMix(before: ReadonlyMap<string, SegmentStats>, after: ReadonlyMap<string, SegmentStats>): Explanation {
  const n = rowsOf(before);
  const m = rowsOf(after);
  const [meanBefore, meanAfter] = [meanOf(before, n), meanOf(after, m)];
  const middle = (meanBefore + meanAfter) / 2;
  const parts = [...new Set([...before.keys(), ...after.keys()])].map((segment) => part(segment, before, n, after, m, middle));
  const within = parts.reduce((sum, share) => sum + share.within, 0);
  const mix = parts.reduce((sum, share) => sum + share.mix, 0);
  const total = meanAfter - meanBefore;
  const withinVariance = parts.reduce((sum, share) => sum + share.withinVariance, 0);
  const mixVariance = spreadOfMix(parts, middle, n) + spreadOfMix(parts, middle, m);
  const p = {
    total: pOfZero(total, withinVariance + mixVariance),
    within: pOfZero(within, withinVariance),
    mix: pOfZero(mix, mixVariance),
  };
  const topSegments = parts
    .map(({ segment, within, mix, before, after }) => ({
      segment,
      within,
      mix,
      share: total === 0 ? 0 : (within + mix) / total,
      before,
      after,
    }))
    .sort((a, b) => Math.abs(b.within + b.mix) - Math.abs(a.within + a.mix))
    .slice(0, MOST_LISTED);
  return { total, within, mix, p, verdict: verdict(within, mix, p), topSegments };
}

const rowsOf = (segments: ReadonlyMap<string, SegmentStats>) => [...segments.values()].reduce((sum, { n }) => sum + n, 0);

const meanOf = (segments: ReadonlyMap<string, SegmentStats>, rows: number) =>
  rows === 0 ? 0 : [...segments.values()].reduce((sum, { n, mean }) => sum + n * mean, 0) / rows;

interface Part extends Omit<SegmentShare, 'share'> {
  weight: number;
  level: number;
  withinVariance: number;
}

function part(
  segment: string,
  allBefore: ReadonlyMap<string, SegmentStats>,
  n: number,
  allAfter: ReadonlyMap<string, SegmentStats>,
  m: number,
  middle: number,
): Part {
  const before = allBefore.get(segment) ?? { n: 0, mean: allAfter.get(segment)?.mean ?? 0 };
  const after = allAfter.get(segment) ?? { n: 0, mean: before.mean };
  const [was, is] = [before.n / Math.max(1, n), after.n / Math.max(1, m)];
  const weight = (was + is) / 2;
  const level = (before.mean + after.mean) / 2;
  const error = (side: SegmentStats) => (side.n > 0 ? rowVariance(side) / side.n : 0);
  return {
    segment,
    before,
    after,
    weight,
    level,
    within: weight * (after.mean - before.mean),
    mix: (is - was) * (level - middle),
    withinVariance: weight ** 2 * (error(before) + error(after)),
  };
}

/** A segment without failures still has some variance (add one success and one failure, after Agresti & Coull). */
function rowVariance({ n, mean, sd }: SegmentStats): number {
  if (sd !== undefined) return sd ** 2;
  const rate = (mean * n + 1) / (n + 2);
  return rate * (1 - rate);
}

/** Variance of the mix part when the shares are a multinomial sample of this many rows. */
function spreadOfMix(parts: readonly Part[], middle: number, rows: number): number {
  const square = parts.reduce((sum, { weight, level }) => sum + weight * (level - middle) ** 2, 0);
  const center = parts.reduce((sum, { weight, level }) => sum + weight * (level - middle), 0);
  return Math.max(0, square - center ** 2) / Math.max(1, rows);
}

const pOfZero = (part: number, variance: number) =>
  variance > 0 ? normalTwoSided(part / Math.sqrt(variance)) : part === 0 ? 1 : 0;

function verdict(within: number, mix: number, p: Explanation['p']): Explanation['verdict'] {
  const both = Math.abs(within) + Math.abs(mix);
  const counts = (part: number, p: number) => p < PROVEN && Math.abs(part) >= MATERIAL * both;
  const [real, moved] = [counts(within, p.within), counts(mix, p.mix)];
  if (real && moved) return 'both';
  if (real) return 'real';
  return moved ? 'mix' : 'unclear';
}

export interface Attribution {
  /** The value that carries the change, or null when the change is spread as the rows are. */
  carrier: { segment: string; share: number; rows: number } | null;
  /** Every segment with its share of the change and of the rows, largest share first. */
  segments: { segment: string; share: number; rows: number; change: number; p: number }[];
}

/** A carrier explains at least this share of the change, and this much more than its share of the rows. */
const CARRIES = 0.6;
const BEYOND_ROWS = 0.2;

/**
 * Which value of a dimension carries which share of a change. A value is the carrier when it explains most of the change, clearly
 * more than its share of the rows, and itself changed beyond chance.
 */
export function attribute(before: ReadonlyMap<string, SegmentStats>, after: ReadonlyMap<string, SegmentStats>): Attribution {
  const { total, topSegments } = explainMix(before, after);
  const all = rowsOf(before) + rowsOf(after);
  const segments = topSegments
    .map(({ segment, within, mix, before, after }) => {
      const error = rowVariance(before) / Math.max(1, before.n) + rowVariance(after) / Math.max(1, after.n);
      const change = after.mean - before.mean;
      const p = before.n > 0 && after.n > 0 ? pOfZero(change, error) : 0;
      return {
        segment,
        share: total === 0 ? 0 : (within + mix) / total,
        rows: (before.n + after.n) / Math.max(1, all),
        change,
        p,
      };
    })
    .sort((a, b) => b.share - a.share);
  const first = segments[0];
  const carries =
    first && segments.length > 1 && first.p < PROVEN && first.share >= CARRIES && first.share >= first.rows + BEYOND_ROWS;
  return { carrier: carries ? { segment: first.segment, share: first.share, rows: first.rows } : null, segments };
}
