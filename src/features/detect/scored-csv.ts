import type { SeriesRow } from './read-series.ts';

const DIGITS = 4;

/** timestamp,value,anomaly_score: a line for each row of the input. A row that could not be read has no value and no score. */
export function scoredCsv(rows: readonly SeriesRow[], scores: ArrayLike<number>): string {
  const lines = rows.map(({ line, time, value, rejected }, i) => {
    const judged = rejected === null ? `${value},${scores[i]!.toFixed(DIGITS)}` : ',';
    return `${quoted(time ?? String(line))},${judged}`;
  });
  return `${['timestamp,value,anomaly_score', ...lines].join('\n')}\n`;
}

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
