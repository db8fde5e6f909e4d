import type { Bucket } from '../buckets.ts';
import { usualVolume, type Stretch } from './usual-volume.ts';

/** Buckets of another level of calls say little about how often one is empty. */
const LIKE = 2;
/** Fewer calls than this are alike. */
const FEW = 0.5;
/** Calls that may come at once. */
const CLUMP = 10;

/**
 * How likely a time without rows is by itself, anywhere in a log: how often buckets in which about as many rows are usual are empty,
 * for each of its buckets. Calls that come in clumps, or seldom, leave gaps. `silences` say nothing about what is usual.
 */
export function chanceOfSilence(
  buckets: readonly Bucket[],
  bucketMs: number,
  silences: readonly Stretch[],
): (silence: Stretch) => number {
  const present = buckets.filter(({ sum }) => sum > 0).sort((a, b) => a.at - b.at);
  const [first, last] = [present[0], present.at(-1)];
  if (!first || !last) return () => 1;
  const filled = new Set(present.map(({ at }) => at));
  const heard = (at: number) => !silences.some(({ from, to }) => at >= from && at < to);
  const usual = usualVolume(present, bucketMs, heard);
  const known: { rows: number; empty: boolean }[] = [];
  for (let at = first.at; at <= last.at; at += bucketMs) {
    const { rows, unsure } = usual(at, { from: at, to: at + bucketMs });
    // The only weekend of a log says nothing about its days.
    if (heard(at) && unsure === null) known.push({ rows, empty: !filled.has(at) });
  }
  const empty = (rows: number) => {
    const alike = known.filter((one) => one.rows >= rows / LIKE - FEW && one.rows <= LIKE * rows + FEW);
    const found = alike.filter((one) => one.empty).length;
    const seen = (found + 0.5) / (alike.length + 1);
    // A nightly batch comes each time; thirty times are few to say so.
    return found === 0 ? Math.min(seen, Math.exp(-rows / CLUMP)) : seen;
  };
  return ({ from, to }) => {
    let chance = 1;
    for (let at = from; at < to; at += bucketMs) chance *= empty(usual(at, { from, to }).rows);
    return Math.min(1, chance * Math.max(1, known.length));
  };
}
