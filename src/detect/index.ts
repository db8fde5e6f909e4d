/** Judging: pure functions from buckets and rows to verdicts. No clock, no store, no file. */
export { ANOMALY_THRESHOLD, anomalyScores, AnomalyScorer, COOL_DOWN_ROWS, type Point } from './anomaly/scores.ts';
export { summarise, type Bucket, type MetricKind, type Summary } from './buckets.ts';
export { findChanges, type Change, type ChangeReport, type FindChangesOptions } from './changes/find-changes.ts';
export { findStalls, type FindStallsOptions, type Stall } from './changes/find-stalls.ts';
export { compare, MIN_EFFECT, rowsNeeded, wilson, type Comparison } from './compare.ts';
export { categoricalDrift, type CategoricalDrift } from './drift/categorical.ts';
export { changedWords, type ChangedWord } from './drift/changed-words.ts';
export { hashNgrams, NGRAM_DIMENSIONS } from './drift/hash-ngrams.ts';
export { DRIFT_P, numericDrift, type Drift, type NumericDrift } from './drift/numeric.ts';
export { textChange, type DatedText, type TextChange } from './drift/text-change.ts';
export { textDrift, type TextDrift } from './drift/text.ts';
export { attribute, explainMix, type Attribution, type Explanation, type SegmentShare, type SegmentStats } from './mix.ts';
export { seededRandom } from './math/random.ts';
export { createMonitor, type Monitor } from './monitor/monitor.ts';
export type { MonitorOptions, Verdict } from './monitor/verdict.ts';
export { benjaminiHochberg } from './multiple-testing.ts';
export { changePoints } from './segment/change-points.ts';
