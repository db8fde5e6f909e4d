import { chiSquareTail, normalScore } from '../math/distributions.ts';
import { gainOfDip, type Evidence } from './evidence.ts';
import { discount } from './noise.ts';
import type { Limits, Split } from './scan.ts';

/** Longer ones show by one of their ends. */
const LONGEST = 28;
/** Days that resemble each other look like dips: these are told when chance makes one of them in a tenth of the series. */
const STRICTER = 0.1;

/** The likeliest stretch at another level than what lies before and after it, as its two splits; none where chance explains it. */
export function strongestDip(e: Evidence, from: number, to: number, limits: Limits, alpha: number): Split[] {
  const enough = (first: number, end: number) => e.rows[end]! - e.rows[first]! >= limits.rows;
  let [tried, most, dip] = [0, 0, { first: 0, end: 0 }];
  for (let first = from + limits.buckets; first <= to - 2 * limits.buckets; first++) {
    if (!enough(from, first)) continue;
    for (let end = first + limits.buckets; end <= Math.min(first + LONGEST, to - limits.buckets); end++) {
      if (!enough(first, end) || !enough(end, to)) continue;
      tried += 1;
      const gained = gainOfDip(e, from, first, end, to);
      if (gained > most) [most, dip] = [gained, { first, end }];
    }
  }
  if (tried === 0) return [];
  const { first, end } = dip;
  const gain = most / discount(e, from, [first, end], to);
  const p = Math.min(1, tried * chiSquareTail(normalScore(Math.sqrt(gain), to - from - 3) ** 2, 1));
  return p <= STRICTER * alpha ? [first, end].map((at) => ({ at, from, to, p, gain })) : [];
}
