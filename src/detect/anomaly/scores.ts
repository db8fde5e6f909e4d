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
 * 0 = usual; `ANOMALY_THRESHOLD` and above = anomaly. After an anomaly, `COOL_DOWN_ROWS` rows score 0. Not finite values score 0
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
    if (this.#quiet > 0) return this.#hush();
    if (total >= this.#threshold) this.#quiet = COOL_DOWN_ROWS - 1;
    return total;
  }

  #hush(): number {
    this.#quiet--;
    return 0;
  }
}
