import type { Bucket } from '../buckets.ts';
import { MIN_EFFECT } from '../compare.ts';
import { FreshnessMonitor } from './freshness-monitor.ts';
import { LevelMonitor } from './level-monitor.ts';
import type { LevelSettings, MonitorOptions, Verdict } from './verdict.ts';
import { VolumeMonitor } from './volume-monitor.ts';

/** Watches one series. Keep `state` (≤ 2 kB) and pass it again to go on after a restart. */
export interface Monitor {
  readonly state: Float64Array;
  /** Takes the next bucket, in order of time; missing buckets are simply not given. */
  update: (bucket: Bucket) => Verdict;
}

// Set on the simulator's seeds 1–3, both beds; one configuration for both.
const RATE: Omit<LevelSettings, 'minEffect'> = {
  threshold: 6.5,
  patience: 1.6,
  minBuckets: 7,
  minRowsBefore: 60,
  minRowsAfter: 20,
  caution: 8,
  prior: { dispersion: 1.2, correlation: 0.2 },
};

const VALUE: Omit<LevelSettings, 'minEffect'> = {
  threshold: 9.4,
  patience: 1.6,
  minBuckets: 7,
  minRowsBefore: 0,
  minRowsAfter: 0,
  caution: 10,
  prior: { dispersion: 0, correlation: 0.5 },
};

/** A monitor of this kind, new or continued from a stored `state`. */
export function createMonitor(options: MonitorOptions, state?: Float64Array): Monitor {
  switch (options.kind) {
    case 'rate':
      return new LevelMonitor(options, { ...RATE, minEffect: options.minEffect ?? MIN_EFFECT.rate }, state);
    case 'value':
      return new LevelMonitor(options, { ...VALUE, minEffect: options.minEffect ?? MIN_EFFECT.value }, state);
    case 'volume':
      return new VolumeMonitor(options, state);
    case 'freshness':
      return new FreshnessMonitor(options, state);
  }
}
