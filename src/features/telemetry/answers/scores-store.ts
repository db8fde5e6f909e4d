import { z } from 'zod';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { plausibleScore } from '../../../stores/telemetry/index.ts';
import { startOf, widthOf, type BucketName } from './buckets.ts';
import { conditionsOf, filterNames, type Filter } from './filter.ts';
import { Sum } from './numbers.ts';
import { isoOf, secondsOf, timeOf } from './store.ts';
import type { Window } from './windows.ts';

/** Sums of scores, by when they were given: out of rollups where they know enough, else score by score. */

const sums = { n: z.number(), sum: Sum, sumSq: Sum, graded: z.number() };
const Row = z.object({ label: z.string().nullable(), at: z.string(), ...sums, resent: z.number() });
export type ScoreRow = z.infer<typeof Row>;

export interface ScoreQuestion extends Window {
  groupBy?: 'workflow' | 'scoreName' | undefined;
  bucket: BucketName;
  filter: Filter;
}

const MINUTES_KEPT_MS = 29 * DAY_MS;
const inRollups = new Set<string>(['workflow', 'scoreName']);

/** The sums of each bucket, oldest first. */
export async function scoreRows(ctx: Context, question: ScoreQuestion): Promise<ScoreRow[]> {
  const { bucket, fromMs, filter } = question;
  const known = filterNames.every((field) => filter[field] === undefined || inRollups.has(field));
  if (!known || (bucket === 'minute' && fromMs <= ctx.now().getTime() - MINUTES_KEPT_MS)) return rowsOfScores(ctx, question);
  const rows = await rowsOfSums(ctx, question);
  const doubtful = rows.filter(({ resent }) => resent > 0).map(({ at }) => Date.parse(at));
  if (doubtful.length === 0) return rows.filter(({ n }) => n > 0);
  // What took the place of another is in no sum before the night: such buckets are read score by score.
  const [fromFirst, toLast] = [Math.min(...doubtful), Math.max(...doubtful) + widthOf[bucket]];
  const exact = await rowsOfScores(ctx, { ...question, fromMs: fromFirst, toMs: toLast });
  const isSure = ({ at, n }: ScoreRow) => n > 0 && (Date.parse(at) < fromFirst || Date.parse(at) >= toLast);
  return [...rows.filter(isSure), ...exact].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

const labels = { workflow: `nullIf(toString(workflow), '')`, scoreName: 'toString(name)' };

function rowsOfSums({ telemetry }: Context, { groupBy, bucket, filter: { workflow, scoreName }, ...window }: ScoreQuestion) {
  const where = [
    'client_id = {client:UUID}',
    'at >= fromUnixTimestamp({fromS:Int64})',
    'at < fromUnixTimestamp({toS:Int64})',
    ...(workflow === undefined ? [] : ['workflow = {workflow:String}']),
    ...(scoreName === undefined ? [] : ['name = {scoreName:String}']),
  ];
  return telemetry.rows(Row)(
    `SELECT ${groupBy ? labels[groupBy] : 'NULL'} AS label, at, sum(scores) AS n, sum(sum_value) AS sum, sum(sum_square) AS sumSq,
      sum(of.graded) AS graded, sum(of.resent) AS resent
    FROM score_${bucket} AS of WHERE ${where.join(' AND ')} GROUP BY label, at ORDER BY at`,
    { workflow, scoreName, ...secondsOf(window) },
  );
}

/** What else is asked for is of the traces that the scores are about. Each score as it was said last, whatever it was before. */
function rowsOfScores({ telemetry }: Context, { groupBy, bucket, fromMs, toMs, filter }: ScoreQuestion) {
  const { workflow, scoreName, scoreBelow, status, minCostUsd: _, ...rest } = filter;
  const failed = `SELECT trace_id FROM span WHERE client_id = {client:UUID} AND status = 'error'`;
  const conditions = conditionsOf(rest);
  const period = `at >= ${timeOf('from')} AND at < ${timeOf('to')}`;
  const said = [
    `client_id = {client:UUID} AND (trace_id, id) IN (SELECT trace_id, id FROM score WHERE client_id = {client:UUID} AND ${period})`,
    ...conditions.map(({ sql }) => `trace_id IN (SELECT trace_id FROM span WHERE client_id = {client:UUID} AND ${sql})`),
    ...(status === undefined ? [] : [`trace_id ${status === 'ok' ? 'NOT ' : ''}IN (${failed})`]),
  ];
  const where = [
    `${period} AND ${plausibleScore}`,
    ...(workflow === undefined ? [] : ['workflow = {workflow:String}']),
    ...(scoreName === undefined ? [] : ['name = {scoreName:String}']),
    ...(scoreBelow === undefined ? [] : ['value < {scoreBelow:Float64}']),
  ];
  const params = Object.assign({}, ...conditions.map((condition) => condition.params)) as Record<string, unknown>;
  return telemetry.rows(Row)(
    `SELECT label, started AS at, n, sum, sumSq, graded, 0 AS resent FROM (
      SELECT ${groupBy ? labels[groupBy] : 'NULL'} AS label, ${startOf[bucket]}(at, 'UTC') AS started, count() AS n,
        sum(assumeNotNull(value)) AS sum, sum(assumeNotNull(value) * assumeNotNull(value)) AS sumSq,
        countIf(value NOT IN (0, 1)) AS graded
      FROM (SELECT at, name, workflow, value FROM score WHERE ${said.join(' AND ')}
        ORDER BY received_at DESC LIMIT 1 BY trace_id, id) AS score
      WHERE ${where.join(' AND ')} GROUP BY label, started
    ) ORDER BY at`,
    { ...params, workflow, scoreName, scoreBelow, from: isoOf(fromMs), to: isoOf(toMs) },
  );
}

const Named = z.object({ name: z.string(), ...sums });

/** What a workflow is scored by: sums of a period, in whole days. The most frequent first. */
export const scoresOfWorkflow = ({ telemetry }: Context, window: Window, workflow: string) =>
  telemetry.rows(Named)(
    `SELECT toString(name) AS name, sum(scores) AS n, sum(sum_value) AS sum, sum(sum_square) AS sumSq, sum(of.graded) AS graded
    FROM score_day AS of WHERE client_id = {client:UUID} AND workflow = {workflow:String}
      AND at >= toStartOfDay(fromUnixTimestamp({fromS:Int64})) AND at < fromUnixTimestamp({toS:Int64})
    GROUP BY name HAVING n > 0 ORDER BY n DESC, name LIMIT 50`,
    { workflow, ...secondsOf(window) },
  );
