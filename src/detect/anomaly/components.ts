/** What can be odd about a point, one idea per class. Each answers before it learns; larger is odder, on a scale of its own. */
export interface Component {
  oddness: (value: number, at: number) => number;
}

/** A value beyond everything seen so far by more than 5 % of the range. Its answer is −log10 p already: of n values one is largest. */
export class NewExtreme implements Component {
  static readonly MARGIN = 0.05;
  static readonly FEWEST = 20;
  static readonly MOST_BONUS = 3;
  #low = Infinity;
  #high = -Infinity;
  #seen = 0;

  oddness(value: number): number {
    const range = this.#high - this.#low;
    const beyond = Math.max(value - this.#high, this.#low - value) / range;
    const odd = this.#seen > NewExtreme.FEWEST && range > 0 && beyond > NewExtreme.MARGIN;
    const bonus = Math.min(NewExtreme.MOST_BONUS, NewExtreme.MOST_BONUS * beyond);
    const answer = odd ? Math.log10(this.#seen + 1) + bonus : 0;
    this.#low = Math.min(this.#low, value);
    this.#high = Math.max(this.#high, value);
    this.#seen++;
    return answer;
  }
}

const DAY_MS = 86_400_000;

/** Distance from what is usual in this quarter of an hour of the day, which follows slowly. */
export class TimeOfDay implements Component {
  static readonly SLOT_MS = 900_000;
  static readonly FOLLOW = 0.1;
  #usual = new Map<number, number>();

  oddness(value: number, at: number): number {
    const slot = Math.floor((((at % DAY_MS) + DAY_MS) % DAY_MS) / TimeOfDay.SLOT_MS);
    const usual = this.#usual.get(slot) ?? value;
    this.#usual.set(slot, usual + TimeOfDay.FOLLOW * (value - usual));
    return Math.abs(value - usual);
  }
}

/** Distance of a moving average over about twenty values from the long-run mean: a level that moved, however quietly. */
export class SlowLevel implements Component {
  static readonly FAST = 0.05;
  static readonly SLOW = 0.001;
  #fast = 0;
  #slow = 0;
  #seen = 0;

  oddness(value: number): number {
    if (this.#seen === 0) this.#fast = this.#slow = value;
    this.#seen++;
    this.#fast += SlowLevel.FAST * (value - this.#fast);
    this.#slow += Math.max(SlowLevel.SLOW, 1 / this.#seen) * (value - this.#slow);
    return Math.abs(this.#fast - this.#slow);
  }
}
