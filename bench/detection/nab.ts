import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANOMALY_THRESHOLD, anomalyScores } from '../../src/detect/index.ts';
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

/** Scores every row of every labelled file that is in DIR/data, in time order, nothing known of a file beforehand. */
export function anomaliesOfNab(dir: string): ScoredFile[] {
  const windows = JSON.parse(readFileSync(join(dir, 'combined_windows.json'), 'utf8')) as Record<string, [string, string][]>;
  return Object.entries(windows)
    .filter(([name]) => existsSync(join(dir, 'data', name)))
    .map(([name, spans]) => {
      const rows = readRows(join(dir, 'data', name));
      const points = rows.map(([time, value]) => ({ at: Date.parse(`${time.replace(' ', 'T')}Z`), value: Number(value) }));
      const timestamps = rows.map(([time]) => time);
      return { name, prep: prepare(timestamps, spans), score: anomalyScores(points) };
    });
}

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
