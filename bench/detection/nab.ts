import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANOMALY_THRESHOLD, anomalyScores, COOL_DOWN_ROWS } from '../../src/detect/index.ts';
import { prepare, scoreCorpus } from './nab-score.mjs';

export interface ScoredFile {
  name: string;
  prep: ReturnType<typeof prepare>;
  score: Float64Array;
}

export interface NabScore {
  files: number;
  threshold: number;
  standard: number;
  lowFalsePositives: number;
  lowFalseNegatives: number;
  windows: number;
  windowsHit: number;
  falsePositiveRows: number;
}

/**
 * Scores on files that had no part in choosing the threshold: the best of a range on each half of the files (every other one),
 * scored on the other half. How far the threshold carries over, which the figure above cannot show.
 */
export function scoreNabHeldOut(uncooled: readonly ScoredFile[]): { standard: number; lowFalsePositives: number } {
  const halves = [0, 1].map((parity) => uncooled.filter((_, i) => i % 2 === parity));
  const scores = halves.map((half, i) => at(halves[1 - i]!, bestThreshold(half)));
  const mean = (of: 'standard' | 'lowFalsePositives') => scores.reduce((sum, score) => sum + score[of], 0) / scores.length;
  return { standard: mean('standard'), lowFalsePositives: mean('lowFalsePositives') };
}

const THRESHOLDS = Array.from({ length: 13 }, (_, i) => 5 + i * 0.4);

const at = (files: readonly ScoredFile[], threshold: number) =>
  scoreNab(
    files.map((file) => ({ ...file, score: coolDown(file.score, threshold) })),
    threshold,
  );

function bestThreshold(files: readonly ScoredFile[]): number {
  const worth = (threshold: number) => {
    const { standard, lowFalsePositives } = at(files, threshold);
    return standard + lowFalsePositives;
  };
  return THRESHOLDS.map((threshold) => ({ threshold, worth: worth(threshold) })).reduce((a, b) => (b.worth > a.worth ? b : a))
    .threshold;
}

/** What the detector does after an alarm, done afterwards, so that one run serves every threshold. */
export function coolDown(score: Float64Array, threshold: number): Float64Array {
  let quietUntil = 0;
  return score.map((value, i) => {
    if (i < quietUntil) return 0;
    if (value >= threshold) quietUntil = i + COOL_DOWN_ROWS;
    return value;
  });
}

/** Every labelled file that is in DIR/data. */
export function seriesOfNab(dir: string) {
  const windows = JSON.parse(readFileSync(join(dir, 'combined_windows.json'), 'utf8')) as Record<string, [string, string][]>;
  return Object.entries(windows)
    .filter(([name]) => existsSync(join(dir, 'data', name)))
    .map(([name, spans]) => {
      const rows = readRows(join(dir, 'data', name));
      const points = rows.map(([time, value]) => ({ at: Date.parse(`${time.replace(' ', 'T')}Z`), value: Number(value) }));
      const timestamps = rows.map(([time]) => time);
      return { name, points, prep: prepare(timestamps, spans) };
    });
}

/** Scores every row of each, in time order, nothing known of a file beforehand. */
export const anomaliesOfNab = (dir: string, threshold?: number): ScoredFile[] =>
  seriesOfNab(dir).map(({ name, prep, points }) => ({ name, prep, score: anomalyScores(points, threshold) }));

function readRows(file: string): [string, string][] {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/).slice(1).filter(Boolean);
  return lines.map((line) => line.split(',') as [string, string]);
}

/** The score with the frozen threshold. */
export function scoreNab(files: readonly ScoredFile[], threshold = ANOMALY_THRESHOLD): NabScore {
  const profiles = scoreCorpus(files, { threshold: threshold as never }) as unknown as Record<string, Profile>;
  const standard = profiles['standard']!;
  return {
    files: files.length,
    threshold,
    standard: standard.score,
    lowFalsePositives: profiles['reward_low_FP_rate']!.score,
    lowFalseNegatives: profiles['reward_low_FN_rate']!.score,
    windows: standard.windows,
    windowsHit: standard.windowsHit,
    falsePositiveRows: standard.fpRows,
  };
}

interface Profile {
  score: number;
  windows: number;
  windowsHit: number;
  fpRows: number;
}
