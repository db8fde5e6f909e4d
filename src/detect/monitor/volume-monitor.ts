import type { Bucket } from '../buckets.ts';
import { phase } from '../changes/season.ts';
import { median, robustSd } from '../math/robust.ts';
import { judged, type MonitorOptions, type Verdict } from './verdict.ts';

const WEEK_MS = 7 * 86_400_000;
/** Volumes kept per weekday (hour of week): five, or as many as fit. */
const MOST_WEEKS = 5;
const ROOM = 170;
const RECENT = 28;
const HEADER = 4;
const SEEN = 0;
const WAS_LOW = 1;
const IN_STALL = 2;

/** One bucket this far below, in robust standard deviations, or two in a row less far. */
const DEEP = 5;
const LOW = 3.5;
const LEAST_SPREAD = 0.1;
/** Buckets seen before anything is said. */
const FEWEST = 14;
const MIN_LOSS = 0.4;

/** Judges volume: log ratio to the median of the same weekday (hour of week) of the weeks before. Growth never alarms. */
export class VolumeMonitor {
  readonly state: Float64Array;
  readonly #options: MonitorOptions;
  readonly #phases: number;
  readonly #weeks: number;

  constructor(options: MonitorOptions, state: Float64Array = new Float64Array(HEADER + RECENT + ROOM)) {
    this.#options = options;
    this.state = state;
    this.#phases = Math.max(1, Math.min(ROOM, Math.round(WEEK_MS / options.bucketMs)));
    this.#weeks = Math.max(1, Math.min(MOST_WEEKS, Math.floor(ROOM / this.#phases)));
  }

  update({ at, sum }: Bucket): Verdict {
    const seen = this.state[SEEN]!++;
    const place = phase(at, WEEK_MS, this.options.bucketMs) % this.#phases;
    const before = this.#sameWeekday(place);
    const usual = before.length > 0 ? median(before) : NaN;
    const ratio = Math.log((sum + 1) / (usual + 1));
    const verdict = Number.isNaN(ratio)
      ? ({ verdict: 'undecided', needs: FEWEST - seen, score: 0 } as const)
      : this.#judge(seen, ratio, at, usual, sum);
    // A stalled day must not become what is usual; a stall of four weeks is the new usual.
    if (this.state[IN_STALL] === 0 || this.state[IN_STALL]! > RECENT) this.#learn(place, sum, ratio, seen);
    return verdict;
  }

  get options(): MonitorOptions {
    return this.#options;
  }

  #judge(seen: number, ratio: number, at: number, usual: number, sum: number): Verdict {
    if (seen < FEWEST) return { verdict: 'undecided', needs: FEWEST - seen, score: 0 };
    const lost = -Math.expm1(ratio);
    if (lost < MIN_LOSS) return this.#usual();
    const recent = this.#recent(seen);
    const spread = Math.max(LEAST_SPREAD, robustSd(recent), 1 / Math.sqrt(usual + 1));
    const depth = (median(recent) - ratio) / spread;
    const low = depth > LOW;
    const alarm = low && (depth > DEEP || this.state[WAS_LOW] === 1);
    this.state[WAS_LOW] = low ? 1 : 0;
    const already = this.state[IN_STALL]! > 0;
    this.state[IN_STALL] = alarm ? this.state[IN_STALL]! + 1 : 0;
    if (!alarm || already) return { verdict: 'steady', score: Math.max(0, depth) };
    const change = sum / Math.max(1, usual) - 1;
    return { ...judged(this.#options, change), score: depth, at, before: usual, after: sum, change };
  }

  #usual(): Verdict {
    this.state[WAS_LOW] = 0;
    this.state[IN_STALL] = 0;
    return { verdict: 'steady', score: 0 };
  }

  #sameWeekday(place: number): number[] {
    const start = HEADER + RECENT + place * this.#weeks;
    return [...this.state.subarray(start, start + this.#weeks)].filter((volume) => volume > 0).map((volume) => volume - 1);
  }

  #recent = (seen: number) => this.state.slice(HEADER, HEADER + Math.min(RECENT, seen));

  /** Volumes are kept plus one, so that zero means not seen yet. */
  #learn(place: number, volume: number, ratio: number, seen: number): void {
    const start = HEADER + RECENT + place * this.#weeks;
    this.state.copyWithin(start + 1, start, start + this.#weeks - 1);
    this.state[start] = volume + 1;
    this.state[HEADER + (seen % RECENT)] = Number.isNaN(ratio) ? 0 : ratio;
  }
}
