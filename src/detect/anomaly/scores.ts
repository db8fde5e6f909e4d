import { NewExtreme, SlowLevel, TimeOfDay, type Component } from './components.ts';
import { NewShape } from './shape.ts';
import { Tail } from './tail.ts';

export interface Point {
  /** ms since the epoch. */
  at: number;
  value: number;
}

/** A row whose score is at least this is an anomaly. Frozen. */
export const ANOMALY_THRESHOLD = 7;
/** Rows after an alarm that raise none: what follows an anomaly is usually the same one. */
export const COOL_DOWN_ROWS = 120;
/** Values that make a shape. */
const SHAPE_ROWS = 20;
/** No single idea may raise an alarm alone. */
const MOST_PER_COMPONENT = 6;

/**
 * How anomalous each point is, in the order given, without looking ahead: the sum of −log10 tail probabilities of four
 * explainable oddities (new extreme, time of day, slow level, shape of the last 20 values), each calibrated on the points before it.
 * 0 = usual; `ANOMALY_THRESHOLD` and above = anomaly. After an anomaly, `COOL_DOWN_ROWS` rows score 0, but for one far beyond it. Not finite values score 0
 * and teach nothing.
 */
export function anomalyScores(points: readonly Point[], threshold = ANOMALY_THRESHOLD): Float64Array {
  const scorer = new AnomalyScorer(threshold);
  return Float64Array.from(points, (point) => scorer.score(point));
}

/** The same, one point at a time. */
export class AnomalyScorer {
  #extreme = new NewExtreme();
  #learned: { component: Component; tail: Tail }[] = [new TimeOfDay(), new SlowLevel(), new NewShape(SHAPE_ROWS)].map(
    (component) => ({ component, tail: new Tail() }),
  );
  #quiet = 0;
  #usual = new Usual();
  /** Of the anomaly that began the quiet: what was usual before it, and the farthest from that since. */
  #began = { centre: 0, farthest: 0 };
  readonly #threshold: number;

  constructor(threshold = ANOMALY_THRESHOLD) {
    this.#threshold = threshold;
  }

  score({ at, value }: Point): number {
    if (!Number.isFinite(value)) return 0;
    let total = Math.min(MOST_PER_COMPONENT, this.#extreme.oddness(value));
    for (const { component, tail } of this.#learned) {
      const oddness = component.oddness(value, at);
      total += Math.min(MOST_PER_COMPONENT, tail.surprise(oddness));
      tail.learn(oddness);
    }
    const told = this.#quiet > 0 ? this.#during(value, total) : total;
    if (this.#quiet > 0) this.#quiet--;
    else if (total >= this.#threshold) this.#begin(value);
    this.#usual.learn(value);
    return told;
  }

  /** In the quiet after an anomaly nothing is told but what makes it look small. */
  #during(value: number, total: number): number {
    const { centre, farthest } = this.#began;
    const distance = Math.abs(value - centre);
    if (distance <= FAR_BEYOND * farthest) return 0;
    this.#began.farthest = distance;
    if (total < this.#threshold) return 0;
    this.#quiet = COOL_DOWN_ROWS;
    return total;
  }

  #begin(value: number): void {
    const { centre, spread } = this.#usual;
    this.#began = { centre, farthest: Math.max(Math.abs(value - centre), spread) };
    this.#quiet = COOL_DOWN_ROWS - 1;
  }
}

/** A value this many times as far from what was usual as the anomaly before it is another one. */
const FAR_BEYOND = 3;

/** The mean of the values so far and how far they lie from it, both following slowly. */
class Usual {
  static readonly FOLLOW = 0.01;
  /** Of the mean distance: nearly all values lie within. */
  static readonly WIDE = 3;
  #seen = 0;
  #distance = 0;
  centre = 0;

  get spread(): number {
    return Usual.WIDE * this.#distance;
  }

  learn(value: number): void {
    this.#seen++;
    const follow = Math.max(Usual.FOLLOW, 1 / this.#seen);
    if (this.#seen > 1) this.#distance += follow * (Math.abs(value - this.centre) - this.#distance);
    this.centre += follow * (value - this.centre);
  }
}
