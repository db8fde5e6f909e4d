import { MIN_EFFECT, type Bucket, type MetricKind } from '../../detect/index.ts';
import { ENDING } from '../telemetry/index.ts';
import type { Unit } from './model.ts';
import { named } from './report/text.ts';

/** What an audit judges. `sql` is the value of one row of `call`, NULL where the row says nothing about it. */
export interface Metric {
  name: string;
  /** The user's own word, to stand inside a sentence. */
  plain: string;
  sql: string;
  kind: MetricKind;
  unit: Unit;
  /** Which way is worse; `null` when a change is neither good nor bad by itself. */
  worse: 'up' | 'down' | null;
  /** Where no row has a value by itself: which rows show a change best. */
  shows?: string;
  /** Of a grade: how far its scale reaches from end to end, and the spread of single rows. */
  scale?: { range: number; sd: number };
  /** Of a metric that is not quite steady: by how much it moved, less than what makes a finding. */
  moved?: string;
}

/** Calls that did not fail. What a failed call took, cost and answered says that it failed, which is told once. */
export const succeeded = 'ifNull(error, 0) = 0';
const ofSuccess = (sql: string) => `if(${succeeded}, ${sql}, NULL)`;
const ofAnswer = (sql: string) => `if(has_output and ${succeeded}, ${sql}, NULL)`;

export const metrics = [
  { name: 'score', plain: 'right answers', sql: 'graded', kind: 'rate', unit: 'rate', worse: 'down' },
  { name: 'error_rate', plain: 'calls that failed', sql: 'toFloat64(error)', kind: 'rate', unit: 'rate', worse: 'up' },
  { name: 'latency_s', plain: 'time to answer', sql: ofSuccess('latency_s'), kind: 'value', unit: 'seconds', worse: 'up' },
  { name: 'cost_usd', plain: 'cost per call', sql: ofSuccess('cost_usd'), kind: 'value', unit: 'usd', worse: 'up' },
  {
    name: 'input_tokens',
    plain: 'tokens per question',
    sql: ofSuccess('input_tokens'),
    kind: 'value',
    unit: 'tokens',
    worse: null,
  },
  {
    name: 'output_tokens',
    plain: 'tokens per answer',
    sql: ofSuccess('output_tokens'),
    kind: 'value',
    unit: 'tokens',
    worse: null,
  },
  {
    name: 'refusal_rate',
    plain: 'refused answers',
    sql: ofAnswer('toFloat64(refusal)'),
    kind: 'rate',
    unit: 'rate',
    worse: 'up',
  },
  {
    name: 'empty_rate',
    plain: 'empty answers',
    sql: ofAnswer('toFloat64(empty)'),
    kind: 'rate',
    unit: 'rate',
    worse: 'up',
  },
  {
    name: 'truncated_rate',
    plain: 'cut-off answers',
    // As the provider says; what the texts show is added where they show it (truncation.ts).
    sql: ofAnswer(`toFloat64(ending = ${ENDING.cut})`),
    kind: 'rate',
    unit: 'rate',
    worse: 'up',
  },
  {
    name: 'format_valid_rate',
    plain: 'answers in the usual form',
    sql: ofSuccess('toFloat64(format_valid)'),
    kind: 'rate',
    unit: 'rate',
    worse: 'down',
  },
  {
    name: 'output_length',
    plain: 'length of answers',
    sql: ofAnswer('if(output_length > 0, toFloat64(output_length), NULL)'),
    kind: 'value',
    unit: 'characters',
    worse: null,
  },
  {
    name: 'input_length',
    plain: 'length of questions',
    sql: 'if(input_length > 0, toFloat64(input_length), NULL)',
    kind: 'value',
    unit: 'characters',
    worse: null,
  },
] as const satisfies readonly Metric[];

/** Volume, text and language (languages.ts) are read in other ways than by the row. */
export const volume: Metric = { name: 'volume', plain: 'number of calls', sql: '1', kind: 'count', unit: 'calls', worse: null };
export const text: Metric = { name: 'text', plain: 'wording of answers', sql: '', kind: 'value', unit: 'rate', worse: null };

/** Answers that go without a full stop by habit, and stop nowhere in the middle. */
export const openEnd = { plain: 'answers without a full stop at the end', name: 'open_end_rate', worse: null };

/** What the scores of a log are like: their ends, those of all but the outermost hundredths, and their spread. */
export interface Scores {
  lowest: number;
  highest: number;
  inner: readonly [number, number];
  sd: number;
}

/** A score that is not only right or wrong is a grade on a scale. */
export const asGraded = (metric: Metric, scores: Scores): Metric => ({
  ...metric,
  plain: metric.name === 'score' ? 'score' : metric.plain,
  kind: 'grade',
  unit: 'score',
  scale: { range: rangeOf(scores), sd: scores.sd },
});

/** The values of a score beside the judged one, by its place among them. */
export const furtherScore = (place: number) => `scores[${place + 1}]`;

/** A score beside the judged one. */
export const scoreNamed = (label: string, place: number, worse: 'up' | 'down'): Metric => ({
  name: `score:${label}`,
  plain: `score ${named(label)}`,
  sql: furtherScore(place),
  kind: 'rate',
  unit: 'rate',
  worse,
});

/** The scales that people grade on, the narrowest that holds all scores; of any other, what nearly all scores lie in. */
const SCALES = [
  [0, 1],
  [1, 5],
  [0, 5],
  [1, 10],
  [0, 10],
  [0, 100],
] as const;

function rangeOf({ lowest, highest, inner }: Scores): number {
  const known = SCALES.find(([low, high]) => lowest >= low && highest <= high);
  const [low, high] = known ?? inner;
  return high > low ? high - low : Math.max(Math.abs(high), 1);
}

/**
 * The smallest change that makes a finding: 3 points of a rate, 15 % of a quantity; of a grade 5 % of its scale, or half of what its rows
 * differ by where they lie so close that this is less, yet never under 1 % of the scale.
 */
export function leastChange({ kind, scale }: Pick<Metric, 'kind' | 'scale'>): number {
  if (kind !== 'grade' || !scale) return MIN_EFFECT[kind];
  return scale.range * Math.min(MIN_EFFECT.grade, Math.max(LEAST_GRADE, (CLOSE * scale.sd) / scale.range));
}

const LEAST_GRADE = 0.01;
const CLOSE = 0.5;

export interface Series {
  metric: Metric;
  segment: Record<string, string>;
  buckets: Bucket[];
}
