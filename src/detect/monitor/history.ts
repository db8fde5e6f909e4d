/**
 * The buckets a monitor still remembers, in one typed array so that a state can be stored as it is: the last buckets one by one,
 * everything older since the last change in the first slot (the anchor). Also what is known of the noise.
 */
const SLOTS = 60;
const HEADER = 10;
const PER_SLOT = 3;

export const HISTORY_LENGTH = HEADER + SLOTS * PER_SLOT;

/** Noise remembered counts for at most this many buckets, so that it can change. */
const MOST_REMEMBERED = 90;

const USED = 0;
const SQUARES = 1;
const CROSSES = 2;
const FREE = 3;
const TYPICAL_ROWS = 4;
const SEEN = 5;
const DISPERSION = 6;
const AS_SEEN = 7;
const CHANGES = 8;
const LEVEL_BEFORE = 9;

export class History {
  readonly #state: Float64Array;

  constructor(state: Float64Array) {
    this.#state = state;
  }

  get length(): number {
    return this.#state[USED]!;
  }

  /** Buckets ever seen. */
  get seen(): number {
    return this.#state[SEEN]!;
  }

  at(slot: number): number {
    return this.#state[HEADER + slot]!;
  }

  level(slot: number): number {
    return this.#state[HEADER + SLOTS + slot]!;
  }

  weight(slot: number): number {
    return this.#state[HEADER + 2 * SLOTS + slot]!;
  }

  /** The newest level before it was winsorised. */
  get newestAsSeen(): number {
    return this.#state[AS_SEEN]!;
  }

  /** Takes the newest level as it was seen after all. */
  restoreNewest(): void {
    this.#state[HEADER + SLOTS + this.length - 1] = this.newestAsSeen;
  }

  /** Dispersion when last judged, so that a new value can be winsorised before it is. */
  get dispersion(): number {
    return this.#state[DISPERSION]!;
  }

  set dispersion(value: number) {
    this.#state[DISPERSION] = value;
  }

  /** Sum of squared weighted residuals, of their neighbouring products, and how many went in, from buckets no longer held. */
  get past(): { squares: number; crosses: number; free: number } {
    return { squares: this.#state[SQUARES]!, crosses: this.#state[CROSSES]!, free: this.#state[FREE]! };
  }

  /** Rows of a usual bucket, following slowly. */
  typicalRows(rows: number): number {
    const before = this.#state[TYPICAL_ROWS]!;
    const FOLLOW = 0.1;
    this.#state[TYPICAL_ROWS] = before === 0 ? rows : before + FOLLOW * (rows - before);
    return this.#state[TYPICAL_ROWS];
  }

  push(at: number, level: number, weight: number, asSeen = level): void {
    if (this.length === SLOTS) this.#mergeOldest();
    this.#set(this.length, at, level, weight);
    this.#state[AS_SEEN] = asSeen;
    this.#state[USED]!++;
    this.#state[SEEN]!++;
  }

  /** The level before the last change, or null when there was none. */
  get levelBefore(): number | null {
    return this.#state[CHANGES]! > 0 ? this.#state[LEVEL_BEFORE]! : null;
  }

  /** Forgets everything before this slot except its level and its noise. */
  dropBefore(slot: number, level: number, noise: { squares: number; crosses: number; free: number }): void {
    this.#state[CHANGES]!++;
    this.#state[LEVEL_BEFORE] = level;
    this.#remember(noise.squares, noise.crosses, noise.free);
    this.#shift(slot);
  }

  #mergeOldest(): void {
    const [first, second] = [this.weight(0), this.weight(1)];
    const whole = first + second;
    const mean = (first * this.level(0) + second * this.level(1)) / whole;
    const left = (slot: number) => (this.level(slot) - mean) * Math.sqrt(this.weight(slot));
    this.#remember((first * second * (this.level(0) - this.level(1)) ** 2) / whole, left(1) * left(2), 1);
    const at = this.at(0);
    this.#shift(1);
    this.#set(0, at, mean, whole);
  }

  #remember(squares: number, crosses: number, free: number): void {
    const total = this.past.free + free;
    const keep = total > MOST_REMEMBERED ? MOST_REMEMBERED / total : 1;
    this.#state[SQUARES] = keep * (this.past.squares + squares);
    this.#state[CROSSES] = keep * (this.past.crosses + crosses);
    this.#state[FREE] = keep * total;
  }

  #shift(by: number): void {
    for (let part = 0; part < PER_SLOT; part++) {
      const start = HEADER + part * SLOTS;
      this.#state.copyWithin(start, start + by, start + this.length);
    }
    this.#state[USED] = this.length - by;
  }

  #set(slot: number, at: number, level: number, weight: number): void {
    this.#state[HEADER + slot] = at;
    this.#state[HEADER + SLOTS + slot] = level;
    this.#state[HEADER + 2 * SLOTS + slot] = weight;
  }
}
