import type { Bucket } from '../buckets.ts';
import { MIN_EFFECT } from '../compare.ts';
import { normalTwoSided } from '../math/distributions.ts';
import { mean, median, robustSd } from '../math/robust.ts';
import { usualVolume, type UsualVolume } from './usual-volume.ts';

/** A volume that has been another one since a moment so short ago that it may come back. */
export interface Recent {
  /** Start of the first bucket of it, ms. */
  at: number;
  /** Rows a bucket, as usual at these times and as they are. */
  before: number;
  after: number;
  /** Chance of such an end in a series that never changed. */
  p: number;
}

const DAY = 86_400_000;
const FEWEST = 2;
/** More buckets than this are told as a step. */
const MOST = 6;
/** Buckets before, at least. */
const FEWEST_BEFORE = 14;
/** The local level is that of so many buckets before. */
const LOCAL = 14;
/** As strict as a search for steps. */
const ALPHA = 0.0002;
/** Fewer rows than this, more or less, may be chance. */
const FEWEST_ROWS = 10;

/** Each bucket of the end lies this many robust standard deviations from what is usual, in the middle. */
const CLEAR = 2;

/**
 * Whether the last buckets, up to six of them, or up to a day's, each differ from what was usual at the same time before, all in one
 * direction and by more than chance. `buckets` hold the count in `sum`, those without rows as 0; of times left out nothing is known.
 */
export function findRecent(buckets: readonly Bucket[], bucketMs: number): Recent | null {
  const most = Math.min(buckets.length - FEWEST_BEFORE, Math.max(MOST, Math.ceil(DAY / bucketMs) - 1));
  const present = buckets.filter(({ sum }) => sum > 0);
  if (most < FEWEST || present.length < FEWEST_BEFORE) return null;
  const known = new Set(buckets.map(({ at }) => at));
  const usual = usualVolume(present, bucketMs, (at) => known.has(at));
  const tails = Array.from({ length: most - FEWEST + 1 }, (_, i) =>
    judgeEnd(buckets, buckets.length - FEWEST - i, usual, bucketMs),
  );
  const [clearest] = tails.filter((one) => one !== null).sort((a, b) => a.p - b.p);
  return clearest && clearest.p * tails.length <= ALPHA ? { ...clearest, p: clearest.p * tails.length } : null;
}

function judgeEnd(buckets: readonly Bucket[], start: number, usual: UsualVolume, bucketMs: number): Recent | null {
  const { at } = buckets[start]!;
  const to = buckets.at(-1)!.at + bucketMs;
  const known = buckets.map((bucket, i) => usual(bucket.at, { from: i < start ? bucket.at : at, to }));
  if (known.slice(start).some(({ unsure }) => unsure !== null)) return null;
  const away = buckets.map(({ sum }, i) => Math.log((sum + 1) / (known[i]!.rows + 1)));
  const local = median(away.slice(Math.max(0, start - LOCAL), start));
  const late = away.slice(start).map((one) => one - local);
  const direction = Math.sign(mean(late));
  if (late.some((one) => Math.sign(one) !== direction)) return null;
  const before = mean(known.slice(start).map(({ rows }) => rows * Math.exp(local)));
  const after = mean(buckets.slice(start).map(({ sum }) => sum));
  const effect = Math.expm1(Math.min(Math.abs(mean(late)), Math.abs(Math.log(after / before))));
  if (effect < MIN_EFFECT.count || Math.abs(after - before) * late.length < FEWEST_ROWS) return null;
  const earlier = away.slice(0, start);
  const floor = 1 / Math.sqrt(Math.max(1, median(buckets.slice(0, start).map(({ sum }) => sum))));
  const spread = Math.max(robustSd(earlier), floor);
  if (median(late.map(Math.abs)) < CLEAR * spread) return null;
  const uncertain = Math.max(spread / Math.sqrt(late.length), spreadOfMeans(earlier, late.length));
  return { at, before, after, p: normalTwoSided(Math.abs(mean(late)) / uncertain) };
}

/** How much stretches of this length differed before: neighbouring hours are alike, so their mean is known less well than their number says. */
function spreadOfMeans(away: readonly number[], length: number): number {
  const blocks = Math.floor(away.length / length);
  const means = Array.from({ length: blocks }, (_, i) =>
    mean(away.slice(away.length - (i + 1) * length, away.length - i * length)),
  );
  return blocks < FEWEST_BLOCKS ? 0 : robustSd(means);
}

const FEWEST_BLOCKS = 4;
