import { sortedQuantile } from '../math/robust.ts';

/** Values kept to judge the next by; enough for a 2 % tail, few enough to follow a slow change. */
const MEMORY = 4096;
const REFIT_EVERY = 32;
const TAIL = 0.02;
/** Before this many values nothing is surprising. */
const FEWEST = 100;

/**
 * Turns a statistic of any scale into −log10 of the share of earlier values at least as large: counted up to the 98 % quantile,
 * an exponential tail beyond it (the peaks-over-threshold idea). Judges first, learns after.
 */
export class Tail {
  #ring = new Float64Array(MEMORY);
  #seen = 0;
  #sorted = new Float64Array(0);
  #corner = Infinity;
  #excess = 0;

  /** −log10 p of this value given the ones before; 0 while there are too few. */
  surprise(value: number): number {
    if (this.#seen < FEWEST) return 0;
    if (value > this.#corner && this.#excess > 0) return -Math.log10(TAIL) + (value - this.#corner) / (this.#excess * Math.LN10);
    return -Math.log10((this.#atLeast(value) + 1) / (this.#sorted.length + 1));
  }

  learn(value: number): void {
    this.#ring[this.#seen++ % MEMORY] = value;
    if (this.#seen >= FEWEST && (this.#seen % REFIT_EVERY === 0 || this.#seen === FEWEST)) this.#refit();
  }

  #refit(): void {
    this.#sorted = this.#ring.slice(0, Math.min(this.#seen, MEMORY)).sort();
    this.#corner = sortedQuantile(this.#sorted, 1 - TAIL);
    const above = this.#sorted.subarray(this.#sorted.length - this.#atLeast(this.#corner));
    this.#excess = above.reduce((sum, value) => sum + value - this.#corner, 0) / Math.max(1, above.length);
  }

  #atLeast(value: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return this.#sorted.length - low;
  }
}
