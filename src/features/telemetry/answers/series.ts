import { z } from 'zod';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { invalid } from '../../../platform/problem.ts';
import { distinct } from '../../../stores/telemetry/index.ts';
import { tidy } from '../prices/index.ts';
import { startOf, type BucketName } from './buckets.ts';
import { conditionsOf, filterNames, type Filter } from './filter.ts';
import type { GroupBy, Metric } from './metrics.ts';
import { SumIfAny } from './numbers.ts';
import { scoreRows } from './scores-store.ts';
import { meanOf } from './scores.ts';
import { isoOf, lastSpansWhere, secondsOf, spansWhere, timeOf, tracesWith } from './store.ts';

/** Series of a metric, out of rollups where they know enough, else out of the spans. */

export interface Question {
  metric: Metric;
  groupBy?: GroupBy | undefined;
  bucket: BucketName;
  fromMs: number;
  toMs: number;
  filter: Filter;
}

const MOST_GROUPS = 20;

const columns = {
  workflow: 'workflow',
  model: 'model',
  environment: 'environment',
  promptVersion: 'prompt_version',
  status: 'status',
} satisfies Record<Exclude<GroupBy, 'scoreName'>, string>;

/** A model and a prompt are of a call; the run around it has several, or none. */
export const isOfCalls = ({ groupBy, filter }: Pick<Question, 'groupBy' | 'filter'>) =>
  groupBy === 'model' || groupBy === 'promptVersion' || filter.model !== undefined || filter.promptVersion !== undefined;

const Row = z.object({ label: z.string().nullable(), at: z.string(), value: SumIfAny, n: z.number() });
/** With the interval of what has one. */
type Row = z.infer<typeof Row> & { low?: number | null; high?: number | null };

/** The series of a metric, one per group, of rollups where these can answer, of spans otherwise. Throws `invalid` for a grouping that a metric has not. */
export async function seriesOf(ctx: Context, question: Question) {
  if (question.metric === 'score') return grouped(await meansOfScores(ctx, question));
  const { groupBy } = question;
  if (groupBy === 'scoreName') throw invalid('Only scores can be grouped by their name. Ask for the metric "score".');
  const asked = { ...question, groupBy };
  const rows = isInRollups(asked, ctx.now().getTime()) ? await rowsOfRollups(ctx, asked) : await rowsOfSpans(ctx, asked);
  if (question.metric !== 'costUsd') return grouped(rows);
  return grouped(rows.map(({ value, ...row }) => ({ ...row, value: value === null ? null : tidy(value) })));
}

async function meansOfScores(ctx: Context, { groupBy, ...asked }: Question): Promise<Row[]> {
  if (groupBy !== undefined && groupBy !== 'workflow' && groupBy !== 'scoreName')
    throw invalid('Scores can be grouped by workflow and by scoreName only.');
  const rows = await scoreRows(ctx, { ...asked, groupBy });
  return rows.map(({ label, at, ...sums }) => ({ label, at, ...meanOf(sums) }));
}

type SpanQuestion = Question & { groupBy?: Exclude<GroupBy, 'scoreName'> | undefined };

/** One series per group, the largest first. */
function grouped(rows: readonly Row[]) {
  const groups = new Map<string | null, { group: string | null; size: number; points: Omit<Row, 'label'>[] }>();
  for (const { label: group, ...point } of rows) {
    const known = groups.get(group) ?? { group, size: 0, points: [] };
    known.size += point.n;
    known.points.push(point);
    groups.set(group, known);
  }
  const sorted = [...groups.values()].sort((a, b) => b.size - a.size || String(a.group).localeCompare(String(b.group)));
  return {
    series: sorted.slice(0, MOST_GROUPS).map(({ group, points }) => ({ group, points })),
    groupsLeftOut: Math.max(0, sorted.length - MOST_GROUPS),
  };
}

/** What a metric is of the spans of a bucket: its value, and how many things that is of. */
function measured(metric: Exclude<Metric, 'score'>, ofCalls: boolean): { value: string; n: string } {
  const runs = ofCalls ? 'countIf(costable)' : 'uniq(trace_id)';
  const errors = ofCalls ? `countIf(costable AND status = 'error')` : `uniqIf(trace_id, status = 'error')`;
  const timed = `duration_ms IS NOT NULL AND ${ofCalls ? 'costable' : `parent_span_id = ''`}`;
  const sum = (column: string) => {
    const n = `countIf(costable AND ${column} IS NOT NULL)`;
    return { value: `if(${n} = 0, NULL, toFloat64(sumIf(${column}, costable)))`, n };
  };
  const latency = (level: number) => ({
    value: `if(countIf(${timed}) = 0, NULL, quantileTDigestIf(${level})(assumeNotNull(duration_ms), ${timed}))`,
    n: `countIf(${timed})`,
  });
  switch (metric) {
    case 'runs':
      return { value: runs, n: runs };
    case 'errors':
      return { value: errors, n: runs };
    case 'errorRate':
      return { value: `if(${runs} = 0, NULL, ${errors} / ${runs})`, n: runs };
    case 'latencyP50':
      return latency(0.5);
    case 'latencyP95':
      return latency(0.95);
    case 'inputTokens':
      return sum('input_tokens');
    case 'outputTokens':
      return sum('output_tokens');
    case 'costUsd':
      return sum('cost_usd');
    case 'users':
      return { value: 'uniq(user)', n: runs };
  }
}

/** Fields that stand on the spans that are measured; what else is asked for may stand on another span of the trace. */
const onEachSpan = ['workflow', 'environment', 'model', 'promptVersion'] as const;

function rowsOfSpans({ telemetry }: Context, { metric, groupBy, bucket, fromMs, toMs, filter }: SpanQuestion) {
  if (metric === 'score') throw new Error('Scores are a table of their own.');
  const ofCalls = isOfCalls({ groupBy, filter });
  const { value, n } = measured(metric, ofCalls);
  const { minCostUsd, status, ...rest } = filter;
  const own = conditionsOf(Object.fromEntries(onEachSpan.map((field) => [field, rest[field]])));
  const others = conditionsOf({ ...rest, ...Object.fromEntries(onEachSpan.map((field) => [field, undefined])) });
  const times = `started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}`;
  const failed = tracesWith(times, `status = 'error'`);
  const where = [
    times,
    ...others.map(({ sql }) => `trace_id IN ${tracesWith(times, sql)}`),
    ...(status === undefined ? [] : [`trace_id ${status === 'ok' ? 'NOT ' : ''}IN ${failed}`]),
    ...(minCostUsd === undefined
      ? []
      : [
          `trace_id IN (SELECT trace_id FROM ${spansWhere(`${times} AND costable`)} GROUP BY trace_id
            HAVING sum(cost_usd) >= {minCostUsd:Float64})`,
        ]),
  ];
  // A run has failed when one of its spans has.
  const ofRun = `if(trace_id IN ${failed}, 'error', 'ok')`;
  const label = groupBy === undefined ? 'NULL' : groupBy === 'status' && !ofCalls ? ofRun : `toString(${columns[groupBy]})`;
  const params = Object.assign({}, ...[...own, ...others].map((condition) => condition.params)) as Record<string, unknown>;
  return telemetry.rows(Row)(
    `SELECT ${label} AS label, ${startOf[bucket]}(started_at, 'UTC') AS at,
      ${value} AS value, ${n} AS n
    FROM ${own.length === 0 ? spansWhere(where.join(' AND ')) : lastSpansWhere(where.join(' AND '), own.map(({ sql }) => sql).join(' AND '))}
    GROUP BY label, at HAVING n > 0 ORDER BY at`,
    { ...params, minCostUsd, from: isoOf(fromMs), to: isoOf(toMs) },
  );
}

const MINUTES_KEPT_MS = 29 * DAY_MS;
const inRollups: readonly string[] = ['workflow', 'environment', 'model', 'promptVersion'];

/** Whether rollups can answer: they know these fields, and not who the users of a call were. */
function isInRollups({ metric, groupBy, bucket, fromMs, filter }: SpanQuestion, nowMs: number): boolean {
  // Of the fields of a filter alone: what else the question carried, as the name of its client, asks for nothing.
  const known = filterNames.every((field) => filter[field] === undefined || inRollups.includes(field));
  const isKept = bucket !== 'minute' || fromMs > nowMs - MINUTES_KEPT_MS;
  const byCalls = isOfCalls({ groupBy, filter });
  return known && isKept && !(metric === 'users' && (byCalls || groupBy === 'status')) && !(groupBy === 'status' && !byCalls);
}

/** Where a metric stands in the rollups. */
function rolledUp(metric: Exclude<Metric, 'score'>, ofCalls: boolean): { table: 'run' | 'usage'; value: string; n: string } {
  const run = (value: string, n = distinct('runs')) => ({ table: 'run' as const, value, n });
  const usage = (value: string, n: string) => ({ table: 'usage' as const, value, n });
  const failedCalls = `sumIf(calls, status = 'error')`;
  const failedRuns = distinct('failed');
  const latency = (level: 1 | 2) => {
    const value = `if(sum(timed) = 0, NULL, quantilesTDigestMerge(0.5, 0.95)(latency)[${level}])`;
    return ofCalls ? usage(value, 'sum(timed)') : run(value, 'sum(timed)');
  };
  switch (metric) {
    case 'runs':
      return ofCalls ? usage('sum(calls)', 'sum(calls)') : run(distinct('runs'));
    case 'errors':
      return ofCalls ? usage(failedCalls, 'sum(calls)') : run(failedRuns);
    case 'errorRate':
      return ofCalls
        ? usage(`if(sum(calls) = 0, NULL, ${failedCalls} / sum(calls))`, 'sum(calls)')
        : run(`${failedRuns} / ${distinct('runs')}`);
    case 'latencyP50':
      return latency(1);
    case 'latencyP95':
      return latency(2);
    case 'inputTokens':
      return usage('if(sum(with_input) = 0, NULL, sum(input_tokens))', 'sum(with_input)');
    case 'outputTokens':
      return usage('if(sum(with_output) = 0, NULL, sum(output_tokens))', 'sum(with_output)');
    case 'costUsd':
      return usage('if(sum(with_cost) = 0, NULL, sum(cost_usd))', 'sum(with_cost)');
    case 'users':
      return run(distinct('users'));
  }
}

function rowsOfRollups({ telemetry }: Context, { metric, groupBy, bucket, fromMs, toMs, filter }: SpanQuestion) {
  if (metric === 'score') throw new Error('Scores are a table of their own.');
  const { table, value, n } = rolledUp(metric, isOfCalls({ groupBy, filter }));
  // Of hours there is a sum of all workflows, too: a chart of hours has the most points, and each sketch that is merged counts.
  const ofAll = table === 'run' && bucket === 'hour' && groupBy !== 'workflow' && filter.workflow === undefined;
  const conditions = conditionsOf(filter);
  const where = [
    'client_id = {client:UUID}',
    'at >= fromUnixTimestamp({fromS:Int64})',
    'at < fromUnixTimestamp({toS:Int64})',
    ...conditions.map(({ sql }) => sql),
  ];
  const params = Object.assign({}, ...conditions.map((condition) => condition.params)) as Record<string, unknown>;
  return telemetry.rows(Row)(
    `SELECT ${groupBy === undefined ? 'NULL' : `nullIf(toString(${columns[groupBy]}), '')`} AS label, at, ${value} AS value, ${n} AS n
    FROM ${ofAll ? 'run_all_hour' : `${table}_${bucket}`} AS ${table} WHERE ${where.join(' AND ')} GROUP BY label, at HAVING n > 0 ORDER BY at`,
    { ...params, ...secondsOf({ fromMs, toMs }) },
  );
}
