import { z } from 'zod';
import { ANOMALY_THRESHOLD, anomalyScores, changePoints } from '../../detect/index.ts';
import { operation } from '../../platform/operation.ts';
import { requireWritable, save } from '../../platform/output-file.ts';
import { Anomalies, Changes, type Rejected } from './model.ts';
import { printAnomalies, printChanges } from './print.ts';
import { readSeries, type SeriesRow } from './read-series.ts';
import { scoredCsv } from './scored-csv.ts';
import { stretches } from './stretches.ts';

export const detectChanges = operation({
  name: 'detect.changes',
  summary: 'Find the points at which a series changed its level or its spread.',
  access: 'local',
  input: z.object({
    file: z.string().min(1).describe('CSV with the columns time,value, or a JSON array of numbers or of {time, value}.'),
  }),
  output: Changes,
  terminal: { words: ['detect', 'changes'], positional: 'file', print: printChanges, exitCode: () => 0 },
  async run(_ctx, { file }) {
    const { rows, columns } = await readSeries(file);
    const usable = rows.filter(({ rejected }) => rejected === null);
    const values = usable.map(({ value }) => value);
    const changes = stretches(values, changePoints(values)).map((stretch) => ({
      ...stretch,
      ...placeOf(usable[stretch.index]!),
    }));
    const needs = changes.length > 0 ? null : lacking(usable.length, FEWEST_FOR_CHANGE);
    return { file, rows: rows.length, columns, rejected: rejectedOf(rows), needs, changes };
  },
});

export const detectAnomalies = operation({
  name: 'detect.anomalies',
  summary: 'Score every row of a series for how unusual it is, judging each by the rows before it only.',
  access: 'local',
  input: z.object({
    file: z.string().min(1).describe('CSV with the columns time,value, or a JSON array of numbers or of {time, value}.'),
    out: z.string().min(1).optional().describe('Write timestamp,value,anomaly_score for every row to this CSV file.'),
    csv: z.boolean().default(false).describe('Print timestamp,value,anomaly_score for every row instead of a summary.'),
  }),
  output: Anomalies,
  terminal: { words: ['detect', 'anomalies'], positional: 'file', print: printAnomalies, exitCode: () => 0 },
  async run(_ctx, { file, out, csv }) {
    if (out) await requireWritable(out, [file]);
    const { rows, columns } = await readSeries(file);
    const scores = anomalyScores(rows);
    const anomalies = rows.flatMap((row, i) =>
      scores[i]! >= ANOMALY_THRESHOLD ? [{ ...placeOf(row), value: row.value, score: scores[i]! }] : [],
    );
    const written = out || csv ? scoredCsv(rows, scores) : '';
    if (out) await save(out, written);
    return {
      file,
      rows: rows.length,
      columns,
      rejected: rejectedOf(rows),
      needs: anomalies.length > 0 ? null : lacking(rows.filter(({ rejected }) => rejected === null).length, FEWEST_FOR_ANOMALY),
      threshold: ANOMALY_THRESHOLD,
      anomalies,
      out: out ?? null,
      csv: csv ? written : null,
    };
  },
});

/** From so many rows on a step of three times the spread is found wherever it lies but for the ends. */
const FEWEST_FOR_CHANGE = 20;
/** So many are taken for what is usual. */
const FEWEST_FOR_ANOMALY = 100;

const lacking = (rows: number, fewest: number) => (rows < fewest ? fewest - rows : null);

const placeOf = ({ line, time }: SeriesRow) => ({ line, time });

const MOST_LISTED = 10;

function rejectedOf(rows: readonly SeriesRow[]): Rejected {
  const bad = rows.flatMap(({ line, rejected }) => (rejected === null ? [] : [{ line, reason: rejected }]));
  return { rows: bad.length, first: bad.slice(0, MOST_LISTED) };
}
