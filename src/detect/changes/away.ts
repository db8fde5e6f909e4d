import type { Bucket } from '../buckets.ts';
import { median, robustSd } from '../math/robust.ts';
import type { Usual, UsualVolume } from './usual-volume.ts';

/** Buckets on either side by which a level is told that moves slowly. */
const LOCAL = 14;

/** How far the rows of each bucket lie from what is usual at such times, and from the level around it, on the logarithm. */
export function awayFromUsual(
  present: readonly Bucket[],
  bucketMs: number,
  usualAt: UsualVolume,
): { known: Usual[]; local: number[]; away: number[]; spread: number } {
  const known = present.map(({ at }) => usualAt(at, { from: at, to: at + bucketMs }));
  const ratios = present.map(({ sum }, i) => Math.log((sum + 1) / (known[i]!.rows + 1)));
  const local = ratios.map((_, i) => median(ratios.slice(Math.max(0, i - LOCAL), i + LOCAL + 1)));
  const away = ratios.map((ratio, i) => ratio - local[i]!);
  const floor = 1 / Math.sqrt(Math.max(1, median(present.map(({ sum }) => sum))));
  return { known, local, away, spread: Math.max(robustSd(away), floor) };
}

/** First and last of each run of those that are inside. */
export function runs(within: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  within.forEach((inside, i) => {
    const open = found.at(-1);
    if (inside && open && open[1] === i - 1) open[1] = i;
    else if (inside) found.push([i, i]);
  });
  return found;
}
