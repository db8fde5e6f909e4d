import type { Bucket } from '../buckets.ts';
import type { MonitorOptions, Verdict } from './verdict.ts';

const SEEN = 0;
const USUAL = 1;
const WORST = 2;
const STALE = 3;

const FEWEST = 7;
const TIMES_USUAL = 4;
const TIMES_WORST = 1.5;
const FOLLOW = 0.1;

/** Judges the age of the newest row: stale beyond max(4 × usual, 1.5 × the worst of the first weeks). Tells each stall once. */
export class FreshnessMonitor {
  readonly state: Float64Array;

  constructor(_options: MonitorOptions, state: Float64Array = new Float64Array(4)) {
    this.state = state;
  }

  update({ at, n, sum }: Bucket): Verdict {
    if (!(n > 0) || !Number.isFinite(sum)) return { verdict: 'steady', score: 0 };
    const age = sum / n;
    const seen = this.state[SEEN]!++;
    if (seen < FEWEST) return this.#learn(age, seen, { verdict: 'undecided', needs: FEWEST - seen, score: 0 });
    const usual = this.state[USUAL]!;
    const limit = Math.max(TIMES_USUAL * usual, TIMES_WORST * this.state[WORST]!);
    const already = this.state[STALE] === 1;
    const stale = age > limit;
    this.state[STALE] = stale ? 1 : 0;
    const score = limit > 0 ? age / limit : 0;
    if (!stale) return this.#learn(age, seen, { verdict: 'steady', score });
    if (already) return { verdict: 'steady', score };
    return { verdict: 'worse', score, at, before: usual, after: age, change: usual > 0 ? age / usual - 1 : Infinity };
  }

  #learn(age: number, seen: number, verdict: Verdict): Verdict {
    this.state[USUAL] = seen === 0 ? age : this.state[USUAL]! + FOLLOW * (age - this.state[USUAL]!);
    this.state[WORST] = Math.max(this.state[WORST]!, age);
    return verdict;
  }
}
