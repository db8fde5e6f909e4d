import { mean, variance } from '../math/robust.ts';
import { indices, seededRandom, shuffle } from '../math/random.ts';
import { auc, aucError } from './text.ts';

/** One text, hashed (`hashNgrams`), at its time. */
export interface DatedText {
  at: number;
  vector: ArrayLike<number>;
}

export interface TextChange {
  flagged: boolean;
  undecided: { needs: number } | null;
  /** Time of the first text of the new kind; null when nothing was found. */
  at: number | null;
  /** 95 % interval of `at`, from blocks resampled; null when nothing was found. */
  interval: [number, number] | null;
  /** Chance of such a split anywhere when the texts' order means nothing. */
  p: number;
  /** AUC with which held-out texts are told apart; 0.5 = alike. */
  effect: number;
  /** 95 % interval of `effect`; null when nothing was found. */
  ci95: [number, number] | null;
}

/** Rows are averaged to blocks of neighbours, so that likeness within an hour or a session is not taken for evidence. */
const BLOCKS = 60;
const FEWEST_ROWS = 60;
const FEWEST_BLOCKS = 4;
const PERMUTATIONS = 299;
const CHANGE_P = 0.001;
const LEAST_AUC = 0.6;
const Z95 = 1.959964;

/**
 * Finds and dates the change of a stream of texts: the split with the most weighted distance between mean vectors, against
 * the largest such distance when blocks are shuffled (a permutation null of the maximum over splits; its far tail by a Gumbel
 * fit). Dated by the row within the block. From 60 texts. One change, the largest; `textChanges` answers more.
 */
export function textChange(texts: readonly DatedText[], { seed = 1 }: { seed?: number } = {}): TextChange {
  const sorted = texts.toSorted((a, b) => a.at - b.at);
  const nothing: TextChange = { flagged: false, undecided: null, at: null, interval: null, p: 1, effect: 0.5, ci95: null };
  if (sorted.length < FEWEST_ROWS) return { ...nothing, undecided: { needs: FEWEST_ROWS - sorted.length } };
  const blocks = blocksOf(sorted);
  const order = indices(blocks.length);
  const splits = distances(blocks, order);
  const best = splits.indexOf(Math.max(...splits));
  const p = tailOfMaximum(blocks, splits[best]!, seededRandom(seed));
  const row = refined(sorted, Math.round((best * sorted.length) / blocks.length), Math.ceil(sorted.length / blocks.length));
  const effect = heldOutAuc(sorted, row);
  if (p >= CHANGE_P || effect <= LEAST_AUC) return { ...nothing, p, effect };
  return {
    flagged: true,
    undecided: null,
    at: sorted[row]!.at,
    interval: interval(sorted, blocks.length, splits, row),
    p,
    effect,
    ci95: aucInterval(effect, row / 2, (sorted.length - row) / 2),
  };
}

const MOST_CHANGES = 3;

/**
 * The largest change, and then the largest of each stretch between those found, up to three, in the order of time. Each is judged
 * again on the stretch from the one before it to the one after, which is the one that its dates and effect are of.
 */
export function textChanges(texts: readonly DatedText[], options: { seed?: number } = {}): TextChange[] {
  const sorted = texts.toSorted((a, b) => a.at - b.at);
  const first = textChange(sorted, options);
  let found = first.flagged ? [first] : [];
  for (let round = 1; round < MOST_CHANGES && found.length === round; round += 1) {
    const next = stretches(sorted, found)
      .map((stretch) => textChange(stretch, options))
      .filter(({ flagged }) => flagged)
      .sort((a, b) => b.effect - a.effect || a.p - b.p)[0];
    if (next) found = [...found, next].sort((a, b) => a.at! - b.at!);
  }
  if (found.length < 2) return [first];
  const again = found
    .map((_, i) =>
      textChange(
        sorted.slice(rowAt(sorted, found[i - 1]?.at ?? null, 0), rowAt(sorted, found[i + 1]?.at ?? null, sorted.length)),
        options,
      ),
    )
    .filter(({ flagged }) => flagged);
  return again.length > 0 ? again : [first];
}

const rowAt = (sorted: readonly DatedText[], at: number | null, none: number) =>
  at === null ? none : sorted.findIndex((text) => text.at >= at);

/** What lies between changes. */
function stretches(sorted: readonly DatedText[], found: readonly TextChange[]): DatedText[][] {
  const ends = [0, ...found.map(({ at }) => rowAt(sorted, at, 0)), sorted.length];
  return ends.slice(1).map((end, i) => sorted.slice(ends[i], end));
}

function aucInterval(effect: number, n: number, m: number): [number, number] {
  const reach = Z95 * aucError(effect, n, m);
  return [Math.max(0, effect - reach), Math.min(1, effect + reach)];
}

function blocksOf(sorted: readonly DatedText[]): Float64Array[] {
  const count = Math.min(BLOCKS, Math.floor(sorted.length / 5));
  return Array.from({ length: count }, (_, b) => {
    const from = Math.round((b * sorted.length) / count);
    const to = Math.round(((b + 1) * sorted.length) / count);
    return meanVector(sorted.slice(from, to));
  });
}

function meanVector(texts: readonly DatedText[]): Float64Array {
  const center = new Float64Array(texts[0]?.vector.length ?? 0);
  for (const { vector } of texts) for (let k = 0; k < center.length; k++) center[k] = center[k]! + vector[k]! / texts.length;
  return center;
}

/** Per split k: k(n − k)/n · |mean before − mean after|². */
function distances(blocks: readonly Float64Array[], order: Int32Array): Float64Array {
  const n = blocks.length;
  const width = blocks[0]!.length;
  const whole = new Float64Array(width);
  for (const block of blocks) for (let k = 0; k < width; k++) whole[k] = whole[k]! + block[k]!;
  const before = new Float64Array(width);
  const found = new Float64Array(n);
  for (let split = 1; split < n; split++) {
    const block = blocks[order[split - 1]!]!;
    let squared = 0;
    for (let k = 0; k < width; k++) {
      before[k] = before[k]! + block[k]!;
      squared += (before[k]! / split - (whole[k]! - before[k]!) / (n - split)) ** 2;
    }
    if (split >= FEWEST_BLOCKS && split <= n - FEWEST_BLOCKS) found[split] = (squared * split * (n - split)) / n;
  }
  return found;
}

function tailOfMaximum(blocks: readonly Float64Array[], seen: number, random: () => number): number {
  const order = indices(blocks.length);
  const maxima = Float64Array.from({ length: PERMUTATIONS }, () => Math.max(...distances(blocks, shuffle(order, random))));
  const asFar = maxima.filter((maximum) => maximum >= seen).length;
  if (asFar > 0) return (asFar + 1) / (PERMUTATIONS + 1);
  const scale = (Math.sqrt(variance(maxima)) * Math.sqrt(6)) / Math.PI;
  const EULER = 0.5772156649;
  const location = mean(maxima) - EULER * scale;
  return Math.min(1 / (PERMUTATIONS + 1), -Math.expm1(-Math.exp(-(seen - location) / scale)));
}

/** The best row within one block on either side of the best split between blocks. */
function refined(sorted: readonly DatedText[], around: number, reach: number): number {
  const before = meanVector(sorted.slice(0, Math.max(1, around - reach)));
  const after = meanVector(sorted.slice(Math.min(sorted.length - 1, around + reach)));
  let best = around;
  let most = 0;
  let running = 0;
  // Each row moved to the other side gains what it is liker to that side.
  for (let row = around; row < Math.min(sorted.length - 1, around + reach); row++) {
    running += leaning(sorted[row]!, before, after);
    if (running > most) [most, best] = [running, row + 1];
  }
  running = 0;
  for (let row = around - 1; row > Math.max(0, around - reach); row--) {
    running -= leaning(sorted[row]!, before, after);
    if (running > most) [most, best] = [running, row];
  }
  return best;
}

/** Positive when a text is liker to `before` than to `after`. */
function leaning({ vector }: DatedText, before: Float64Array, after: Float64Array): number {
  let total = 0;
  for (let k = 0; k < before.length; k++) total += (vector[k]! - after[k]!) ** 2 - (vector[k]! - before[k]!) ** 2;
  return total;
}

/** Odd rows give the two means, even rows are told apart by them. */
function heldOutAuc(sorted: readonly DatedText[], row: number): number {
  const side = (from: number, to: number, parity: number) => sorted.slice(from, to).filter((_, i) => (from + i) % 2 === parity);
  const before = meanVector(side(0, row, 1));
  const after = meanVector(side(row, sorted.length, 1));
  const scores = (texts: readonly DatedText[]) => Float64Array.from(texts, (text) => -leaning(text, before, after));
  return auc(scores(side(0, row, 0)), scores(side(row, sorted.length, 0)));
}

/** Splits whose distance is within what one block adds by chance, and at least one block to either side. */
function interval(sorted: readonly DatedText[], blocks: number, splits: Float64Array, row: number): [number, number] {
  const perBlock = sorted.length / blocks;
  const most = Math.max(...splits);
  const near = [...splits.keys()].filter((split) => splits[split]! > 0 && splits[split]! >= most * NEAR_BEST);
  const at = (index: number) => sorted[Math.max(0, Math.min(sorted.length - 1, Math.round(index)))]!.at;
  return [at(Math.min(near[0]! * perBlock, row - perBlock)), at(Math.max(near.at(-1)! * perBlock, row + perBlock))];
}

const NEAR_BEST = 0.95;
