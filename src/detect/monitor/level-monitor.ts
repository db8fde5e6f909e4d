import type { Bucket } from '../buckets.ts';
import { HISTORY_LENGTH, History } from './history.ts';
import { judged, type LevelSettings, type MonitorOptions, type Verdict } from './verdict.ts';

/** How much is believed before anything is seen, in buckets. */
const PRIOR_BUCKETS = 20;
const MOST_CORRELATION = 0.9;
/** A single wild value is pulled in to this many standard deviations. */
const WILD_SD = 4;
/** Without this many values a standard deviation means nothing. */
const FEWEST_FOR_SD = 10;
/** The noise of a value is measured anew at least this often, in buckets. */
const NOISE_EVERY = 8;
const LEAST_RATE_VARIANCE = 0.005;

/** Judges a rate or a value: adaptive-window generalised likelihood ratio over every split of the buckets held. */
export class LevelMonitor {
  readonly state: Float64Array;
  readonly #history: History;
  readonly #options: MonitorOptions;
  readonly #settings: LevelSettings;

  constructor(options: MonitorOptions, settings: LevelSettings, state: Float64Array = new Float64Array(HISTORY_LENGTH)) {
    this.state = state;
    this.#history = new History(state);
    this.#options = options;
    this.#settings = settings;
  }

  update(bucket: Bucket): Verdict {
    if (!(bucket.n > 0) || !Number.isFinite(bucket.sum)) return { verdict: 'steady', score: 0 };
    this.#push(bucket);
    const missing = this.#missing();
    if (missing > 0) return { verdict: 'undecided', needs: missing, score: 0 };
    const best = this.#bestSplit();
    if (!best) return { verdict: 'steady', score: 0 };
    const atMost = best.gain / (2 * this.#leastDispersion());
    if (atMost < this.#settings.threshold) return { verdict: 'steady', score: atMost };
    const noise = this.#noise(best.split);
    this.#history.dispersion = noise.dispersion;
    const score = this.#score(best.gain, noise);
    const change = this.#effect(best.before, best.after);
    if (score < this.#threshold(best, change) || Math.abs(change) < this.#settings.minEffect) return { verdict: 'steady', score };
    return this.#alarm(best, noise, score, change);
  }

  /** Rates are never less noisy than binomial, values hardly ever half as noisy as of late: weak evidence needs no second look. */
  #leastDispersion(): number {
    if (this.#isRate) return 1;
    const isDue = this.#history.seen % NOISE_EVERY === 0;
    return isDue ? 0 : this.#history.dispersion / 2;
  }

  get #isRate(): boolean {
    return this.#options.kind === 'rate';
  }

  #push({ at, n, sum, sumLog }: Bucket): void {
    if (this.#isRate) return this.#history.push(at, sum / n, n);
    if (sum <= 0) return;
    const level = sumLog === undefined ? Math.log(sum / n) : sumLog / n;
    // Far fewer rows than usual say less; more than usual say no more, as buckets differ among themselves.
    const weight = Math.min(1, n / this.#history.typicalRows(n));
    this.#history.push(at, this.#winsorised(level), weight, level);
  }

  /** A wild value is pulled in until the next one confirms it: spikes pass, changes stay. */
  #winsorised(level: number): number {
    const history = this.#history;
    if (history.length < FEWEST_FOR_SD || history.dispersion === 0) return level;
    const limit = WILD_SD * Math.sqrt(history.dispersion);
    const before = history.newestAsSeen;
    const newest = history.length - 1;
    if (before !== history.level(newest) && Math.abs(level - before) <= limit) {
      history.restoreNewest();
      return level;
    }
    const [center] = this.#mean(Math.max(0, newest + 1 - FEWEST_FOR_SD), newest + 1);
    return center + Math.max(-limit, Math.min(limit, level - center));
  }

  /** Rows (buckets for values) that are still missing for a baseline. */
  #missing(): number {
    const { minBuckets, minRowsBefore } = this.#settings;
    const history = this.#history;
    if (history.seen > history.length) return 0;
    const [, rows] = this.#mean(0, history.length);
    const perBucket = this.#isRate ? rows / Math.max(1, history.length) : 1;
    return Math.ceil(Math.max((minBuckets - history.length) * perBucket, this.#isRate ? minRowsBefore - rows : 0));
  }

  #mean(from: number, to: number): [mean: number, weight: number] {
    let [weight, weighted] = [0, 0];
    for (let slot = from; slot < to; slot++) {
      weight += this.#history.weight(slot);
      weighted += this.#history.weight(slot) * this.#history.level(slot);
    }
    return [weight > 0 ? weighted / weight : 0, weight];
  }

  #bestSplit(): Best | null {
    const { minBuckets, minRowsBefore, minRowsAfter } = this.#settings;
    const history = this.#history;
    const [mean, whole] = this.#mean(0, history.length);
    let [weight, weighted] = [0, 0];
    let best: Best | null = null;
    for (let split = 1; split < history.length; split++) {
      weight += history.weight(split - 1);
      weighted += history.weight(split - 1) * history.level(split - 1);
      // The first slot may hold many merged buckets; then it alone is a baseline.
      if (split < minBuckets && history.seen <= history.length) continue;
      if (this.#isRate && (weight < minRowsBefore || whole - weight < minRowsAfter)) continue;
      const before = weighted / weight;
      const after = (mean * whole - weighted) / (whole - weight);
      const gain = ((before - after) ** 2 * weight * (whole - weight)) / whole;
      if (!best || gain > best.gain) best = { split, gain, before, after, weight };
    }
    if (best && this.#isRate) best.gain = binomialGain(best.before, best.weight, best.after, whole - best.weight);
    return best;
  }

  #noise(split: number): Noise {
    const { squares, crosses, free } = this.#residuals(split);
    const past = this.#history.past;
    const { dispersion, correlation } = this.#settings.prior;
    const known = past.free + free;
    const prior = this.#isRate ? PRIOR_BUCKETS : 0;
    const spread = (past.squares + squares + prior * dispersion) / Math.max(1, known + prior);
    const raw = (past.crosses + crosses) / Math.max(1e-12, past.squares + squares);
    // Few values about a fitted mean look less alike than they are (Marriott & Pope, Biometrika 1954).
    const cross = raw + (1 + 3 * Math.max(0, raw)) / Math.max(FEWEST_FOR_SD, known);
    const likeness = (cross * known + correlation * PRIOR_BUCKETS) / (known + PRIOR_BUCKETS);
    return { dispersion: spread, correlation: Math.min(MOST_CORRELATION, Math.max(0, likeness)), free: known, squares, crosses };
  }

  #residuals(split: number): { squares: number; crosses: number; free: number } {
    let [squares, crosses] = [0, 0];
    for (const [from, to] of [
      [0, split],
      [split, this.#history.length],
    ] as const) {
      const [mean] = this.#mean(from, to);
      const scale = this.#isRate ? 1 / Math.max(mean * (1 - mean), LEAST_RATE_VARIANCE) : 1;
      let previous = 0;
      for (let slot = from; slot < to; slot++) {
        const left = (this.#history.level(slot) - mean) * Math.sqrt(this.#history.weight(slot) * scale);
        squares += left * left;
        crosses += left * previous;
        previous = left;
      }
    }
    return { squares, crosses, free: Math.max(0, this.#history.length - 2) };
  }

  /** Log-likelihood gained, noise taken off, as if the spread were known (few buckets count for less). */
  #score(gain: number, { dispersion, correlation, free }: Noise): number {
    const inflation =
      (this.#isRate ? Math.max(1, dispersion) : dispersion) *
      ((1 + correlation) / (1 - correlation)) *
      (1 + this.#settings.caution / Math.max(1, free));
    const squared = gain / Math.max(inflation, 1e-12);
    const known = this.#isRate ? free + PRIOR_BUCKETS : free;
    return (known * Math.log1p(squared / Math.max(1, known))) / 2;
  }

  /** Good news and a return to the level before can wait for more evidence: most of it is chance swinging back. */
  #threshold({ before, after }: Best, change: number): number {
    const { threshold, patience } = this.#settings;
    const old = this.#history.levelBefore;
    const isReturn = old !== null && Math.abs(after - old) < Math.abs(after - before) / 2;
    const canWait = isReturn || (this.#isRate && judged(this.#options, change).verdict === 'better');
    return canWait ? patience * threshold : threshold;
  }

  #effect(before: number, after: number): number {
    return this.#isRate ? after - before : Math.expm1(after - before);
  }

  #alarm({ split, before, after }: Best, { squares, crosses, free }: Noise, score: number, change: number): Verdict {
    const at = this.#history.at(split);
    const share = split / this.#history.length;
    this.#history.dropBefore(split, before, { squares: squares * share, crosses: crosses * share, free: Math.min(free, split) });
    const shown = (level: number) => (this.#isRate ? level : Math.exp(level));
    return { ...judged(this.#options, change), score, at, before: shown(before), after: shown(after), change };
  }
}

interface Best {
  /** Weight before the split. */
  weight: number;
  split: number;
  gain: number;
  before: number;
  after: number;
}

interface Noise {
  dispersion: number;
  correlation: number;
  free: number;
  squares: number;
  crosses: number;
}

/** Twice the log-likelihood gained by two rates in place of one. */
function binomialGain(before: number, n: number, after: number, m: number): number {
  const pooled = (n * before + m * after) / (n + m);
  return 2 * (n * divergence(before, pooled) + m * divergence(after, pooled));
}

/** Kullback–Leibler divergence of two rates. */
function divergence(seen: number, expected: number): number {
  return (seen > 0 ? seen * Math.log(seen / expected) : 0) + (seen < 1 ? (1 - seen) * Math.log((1 - seen) / (1 - expected)) : 0);
}
