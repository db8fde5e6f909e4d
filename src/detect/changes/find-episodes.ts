import { summarise, type Bucket, type MetricKind, type Summary } from '../buckets.ts';
import { compare } from '../compare.ts';
import { normalScore, normalTail } from '../math/distributions.ts';
import { lagOneCorrelation } from '../math/robust.ts';
import { episodeCells, isUnlikeItsTimes, type Cell } from './episode-cells.ts';

/** A time in which a metric was far worse than before and after it, or than before it and until the end of the series. Times in ms. */
export interface Episode {
  /** Start of its first bucket and end of its last. */
  from: number;
  to: number;
  /** The usual came back; else the series ends with it. */
  ended: boolean;
  /** What is usual, from so many buckets before and after, and what was in that time. */
  usual: Summary;
  during: Summary;
  /** during − usual. */
  change: number;
  ci95: [number, number];
  /** Chance of such an episode anywhere in a series that knows none. */
  p: number;
  /** Where the buckets begin that say what is usual. */
  since: number;
}

export interface FindEpisodesOptions {
  kind: MetricKind;
  bucketMs: number;
  worse: 'up' | 'down';
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Longer ones are levels of their own, which `findChanges` tells. */
const LONGEST = { buckets: 6, ms: 36 * HOUR };
/** What is usual is told by so much on either side. */
const BESIDE = { buckets: 14, ms: 3 * DAY };
/** Fewest buckets and rows that tell what is usual, and fewest before. */
const FEWEST = { usual: 10, before: 3, rows: 50 };
/** Fewest rows that were worse than usual. */
const FEWEST_WORSE = 10;
/** Smallest change told: points of a rate; of values, a third more or less. */
const LEAST: Record<MetricKind, number> = { rate: 0.1, value: Math.log(4 / 3), grade: Math.log(4 / 3), count: Infinity };
/** What comes after lies this much nearer to what was before than to the episode. */
const BACK = 0.6;
/** Far stricter than a search for steps: days that resemble each other look like episodes. */
const ALPHA = 1e-6;
/** z of a window worth a closer look. */
const SUGGESTIVE = 5;
/** An episode's z is this many times that of every window that is none. */
const STANDS_OUT = 2;
/** Episodes are few: what happens more often is usual. */
const MOST = 3;
/** They hold no more than this share of a series: else what is left says little about what is usual. */
const MOST_OF_SERIES = 0.25;
/** Blocks needed to tell how much stretches of a length differ. */
const FEWEST_BLOCKS = 8;
/** Neighbouring buckets are a little alike in most series; few buckets cannot show how much. */
const PRIOR = { likeness: 0.3, buckets: 10 };
const MOST_LIKENESS = 0.9;

/**
 * Finds short episodes in which a rate or a value was worse than usual: a scan over all windows up to six buckets (or 36 hours of narrower
 * ones) by likelihood ratio against the buckets beside them (Kulldorff 1997, for one dimension), its variance widened by how much
 * stretches of that length differ elsewhere in the series (moments), each p paying for every window scanned (Bonferroni). An episode
 * must differ from the same times of other weeks or days too, be at least a tenth of all rows, or a third of a value, away from usual,
 * and stand out twice as much as everything that is none.
 */
export function findEpisodes(buckets: readonly Bucket[], options: FindEpisodesOptions): Episode[] {
  const { kind, bucketMs } = options;
  const { cells, ofRow } = episodeCells(buckets, options);
  const scan: Scan = {
    longest: Math.max(LONGEST.buckets, Math.round(LONGEST.ms / bucketMs)),
    beside: Math.max(BESIDE.buckets, Math.round(BESIDE.ms / bucketMs)),
    least: LEAST[kind],
    ofRow,
    kind,
  };
  if (cells.length < FEWEST.usual + 1) return [];
  const windows = disjoint(withoutEarlier(scanned(cells, scan, SUGGESTIVE), cells, scan), scan);
  const picked = windows.slice(0, MOST);
  for (let k = picked.length; k > 0; k--) {
    const told = picked.slice(0, k);
    const rest = cells.filter((_, i) => !told.some(({ from, to }) => i >= from - 1 && i <= to));
    if (rest.length < Math.max(FEWEST.usual, (1 - MOST_OF_SERIES) * cells.length)) continue;
    const spread = spreadsOf(rest, scan);
    const bar = STANDS_OUT * Math.max(0, ...scanned(rest, scan, 0).map((one) => judged(one, spread).z));
    const judgedAll = told.map((one) => ({ ...one, ...judged(one, spread) }));
    const tests = cells.length * scan.longest;
    const held = judgedAll.filter(
      ({ z, p, from, to }) =>
        z >= bar && p * tests <= ALPHA && isUnlikeItsTimes(cells.slice(from, to), rest, bucketMs, scan.least / 2),
    );
    if (held.length < told.length && k > 1) continue;
    return held
      .filter((one) => one.to - one.from <= scan.longest && !besideLonger(one, windows, scan))
      .map((one) => asEpisode(one, cells, scan, bucketMs, Math.min(1, one.p * tests)))
      .sort((a, b) => a.from - b.from);
  }
  return [];
}

interface Scan {
  longest: number;
  beside: number;
  least: number;
  /** Variance of one row at a level. */
  ofRow: (level: number) => number;
  kind: MetricKind;
}

/** Cells from (with) to (without), against what lies beside them. */
interface Window {
  from: number;
  to: number;
  ended: boolean;
  /** Distance from usual, towards worse, and its z when rows are all there is to chance. */
  away: number;
  z: number;
  /** Variance of the distance by rows alone. */
  variance: number;
}

/** Every window that is worse than usual by this z and by enough. */
function scanned(cells: readonly Cell[], scan: Scan, least: number): Window[] {
  const n = prefix(cells.map((cell) => cell.n));
  const s = prefix(cells.map((cell) => cell.n * cell.y));
  const rows = (i: number, j: number) => n[j]! - n[i]!;
  const level = (i: number, j: number) => (s[j]! - s[i]!) / Math.max(1e-9, rows(i, j));
  const found: Window[] = [];
  const last = cells.length;
  // Twice the longest is looked at, so that a part of something longer is known for what it is.
  const most = Math.min(2 * scan.longest, last - FEWEST.usual);
  for (let from = FEWEST.before; from < last; from++) {
    for (let to = from + 1; to <= Math.min(last, from + most); to++) {
      const [first, end] = [Math.max(0, from - scan.beside), Math.min(last, to + scan.beside)];
      const usualRows = rows(first, from) + rows(to, end);
      const own = rows(from, to);
      if (usualRows < FEWEST.rows || from - first + end - to < FEWEST.usual) continue;
      const usual = (s[from]! - s[first]! + s[end]! - s[to]!) / usualRows;
      const mean = level(from, to);
      const away = mean - usual;
      if (
        away < scan.least ||
        away * (scan.kind === 'rate' ? own : 1) < (scan.kind === 'rate' ? FEWEST_WORSE : 0) ||
        own < FEWEST_WORSE
      )
        continue;
      const ended = end > to;
      if (ended && mean - level(to, end) < BACK * (mean - level(first, from))) continue;
      // A row or two at the end of a series do not say that it is over.
      if (ended && end === last && !apart(mean, own, level(to, end), rows(to, end), scan)) continue;
      if (mean - level(first, from) < BACK * away) continue;
      const variance = scan.ofRow(usual) * (1 / own + 1 / usualRows);
      const z = scan.kind === 'rate' ? rateZ(Math.abs(mean), own, Math.abs(usual), usualRows) : away / Math.sqrt(variance);
      if (z >= least) found.push({ from, to, ended, away, z, variance });
    }
  }
  return found;
}

/** How sure it must be that what comes last is as before. */
const OVER_Z = 3;

const apart = (mean: number, own: number, after: number, rows: number, { kind, ofRow }: Scan) =>
  (kind === 'rate'
    ? rateZ(Math.abs(mean), own, Math.abs(after), rows)
    : (mean - after) / Math.sqrt(ofRow(after) * (1 / own + 1 / rows))) >= OVER_Z;

/**
 * Without windows until the end that are too long only because they begin too early: what a shorter one leaves out of them is nearer to
 * what was before.
 */
function withoutEarlier(windows: readonly Window[], cells: readonly Cell[], { longest, beside }: Scan): Window[] {
  const open = windows.filter(({ ended, to, from }) => !ended && to - from <= longest).sort((a, b) => b.z - a.z)[0];
  if (!open) return [...windows];
  const level = (list: readonly Cell[]) =>
    list.reduce((sum, { n, y }) => sum + n * y, 0) /
    Math.max(
      1e-9,
      list.reduce((sum, { n }) => sum + n, 0),
    );
  const during = level(cells.slice(open.from, open.to));
  return windows.filter(({ from, to, ended }) => {
    if (ended || to - from <= longest || from >= open.from) return true;
    const before = level(cells.slice(Math.max(0, from - beside), from));
    return level(cells.slice(from, open.from)) - before >= (during - before) / 2;
  });
}

/** Signed root of the likelihood ratio of two rates: its tail holds where few rows are expected to be worse. */
function rateZ(mean: number, own: number, usual: number, usualRows: number): number {
  const all = (mean * own + usual * usualRows) / (own + usualRows);
  const gain = (rate: number, rows: number) => rows * (term(rate, all) + term(1 - rate, 1 - all));
  return Math.sqrt(Math.max(0, 2 * (gain(mean, own) + gain(usual, usualRows))));
}

const term = (share: number, of: number) => (share > 0 ? share * Math.log(share / of) : 0);

/** The strongest windows first, none beside or within another. */
function disjoint(windows: readonly Window[], { longest }: Scan): Window[] {
  const taken: Window[] = [];
  for (const one of windows.toSorted((a, b) => b.z - a.z)) {
    if (taken.length > 2 * MOST) break;
    if (taken.every(({ from, to }) => one.to < from || one.from > to)) taken.push(one);
  }
  // What is too long for an episode is told in another way; so are its edges.
  return taken.toSorted((a, b) => Number(a.to - a.from > longest) - Number(b.to - b.from > longest) || b.z - a.z);
}

const besideLonger = ({ from, to }: Window, windows: readonly Window[], { longest }: Scan) =>
  windows.some((other) => other.to - other.from > longest && from - other.to <= 2 && other.from - to <= 2);

/** Variance between stretches of a length beyond that of their rows, and in how many it was seen. */
type Spreads = (length: number) => { between: number; blocks: number };

function spreadsOf(rest: readonly Cell[], { beside, ofRow }: Scan): Spreads {
  const known = new Map<number, { between: number; blocks: number }>();
  const n = prefix(rest.map((cell) => cell.n));
  const s = prefix(rest.map((cell) => cell.n * cell.y));
  const seen = (length: number) => {
    const blocks = Math.floor(rest.length / length);
    const aways: number[] = [];
    let [weighted, rows] = [0, 0];
    for (let b = 0; b < blocks; b++) {
      const [from, to] = [rest.length - (b + 1) * length, rest.length - b * length];
      const [first, end] = [Math.max(0, from - beside), Math.min(rest.length, to + beside)];
      const own = n[to]! - n[from]!;
      const usualRows = n[from]! - n[first]! + n[end]! - n[to]!;
      if (own === 0 || usualRows === 0) continue;
      const usual = (s[from]! - s[first]! + s[end]! - s[to]!) / usualRows;
      const away = (s[to]! - s[from]!) / own - usual;
      aways.push(away);
      weighted += own * (away * away - ofRow(usual) * (1 / own + 1 / usualRows));
      rows += own;
    }
    return { between: rows > 0 ? Math.max(0, weighted / rows) : 0, blocks, aways };
  };
  const single = seen(1);
  const likeness = Math.min(
    MOST_LIKENESS,
    Math.max(
      0,
      (lagOneCorrelation(single.aways) * single.blocks + PRIOR.likeness * PRIOR.buckets) / (single.blocks + PRIOR.buckets),
    ),
  );
  return (wanted) => {
    const length = Math.max(1, Math.min(wanted, Math.floor(rest.length / FEWEST_BLOCKS)));
    const before = known.get(length);
    if (before) return before;
    const { between, blocks } = seen(length);
    // Few stretches may look alike by chance; single buckets and their likeness say how much stretches ought to differ at least.
    const least = single.between * Math.min(1, (1 + likeness) / (1 - likeness) / length);
    const found = { between: Math.max(between, least), blocks };
    known.set(length, found);
    return found;
  };
}

/** What a window says where stretches differ by themselves. */
function judged({ z, variance, from, to }: Window, spreads: Spreads): { z: number; p: number } {
  const { between, blocks } = spreads(to - from);
  const share = between / (variance + between);
  const wider = z * Math.sqrt(1 - share);
  // A spread known from few stretches is not well known; that of rows is (Satterthwaite's degrees of freedom).
  const score = share > 0 ? normalScore(wider, (blocks - 1) / share ** 2) : wider;
  return { z: wider, p: normalTail(score) };
}

function asEpisode({ from, to, ended }: Window, cells: readonly Cell[], scan: Scan, bucketMs: number, p: number): Episode {
  const of = (list: readonly Cell[]) =>
    summarise(
      list.map(({ bucket }) => bucket),
      scan.kind,
    );
  const first = Math.max(0, from - scan.beside);
  const usual = of([...cells.slice(first, from), ...cells.slice(to, to + scan.beside)]);
  const during = of(cells.slice(from, to));
  const { change, ci95 } = compare(usual, during, scan.kind);
  const start = cells[from]!.at;
  return { from: start, to: cells[to - 1]!.at + bucketMs, ended, usual, during, change, ci95, p, since: cells[first]!.at };
}

function prefix(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, i) => (sums[i + 1] = sums[i]! + value));
  return sums;
}
