import { summarise, type Bucket, type MetricKind, type Summary } from '../buckets.ts';
import { compare, MIN_EFFECT } from '../compare.ts';
import { normalQuantileUpper, studentQuantile } from '../math/distributions.ts';
import { isDayRhythm } from './day-rhythm.ts';
import { evidence, gain, level, type Evidence } from './evidence.ts';
import { discount } from './noise.ts';
import { rampInstead, type Ramp } from './ramp.ts';
import { bestSplit, scan, strongest, type Limits, type Split } from './scan.ts';

/** One change of one metric. Times are ms since the epoch, levels in the metric's own unit. */
export interface Change {
  /** `drift` when a slow ramp explains the buckets clearly better than steps. */
  kind: 'step' | 'drift';
  /** Start of the first bucket at the new level; of a drift, of the first bucket of the slope. */
  at: number;
  /** 95 % confidence interval of `at`. */
  interval: [number, number];
  /** Where a drift ends; equals `at` for a step. */
  until: number;
  /** The stretch between the neighbouring changes, before and after this one. */
  before: Summary;
  after: Summary;
  /** after − before. */
  change: number;
  /** 95 % interval of `change`, widened for dispersion and for the likeness of neighbouring buckets. */
  ci95: [number, number];
  /** Chance of such a split anywhere in a series that never changed: the false alarms expected per series scanned. */
  p: number;
  /** The same, per 30 days of this series. */
  falseAlarmsPerMonth: number;
}

export interface ChangeReport {
  /** Oldest first. */
  changes: Change[];
  /** Nothing was found, yet too few rows speak for steadiness: how many more rows (buckets, for `count`) would decide. */
  undecided: { needs: number } | null;
  /** Smallest change (points of a rate, units of a grade, share of a value) that this series would show with 80 % power; Infinity when too short. */
  detectable: number;
}

export interface FindChangesOptions {
  kind: MetricKind;
  /** Width of a bucket. */
  bucketMs: number;
  /**
   * Smaller changes are not reported: points of a rate, units of a grade, share of a value or volume. Default `MIN_EFFECT`, of a grade
   * for a scale from 0 to 1.
   */
  minEffect?: number;
  /** False alarms accepted per series scanned. Default 0.0002: fifty metrics and segments of a clean log, 0.01 in all. */
  alpha?: number;
  /** Fewest buckets on each side of a change. Default 7. */
  minBuckets?: number;
  /** Fewest rows on each side of a change. Default 20. */
  minRows?: number;
}

const MONTH = 30 * 86_400_000;

/**
 * Finds and dates the changes of a finished, unevenly covered series. `buckets` may have gaps and need not be sorted.
 *
 * Candidates: generalised likelihood ratio over every split of seeded intervals (Kovács et al. 2023), or where no single one is left
 * over every stretch of up to 28 buckets at another level than what lies around it, its gain divided by the
 * dispersion and autocorrelation left in the buckets, its p by Miller & Siegmund (1982) for the best of all splits.
 * Confirmed: each candidate again between its neighbours, the weakest dropped until all hold and reach the minimum effect.
 * What the other days of a short series show at the same hour is no change.
 * Dated: 95 % of the likelihood over all splits. Drift: a ramp that beats the steps by BIC.
 */
export function findChanges(buckets: readonly Bucket[], options: FindChangesOptions): ChangeReport {
  const settings = { minEffect: MIN_EFFECT[options.kind], alpha: 0.0002, minBuckets: 7, minRows: 20, ...options };
  const limits: Limits = { buckets: settings.minBuckets, rows: settings.kind === 'count' ? 0 : settings.minRows };
  const usable = buckets
    .filter(({ n, sum }) => (n > 0 || settings.kind === 'count') && Number.isFinite(sum))
    .sort((a, b) => a.at - b.at);
  const e = evidence(usable, settings.kind, settings.bucketMs);
  const splits = confirmed(e, scan(e, 0, usable.length, limits, settings.alpha), limits, settings);
  const changes = asChanges(e, splits, settings.bucketMs);
  return {
    changes,
    undecided: changes.length > 0 ? null : undecided(e, limits, settings),
    detectable: detectable(e, settings.alpha),
  };
}

interface Bar {
  alpha: number;
  minEffect: number;
  bucketMs: number;
}

/** Each split again, between its neighbours; the weakest that fails goes, until all hold. */
function confirmed(e: Evidence, found: readonly Split[], limits: Limits, bar: Bar, rounds = 3): Split[] {
  const cuts = found.map(({ at }) => at);
  const again = found.map((split, i) => {
    const moved = bestSplit(e, cuts[i - 1] ?? 0, cuts[i + 1] ?? e.y.length, limits);
    return moved
      ? {
          ...moved,
          p: Math.max(split.p, Math.min(moved.p, bar.alpha)),
          held: moved.p <= bar.alpha && effect(e, moved) >= bar.minEffect && !isDayRhythm(e, moved, bar.bucketMs),
        }
      : { ...split, held: false };
  });
  const weakest = again.filter(({ held }) => !held).sort((a, b) => a.gain - b.gain)[0];
  if (!weakest) {
    // A split that moved ends the stretch of its neighbours elsewhere.
    if (rounds > 0 && again.some(({ at }, i) => at !== cuts[i])) return confirmed(e, again, limits, bar, rounds - 1);
    return again.map((split, i) => ({ ...split, from: again[i - 1]?.at ?? split.from, to: again[i + 1]?.at ?? split.to }));
  }
  return confirmed(
    e,
    found.filter((_, i) => again[i] !== weakest),
    limits,
    bar,
  );
}

/** The smaller of the change as judged and the change of the plain means, so that no report contradicts its own figures. */
function effect(e: Evidence, { from, at, to }: Split): number {
  const judged = Math.abs(level(e, at, to) - level(e, from, at));
  if (e.kind === 'rate') return judged;
  const before = summarise(e.buckets.slice(from, at), e.kind).mean;
  const after = summarise(e.buckets.slice(at, to), e.kind).mean;
  if (e.kind === 'grade') return Math.min(judged, Math.abs(after - before));
  return Math.expm1(Math.min(judged, Math.abs(Math.log(after / before))));
}

function asChanges(e: Evidence, splits: readonly Split[], bucketMs: number): Change[] {
  return sameDirection(e, splits).flatMap((group) => {
    const { from } = group[0]!;
    const { to } = group.at(-1)!;
    const cuts = group.map(({ at }) => at);
    const noise = discount(e, from, cuts, to);
    const ramp = rampInstead(e, from, cuts, to, noise);
    return ramp ? [drift(e, group, ramp, noise, bucketMs)] : group.map((split) => step(e, split, bucketMs));
  });
}

/** Runs of changes that all go up or all go down: what a slow drift looks like to a search for steps. */
function sameDirection(e: Evidence, splits: readonly Split[]): Split[][] {
  const groups: Split[][] = [];
  const direction = ({ from, at, to }: Split) => Math.sign(level(e, at, to) - level(e, from, at));
  for (const split of splits) {
    const group = groups.at(-1);
    if (group && direction(group[0]!) === direction(split)) group.push(split);
    else groups.push([split]);
  }
  return groups;
}

function step(e: Evidence, split: Split, bucketMs: number): Change {
  const { from, at, to, p } = split;
  const noise = discount(e, from, [at], to);
  const [first, last] = likelySplits(e, split, noise);
  const start = (i: number) => e.buckets[i]!.at;
  return {
    kind: 'step',
    at: start(at),
    // A bucket in which the change falls goes to the side it is liker to, so its edge is known to half a bucket.
    // The likeliest split of all may lie nearer to an end than a change is looked for.
    interval: [start(Math.min(first, at)) - bucketMs / 2, start(Math.max(last, at)) + bucketMs / 2],
    until: start(at),
    ...sizes(e, [from, at], [at, to], noise),
    p,
    falseAlarmsPerMonth: perMonth(e, p, bucketMs),
  };
}

/** Splits that hold 95 % of the likelihood when every split is as likely beforehand. */
function likelySplits(e: Evidence, { from, at, to }: Split, noise: number): [number, number] {
  const best = gain(e, from, at, to);
  const odds = Array.from({ length: to - from - 1 }, (_, i) => {
    const split = from + 1 + i;
    return { split, odds: Math.exp((gain(e, from, split, to) - best) / (2 * noise)) };
  }).sort((a, b) => b.odds - a.odds);
  const enough = 0.95 * odds.reduce((sum, { odds }) => sum + odds, 0);
  let held = 0;
  const within = odds.filter(({ odds }) => {
    const needed = held < enough;
    held += odds;
    return needed;
  });
  const splits = within.map(({ split }) => split);
  return [Math.min(...splits), Math.max(...splits)];
}

function drift(e: Evidence, group: readonly Split[], ramp: Ramp, noise: number, bucketMs: number): Change {
  const { from } = group[0]!;
  const { to } = group.at(-1)!;
  // A slope that reaches to an end of the series leaves no level there; its outermost fifth stands in.
  const fifth = Math.max(3, Math.floor((ramp.end - ramp.start) / 5));
  const beforeTo = ramp.start - from >= 3 ? ramp.start : Math.min(ramp.start + fifth, to - 1);
  const afterFrom = to - ramp.end >= 3 ? ramp.end : Math.max(ramp.end - fifth, from + 1);
  const p = Math.min(...group.map((split) => split.p));
  return {
    kind: 'drift',
    at: e.buckets[ramp.start]!.at,
    // Beginnings are tried at some buckets only, and each is known to half a bucket.
    interval: [
      Math.min(e.buckets[ramp.starts[0]]!.at, e.buckets[ramp.start]!.at) - (ramp.stride * bucketMs) / 2,
      Math.max(e.buckets[ramp.starts[1]]!.at, e.buckets[ramp.start]!.at) + (ramp.stride * bucketMs) / 2,
    ],
    until: e.buckets[ramp.end]!.at,
    ...sizes(e, [from, beforeTo], [afterFrom, to], noise),
    p,
    falseAlarmsPerMonth: perMonth(e, p, bucketMs),
  };
}

type Sizes = Pick<Change, 'before' | 'after' | 'change' | 'ci95'>;

function sizes(e: Evidence, old: [number, number], now: [number, number], noise: number): Sizes {
  const before = summarise(e.buckets.slice(...old), e.kind);
  const after = summarise(e.buckets.slice(...now), e.kind);
  const { change, ci95 } = compare(before, after, e.kind);
  if (e.kind === 'rate') {
    const wider = (end: number) => change + (end - change) * Math.sqrt(noise);
    return { before, after, change, ci95: [Math.max(-1, wider(ci95[0])), Math.min(1, wider(ci95[1]))] };
  }
  const weight = ([from, to]: [number, number]) => e.weight[to]! - e.weight[from]!;
  // The level on the logarithm is known to a share of itself; the change in units owes to both sides (delta method).
  const spread = (side: Summary, at: [number, number]) => (e.kind === 'grade' ? 1 : side.mean) * Math.sqrt(noise / weight(at));
  const margin = studentQuantile(0.05, before.buckets + after.buckets - 2) * Math.hypot(spread(before, old), spread(after, now));
  return { before, after, change, ci95: [change - margin, change + margin] };
}

function perMonth(e: Evidence, p: number, bucketMs: number): number {
  const span = e.buckets.at(-1)!.at - e.buckets[0]!.at + bucketMs;
  return (p * MONTH) / span;
}

/** A split that is likelier than one in twenty but not proven: this is what more rows would decide. */
const SUGGESTIVE = 0.05;

function undecided(
  e: Evidence,
  limits: Limits,
  { alpha, minEffect }: Pick<Bar, 'alpha' | 'minEffect'>,
): ChangeReport['undecided'] {
  const rows = e.rows.at(-1) ?? 0;
  const perBucket = Math.max(1, rows / Math.max(1, e.y.length));
  const short = Math.max(2 * limits.rows - rows, (2 * limits.buckets - e.y.length) * perBucket);
  if (short > 0) return { needs: Math.ceil(short) };
  const best = strongest(e, 0, e.y.length, limits);
  if (!best || best.p > SUGGESTIVE || best.p <= alpha) return null;
  const seen = effect(e, best);
  if (seen < minEffect) return null;
  // A change of that size would show with 80 % power at so many rows; a log that has them has shown that there is none.
  const more = (detectable(e, alpha) / seen) ** 2 - 1;
  return more >= WORTH_WAITING ? { needs: Math.ceil(rows * more) } : null;
}

/** Fewer more rows than this share of a log decide nothing that the log did not. */
const WORTH_WAITING = 0.1;

/** About what z the best of all splits must reach for this p: thirty independent looks. */
const scanThreshold = (alpha: number) => normalQuantileUpper(alpha / 60);

function detectable(e: Evidence, alpha: number): number {
  const whole = e.weight.at(-1) ?? 0;
  if (e.y.length < 4 || whole <= 0) return Infinity;
  const POWER_Z = 0.8416;
  const middle = Math.floor(e.y.length / 2);
  const rate = level(e, 0, e.y.length);
  const variance = e.kind === 'rate' ? Math.max(rate * (1 - rate), 0.005) : 1;
  const se = Math.sqrt((4 * variance * discount(e, 0, [middle], e.y.length)) / whole);
  const reach = (scanThreshold(alpha) + POWER_Z) * se;
  return e.kind === 'rate' || e.kind === 'grade' ? reach : Math.expm1(reach);
}
