import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changePoints } from '../../src/detect/index.ts';
import { scoreOne } from './tcpd-score.mjs';

export interface TcpdScore {
  series: Record<string, { f1: number; cover: number; found: number[] }>;
  f1: number;
  cover: number;
}

interface Dataset {
  n_obs: number;
  series: { raw: (number | null)[] }[];
}

const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Change points of every one-dimensional series in DIR/datasets, against the annotators (F1 with margin 5, and cover). */
export function scoreTcpd(dir: string): TcpdScore {
  const annotations = readJson(dir, 'annotations.json') as Record<string, Record<string, number[]>>;
  const series: TcpdScore['series'] = {};
  for (const name of readdirSync(join(dir, 'datasets')).filter((name) => name in annotations)) {
    const dataset = readJson(dir, 'datasets', name, `${name}.json`) as Dataset;
    const [only, ...others] = dataset.series;
    if (!only || others.length > 0) continue;
    const found = changePoints(only.raw.map((value) => value ?? NaN));
    const { f1, cover } = scoreOne(annotations[name]!, found, dataset.n_obs);
    series[name] = { f1, cover, found };
  }
  const all = Object.values(series);
  const mean = (of: 'f1' | 'cover') => all.reduce((sum, score) => sum + score[of], 0) / all.length;
  return { series, f1: mean('f1'), cover: mean('cover') };
}
