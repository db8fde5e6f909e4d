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

const quoted = (text: string) => {
  const cell = harmless(text);
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

/** What a spreadsheet would take for a formula has an apostrophe before it. A number is none, also below zero. */
const harmless = (cell: string) => (/^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)) ? `'${cell}` : cell);
