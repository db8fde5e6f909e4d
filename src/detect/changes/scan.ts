import { strongestDip } from './dip.ts';
import { gain, type Evidence } from './evidence.ts';
import { chanceOfBestSplit, discount } from './noise.ts';

/** The best split of a stretch and how likely chance alone does as well. */
export interface Split {
  at: number;
  from: number;
  to: number;
  p: number;
  /** Discounted gain, on the scale of a chi² with one degree of freedom. */
  gain: number;
}

export interface Limits {
  /** Fewest buckets and rows on each side. */
  buckets: number;
  rows: number;
}

/** Tries every split of buckets from..to (to left out) that leaves enough on both sides. */
export function bestSplit(e: Evidence, from: number, to: number, limits: Limits): Split | null {
  const [first, last] = allowed(e, from, to, limits);
  if (last < first) return null;
  let at = first;
  let most = -Infinity;
  for (let split = first; split <= last; split++) {
    const gained = gain(e, from, split, to);
    if (gained > most) [at, most] = [split, gained];
  }
  const discounted = most / discount(e, from, [at], to);
  const whole = e.weight[to]! - e.weight[from]!;
  const share = (split: number) => Math.min(0.999, Math.max(0.001, (e.weight[split]! - e.weight[from]!) / whole));
  const p = chanceOfBestSplit(
    discounted,
    last - first + 1,
    Math.min(share(first), 0.4),
    Math.max(share(last), 0.6),
    to - from - 2,
  );
  return { at, from, to, p, gain: discounted };
}

function allowed(e: Evidence, from: number, to: number, { buckets, rows }: Limits): [number, number] {
  let first = from + buckets;
  let last = to - buckets;
  while (first <= last && e.rows[first]! - e.rows[from]! < rows) first++;
  while (last >= first && e.rows[to]! - e.rows[last]! < rows) last--;
  return [first, last];
}

/**
 * All splits that chance does not explain, oldest first: binary segmentation over seeded intervals (Kovács et al., Biometrika
 * 2023), so that a change and its way back do not hide each other; where no single split is left, a change and its way back at once, as
 * each of a short dip looks like noise beside the other. `alpha` holds for the whole series.
 */
export function scan(e: Evidence, from: number, to: number, limits: Limits, alpha: number): Split[] {
  const best = strongest(e, from, to, limits);
  if (!best || best.p > alpha) return strongestDip(e, from, to, limits, alpha);
  return [...scan(e, from, best.at, limits, alpha), best, ...scan(e, best.at, to, limits, alpha)];
}

/** The likeliest split over the stretch and its halves, quarters, …, each p paying for the number of intervals of its length. */
export function strongest(e: Evidence, from: number, to: number, limits: Limits): Split | null {
  let best: Split | null = null;
  for (let length = to - from; length >= 2 * limits.buckets; length = Math.floor(length / 2)) {
    const intervals = Math.max(1, Math.ceil((2 * (to - from)) / length) - 1);
    for (let k = 0; k < intervals; k++) {
      const start = intervals === 1 ? from : from + Math.round((k * (to - from - length)) / (intervals - 1));
      const found = bestSplit(e, start, start + length, limits);
      if (found) found.p = Math.min(1, found.p * intervals);
      if (found && (!best || found.p < best.p || (found.p === best.p && found.gain > best.gain))) best = found;
    }
  }
  return best;
}
