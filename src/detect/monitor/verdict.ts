/** What is watched, and which way is bad. */
export interface MonitorOptions {
  /** `volume`: rows per bucket in `sum`. `freshness`: age of the newest row in `sum` (n = 1), any unit. */
  kind: 'rate' | 'value' | 'volume' | 'freshness';
  /** Width of a bucket in ms: a day, or an hour. */
  bucketMs: number;
  /** Which direction is worse. Default: down for rates and volume, up otherwise. */
  worse?: 'up' | 'down';
  /** Smallest change reported: points of a rate, share of a value. Default 0.03 and 0.15. */
  minEffect?: number;
}

/** The answer to each bucket. Only `worse` and `better` are news; the same change is told once. */
export type Verdict =
  | { verdict: 'steady'; score: number }
  /** Cannot tell yet: `needs` more rows (rates) or buckets. */
  | { verdict: 'undecided'; needs: number; score: number }
  | {
      verdict: 'worse' | 'better';
      /** Evidence, in units of the threshold's scale (log-likelihood; robust sd for volume; times the limit for freshness). */
      score: number;
      /** Start of the first bucket of the new level. */
      at: number;
      before: number;
      after: number;
      /** Points of a rate; relative otherwise. */
      change: number;
    };

/** Settings of the level monitor that are not the user's. */
export interface LevelSettings {
  threshold: number;
  /** By how much the threshold is higher for news that can wait. */
  patience: number;
  minEffect: number;
  minBuckets: number;
  minRowsBefore: number;
  minRowsAfter: number;
  /** Noise known from k buckets only is taken as 1 + caution / k times as large. */
  caution: number;
  /** Believed before anything is seen. */
  prior: { dispersion: number; correlation: number };
}

export function judged({ kind, worse }: MonitorOptions, change: number): { verdict: 'worse' | 'better' } {
  const bad = worse ?? (kind === 'rate' || kind === 'volume' ? 'down' : 'up');
  return { verdict: change > 0 === (bad === 'up') ? 'worse' : 'better' };
}
