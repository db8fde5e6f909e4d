import { z } from 'zod';
import type { Bucket, SegmentStats } from '../../detect/index.ts';
import { atOnce } from '../../platform/at-once.ts';
import type { ScratchTelemetry } from '../../stores/telemetry/index.ts';
import type { Mapping } from '../telemetry/index.ts';
import { languageOf } from '../telemetry/index.ts';
import { furtherScore, succeeded, type Metric } from './metrics.ts';
import { roleOf, type ColumnRole } from './outcome.ts';

/** Every question the audit asks of the table `call`. */

const LIMIT = { timeoutMs: 300_000 };
/** Questions that the engine answers at once: two keep two cores busy, and of more each would have less memory. */
const QUESTIONS = 2;

/** The same store: whoever asks it many questions at once has them answered a few at a time. */
export function inTurns(store: ScratchTelemetry): ScratchTelemetry {
  const turn = atOnce(QUESTIONS);
  return {
    ...store,
    rows: (shape) => (sql, params, options) => turn(() => store.rows(shape)(sql, params, options)),
  };
}

const ms = (iso: string | null) => (iso === null ? null : Date.parse(iso));

const Overview = z.object({
  rows: z.number(),
  rejected: z.number(),
  recoded: z.number(),
  unread_scores: z.number(),
  failed: z.number(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  with_score: z.number(),
  binary: z.number(),
  lowest_score: z.number().nullable(),
  highest_score: z.number().nullable(),
  inner_scores: z.array(z.number().nullable()),
  score_sd: z.number().nullable(),
});

export async function findOverview(store: ScratchTelemetry) {
  const [row] = await store.rows(Overview)(
    `select countIf(reject = '') as rows, countIf(reject != '') as rejected, countIf(recoded and reject = '') as recoded,
       countIf(score_unread and reject = '') as unread_scores, countIf(error = 1 and reject = '') as failed, minIf(at, reject = '') as from, maxIf(at, reject = '') as to,
       countIf(isNotNull(graded) and reject = '') as with_score, countIf(graded in (0, 1) and reject = '') as binary,
       minIf(graded, reject = '') as lowest_score, maxIf(graded, reject = '') as highest_score,
       quantilesIf(0.01, 0.99)(ifNull(graded, 0), isNotNull(graded) and reject = '') as inner_scores, stddevPopIf(graded, reject = '') as score_sd
     from call`,
    {},
    LIMIT,
  );
  return { ...row!, from: ms(row!.from), to: ms(row!.to) };
}

const Scores = z.object({
  n: z.number(),
  binary: z.number(),
  lowest: z.number().nullable(),
  highest: z.number().nullable(),
  inner: z.array(z.number().nullable()),
  sd: z.number().nullable(),
});

/** What a score beside the judged one is like, by its place among them. */
export async function findScores(store: ScratchTelemetry, place: number) {
  const sql = furtherScore(place);
  const [row] = await store.rows(Scores)(
    `select count(${sql} as x) as n, countIf(x in (0, 1)) as binary, min(x) as lowest, max(x) as highest,
       quantilesIf(0.01, 0.99)(ifNull(x, 0), isNotNull(x)) as inner, stddevPop(x) as sd
     from call where reject = ''`,
    {},
    LIMIT,
  );
  return row!;
}

export const listRejectReasons = (store: ScratchTelemetry) =>
  store.rows(z.object({ reason: z.string(), rows: z.number() }))(
    `select reject as reason, count() as rows from call where reject != '' group by reject order by rows desc`,
  );

/** A column by which rows can be told apart. */
export interface Dimension {
  name: string;
  /** The column of the log it was read from. */
  column: string;
  sql: string;
  says: ColumnRole;
  /** Its values with the most rows, most first. */
  values: { value: string; n: number }[];
}

/** Of a column with more values, those with the most rows are compared. */
export const MOST_VALUES = 100;

/** The dimensions of the log that have more than one value, or the model whatever it has. */
export async function listDimensions(store: ScratchTelemetry, mapping: Mapping): Promise<Dimension[]> {
  const { model, promptVersion, workflow } = mapping.fields;
  const known = [
    { name: 'model', column: model?.name, sql: 'model', says: 'input' as const },
    { name: 'prompt_version', column: promptVersion?.name, sql: 'prompt_version', says: 'input' as const },
    { name: 'workflow', column: workflow?.name, sql: 'workflow', says: 'input' as const },
    ...mapping.segments.map((segment, i) => ({
      name: segment.name,
      column: segment.name,
      sql: `segment[${i + 1}]`,
      says: roleOf(segment, mapping),
    })),
  ];
  const found = known
    .flatMap(({ column, ...one }) => (column === undefined ? [] : [{ ...one, column }]))
    .map(async (one) => {
      const values = await store.rows(z.object({ value: z.string(), n: z.number() }))(
        `select ${one.sql} as value, count() as n from call where reject = '' and ${one.sql} != '' group by value order by n desc, value limit ${MOST_VALUES}`,
        {},
        LIMIT,
      );
      return { ...one, values };
    });
  return (await Promise.all(found)).filter(({ values }) => values.length > 0);
}

const statistics = (list: readonly Metric[]) =>
  list
    .map(
      ({ sql, kind }, i) =>
        `count(${sql} as x${i}) as n${i}, sum(x${i}) as s${i}, sum(x${i} * x${i}) as q${i}${
          kind === 'value' ? `, countIf(x${i} > 0) as k${i}, sumIf(log(x${i}), x${i} > 0) as l${i}` : ''
        }`,
    )
    .join(', ');

type StatisticsRow = Record<string, number | string | null>;

function bucketOf(row: StatisticsRow, i: number): Bucket {
  const [n, sum, sumSq] = [Number(row[`n${i}`]), Number(row[`s${i}`] ?? 0), Number(row[`q${i}`] ?? 0)];
  // Quantities alone are judged by their logarithms. Only where every row is positive does the sum of logarithms speak for all of them.
  const logs = Number(row[`k${i}`]) === n ? { sumLog: Number(row[`l${i}`] ?? 0) } : {};
  return { at: Number(row['at_ms'] ?? 0), n, sum, sumSq, ...logs };
}

const Row = z.record(z.string(), z.union([z.number(), z.string(), z.null()]));
const bucketStart = (widthMs: number) => `intDiv(toUnixTimestamp64Milli(assumeNotNull(at)), ${widthMs}) * ${widthMs}`;

/** Buckets of every metric over all rows; a metric without a value in a bucket has none there. */
export async function listBuckets(store: ScratchTelemetry, list: readonly Metric[], widthMs: number): Promise<Bucket[][]> {
  const rows = await store.rows(Row)(
    `select ${bucketStart(widthMs)} as at_ms, ${statistics(list)} from call where reject = '' and isNotNull(at) group by at_ms order by at_ms`,
    {},
    LIMIT,
  );
  return list.map((_, i) => rows.map((row) => bucketOf(row, i)).filter(({ n }) => n > 0));
}

/** The same for each listed value of a dimension. */
export async function listSegmentBuckets(
  store: ScratchTelemetry,
  list: readonly Metric[],
  { sql, values }: Dimension,
  widthMs: number,
): Promise<Map<string, Bucket[][]>> {
  const rows = await store.rows(Row)(
    `select ${sql} as value, ${bucketStart(widthMs)} as at_ms, ${statistics(list)} from call
     where reject = '' and isNotNull(at) and value in {values:Array(String)} group by value, at_ms order by at_ms`,
    { values: values.map(({ value }) => value) },
    LIMIT,
  );
  return new Map(
    values.map(({ value }) => {
      const own = rows.filter((row) => row['value'] === value);
      return [value, list.map((_, i) => own.map((row) => bucketOf(row, i)).filter(({ n }) => n > 0))];
    }),
  );
}

/** The rows with one value of a dimension: how many, and the totals of every metric. */
export interface CohortRow {
  value: string;
  n: number;
  totals: Bucket[];
}

/** Totals of every metric by the values of a dimension. */
export async function listCohorts(
  store: ScratchTelemetry,
  list: readonly Metric[],
  { sql, values }: Pick<Dimension, 'sql' | 'values'>,
): Promise<CohortRow[]> {
  const rows = await store.rows(Row)(
    `select ${sql} as value, count() as rows, ${statistics(list)} from call
     where reject = '' and value in {values:Array(String)} group by value order by value`,
    { values: values.map(({ value }) => value) },
    LIMIT,
  );
  return rows.map((row) => ({
    value: String(row['value']),
    n: Number(row['rows']),
    totals: list.map((_, i) => bucketOf(row, i)),
  }));
}

/** A stretch of time before a change and one after it, ms. */
export interface Stretches {
  from: number;
  at: number;
  until: number;
  to: number;
}

/** The rows of one side by the values of a dimension: how many, and of a metric mean and spread. */
export interface Side {
  rows: Map<string, number>;
  stats: Map<string, SegmentStats>;
}

const SideRow = z.object({
  value: z.string(),
  before: z.number(),
  rows: z.number(),
  n: z.number(),
  mean: z.number().nullable(),
  sd: z.number().nullable(),
});

/** Both sides of a change by the values of a dimension, those with the most rows; of a metric that no row has by itself no more than rows. */
export async function findSides(
  store: ScratchTelemetry,
  metric: Metric,
  { sql }: Dimension,
  stretches: Stretches,
): Promise<{ before: Side; after: Side }> {
  const bound = (name: keyof Stretches) => `fromUnixTimestamp64Milli({${name}:Int64})`;
  const rows = await store.rows(SideRow)(
    `select ${sql} as value, at < ${bound('at')} as before, count() as rows,
       count(${metric.sql || "CAST(NULL, 'Nullable(Float64)')"} as x) as n, avg(x) as mean, stddevSamp(x) as sd from call
     where reject = '' and (at >= ${bound('from')} and at < ${bound('at')} or at >= ${bound('until')} and at < ${bound('to')})
     group by value, before order by n desc, rows desc limit 200 by before`,
    Object.fromEntries(Object.entries(stretches).map(([name, ms]) => [name, Math.round(ms)])),
    LIMIT,
  );
  const side = (before: 0 | 1) =>
    sideOf(
      rows.filter((row) => row.before === before),
      metric,
    );
  return { before: side(1), after: side(0) };
}

const sideOf = (list: readonly z.infer<typeof SideRow>[], { kind }: Metric): Side => ({
  rows: new Map(list.map(({ value, rows }) => [value, rows])),
  stats: new Map(
    list
      .filter(({ n }) => n > 0)
      .map(({ value, n, mean, sd }) => [
        value,
        { n, mean: mean ?? 0, ...(kind !== 'rate' && sd !== null && Number.isFinite(sd) ? { sd } : {}) },
      ]),
  ),
});

/** What failed calls of a stretch of time say, most often first. */
export async function listFailures(
  store: ScratchTelemetry,
  { from, to, where }: { from: number; to: number; where?: { sql: string; value: string } | undefined },
): Promise<{ message: string; n: number }[]> {
  return store.rows(z.object({ message: z.string(), n: z.number() }))(
    `select failure as message, count() as n from call
     where reject = '' and error = 1 and at >= fromUnixTimestamp64Milli({from:Int64}) and at < fromUnixTimestamp64Milli({to:Int64})
       ${where ? `and ${where.sql} = {value:String}` : ''}
     group by message order by n desc, message limit 200`,
    { from: Math.round(from), to: Math.round(to), value: where?.value ?? '' },
    LIMIT,
  );
}

/** Of the calls of a stretch of time, the share that ask what another one of them asks. */
export async function repeatedShare(store: ScratchTelemetry, { from, to }: { from: number; to: number }): Promise<number> {
  const [row] = await store.rows(z.object({ n: z.number(), different: z.number() }))(
    `select count() as n, uniqExact(cityHash64(input)) as different from call
     where reject = '' and input_length > 0 and at >= fromUnixTimestamp64Milli({from:Int64}) and at < fromUnixTimestamp64Milli({to:Int64})`,
    { from: Math.round(from), to: Math.round(to) },
    LIMIT,
  );
  return row && row.n > 0 ? 1 - row.different / row.n : 0;
}

/** Of the rows in `sampled`, so many that they are about that many of the log. */
const someOf = (rows: string) =>
  `intDiv(cityHash64(file, row), every) % greatest(1, intDiv((select count() from call), every * (${rows}))) = 0`;

const SAMPLED_TEXTS = 3000;

/** Answers from all over the log, evenly by row. */
export async function sampleTexts(store: ScratchTelemetry): Promise<{ at: number; text: string }[]> {
  return store.rows(z.object({ at: z.number(), text: z.string() }))(
    `select at_ms as at, text from (
       select toUnixTimestamp64Milli(assumeNotNull(at)) as at_ms, output as text, cityHash64(file, row) as lot from sampled
       prewhere reject = '' and isNotNull(at) and ${succeeded} and output_length > 0 and ${someOf('2 * {most:UInt32}')}
       order by lot limit {most:UInt32})
     order by at_ms`,
    { most: SAMPLED_TEXTS },
    LIMIT,
  );
}

const SAMPLED_LANGUAGES = 20_000;
const languageSample = `cityHash64(file, row) % greatest(1, intDiv((select count() from call), ${SAMPLED_LANGUAGES})) = 0`;
/** Questions are short; two common words are in them all the same. */
export const languageAsked = languageOf('input', 15);
export const languageAnswered = languageOf('output');

/** How many answers of a sample are in each language, asked in which, by bucket. The sample is drawn first: to tell a language is dear. */
export async function listLanguages(store: ScratchTelemetry, widthMs: number) {
  return store.rows(z.object({ at_ms: z.number(), language: z.string(), asked: z.string(), n: z.number() }))(
    `select at_ms, language, asked, count() as n from (
       select ${bucketStart(widthMs)} as at_ms, ${languageAnswered} as language, ${languageAsked} as asked from sampled
       prewhere reject = '' and isNotNull(at) and ${succeeded} and output_length >= 40 and ${someOf(String(SAMPLED_LANGUAGES))})
     where language != '' group by at_ms, language, asked order by at_ms`,
    {},
    LIMIT,
  );
}

const ExampleRow = z.object({
  file: z.number(),
  row: z.number(),
  at: z.string().nullable(),
  model: z.string(),
  input: z.string(),
  output: z.string(),
  expected: z.string(),
  graded: z.number().nullable(),
  latency_s: z.number().nullable(),
  cost_usd: z.number().nullable(),
  output_tokens: z.number().nullable(),
});
export type ExampleRow = z.infer<typeof ExampleRow>;

export interface ExampleQuestion {
  fromMs: number | null;
  toMs: number | null;
  /** SQL over `call` that prefers the rows which show the finding: larger first. */
  prefer: string;
  /** What they are preferred by is dear: only the sample of languages is looked at. */
  sampled: boolean;
  /** The rows of one segment only. */
  where?: { sql: string; value: string } | undefined;
}

const EXAMPLES = 3;

/** Rows that show a finding, cut to a readable length. Found by the narrow columns first: sorting whole texts is dear. */
export async function listExamples(
  store: ScratchTelemetry,
  { fromMs, toMs, prefer, sampled, where }: ExampleQuestion,
): Promise<ExampleRow[]> {
  const found = await store.rows(z.object({ file: z.number(), row: z.number() }))(
    `select file, row from call
     where reject = '' and (input_length > 0 or output_length > 0) ${sampled ? `and ${languageSample}` : ''}
       ${fromMs === null ? '' : 'and at >= fromUnixTimestamp64Milli({from:Int64})'}
       ${toMs === null ? '' : 'and at < fromUnixTimestamp64Milli({to:Int64})'} ${where ? `and ${where.sql} = {value:String}` : ''}
     order by ${prefer} desc, cityHash64(file, row) limit ${EXAMPLES}`,
    { from: Math.round(fromMs ?? 0), to: Math.round(toMs ?? 0), value: where?.value ?? '' },
    LIMIT,
  );
  if (found.length === 0) return [];
  const rows = await store.rows(ExampleRow)(
    `select file, row, at, model, substringUTF8(input, 1, 600) as input, substringUTF8(output, 1, 800) as output,
       substringUTF8(expected, 1, 200) as expected, graded, latency_s, cost_usd, output_tokens
     from call prewhere (file, row) in (${found.map(({ file, row }) => `(${file}, ${row})`).join(', ')})`,
    {},
    LIMIT,
  );
  return found.flatMap((place) => rows.filter(({ file, row }) => file === place.file && row === place.row));
}
