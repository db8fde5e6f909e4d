import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import type { Sql } from '../../../platform/sql.ts';
import type { CountedDay } from './stretches.ts';
import { plausibleScore } from '../../../stores/telemetry/index.ts';

const Day = z.object({ fromS: z.number() });
/** Of one night. */
const MOST_DAYS = 100;

/** Starts of the days in a period on which the client has anything in the charts, latest first. */
export async function daysOfCharts({ telemetry }: Pick<Context, 'telemetry'>, fromMs: number, toMs: number): Promise<number[]> {
  const found = await telemetry.rows(Day)(
    `SELECT DISTINCT toUnixTimestamp(at) AS fromS FROM run_day
    WHERE client_id = {client:UUID} AND at >= fromUnixTimestamp({fromS:Int64}) AND at < fromUnixTimestamp({toS:Int64})
    ORDER BY fromS DESC`,
    seconds(fromMs, toMs),
  );
  return found.map(({ fromS }) => fromS * 1000);
}

/** The same days with how many spans each has. */
export async function spansOfDays({ telemetry }: Pick<Context, 'telemetry'>, days: readonly number[]): Promise<CountedDay[]> {
  if (days.length === 0) return [];
  const found = await telemetry.rows(Day.extend({ spans: z.number() }))(
    `SELECT toUnixTimestamp(toStartOfDay(started_at)) AS fromS, count() AS spans FROM span
    WHERE client_id = {client:UUID} AND started_at >= fromUnixTimestamp({fromS:Int64}) AND started_at < fromUnixTimestamp({toS:Int64})
    GROUP BY fromS`,
    seconds(Math.min(...days), Math.max(...days) + DAY_MS),
  );
  const spans = new Map(found.map((one) => [one.fromS * 1000, one.spans]));
  return days.map((day) => ({ day, spans: spans.get(day) ?? 0 }));
}

/** Starts of the days in a period of which spans were sent again since. */
export async function daysSentAgain({ telemetry }: Pick<Context, 'telemetry'>, since: Date, fromMs: number, toMs: number) {
  const found = await telemetry.rows(Day)(
    `SELECT DISTINCT toUnixTimestamp(toStartOfDay(started_at)) AS fromS FROM span
    WHERE client_id = {client:UUID} AND resent AND received_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC')
      AND started_at >= fromUnixTimestamp({fromS:Int64}) AND started_at < fromUnixTimestamp({toS:Int64})
    ORDER BY fromS DESC LIMIT 100`,
    { ...seconds(fromMs, toMs), since: since.toISOString() },
  );
  return found.map(({ fromS }) => fromS * 1000);
}

/**
 * Starts of the days in a period for which spans came on a later day, and whose sums count another number of spans than there
 * are: some had come before, and nobody knew it any more. FINAL reads them in the order in which they lie.
 */
export async function daysComeTwice({ telemetry }: Pick<Context, 'telemetry'>, since: Date, fromMs: number, toMs: number) {
  const late = `SELECT DISTINCT toStartOfDay(toDateTime(started_at, 'UTC')) FROM span_line WHERE client_id = {client:UUID}
    AND received_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC') AND toDate(received_at) > toDate(started_at)
    AND started_at >= fromUnixTimestamp({fromS:Int64}) AND started_at < fromUnixTimestamp({toS:Int64})`;
  const found = await telemetry.rows(Day)(
    `SELECT toUnixTimestamp(day) AS fromS FROM (
      SELECT toStartOfDay(toDateTime(started_at, 'UTC')) AS day, count() AS said, toUInt64(0) AS summed
      FROM span_line FINAL WHERE client_id = {client:UUID} AND started_at >= fromUnixTimestamp({fromS:Int64})
        AND started_at < fromUnixTimestamp({toS:Int64}) AND day IN (${late}) GROUP BY day
      UNION ALL
      SELECT of.at, toUInt64(0), sum(of.spans) FROM usage_day AS of WHERE client_id = {client:UUID} AND of.at IN (${late}) GROUP BY of.at
    )
    GROUP BY day HAVING sum(said) != sum(summed) ORDER BY fromS DESC LIMIT ${MOST_DAYS}`,
    { ...seconds(fromMs, toMs), since: since.toISOString() },
  );
  return found.map(({ fromS }) => fromS * 1000);
}

/**
 * Starts of the days for which the sums of scores are not those of the scores, the latest first: some were sent again, some of
 * them so late that nobody knew them for that, were erased by a process that ended, or are beyond what can be summed up. FINAL
 * reads them in the order in which they lie, so that it takes little memory.
 */
export async function daysMiscounted({ telemetry }: Pick<Context, 'telemetry'>, fromMs: number): Promise<number[]> {
  const found = await telemetry.rows(Day)(
    `SELECT DISTINCT toUnixTimestamp(day) AS fromS FROM (
      SELECT toStartOfDay(toDateTime(score.at, 'UTC')) AS day, toString(score.name) AS called, ifNull(toString(score.workflow), '') AS place,
        ifNull(toString(score.source), '') AS judge, toInt64(1) AS said, assumeNotNull(score.value) AS saidSum,
        assumeNotNull(score.value) * assumeNotNull(score.value) AS saidSquare,
        toInt64(0) AS summed, toFloat64(0) AS summedSum, toFloat64(0) AS summedSquare, toUInt64(0) AS again
      FROM score FINAL WHERE client_id = {client:UUID} AND ${plausibleScore} AND score.at >= fromUnixTimestamp({fromS:Int64})
      UNION ALL
      SELECT of.at, toString(of.name), toString(of.workflow), toString(of.source), 0, 0, 0, toInt64(of.scores), of.sum_value, of.sum_square, of.resent
      FROM score_day AS of WHERE client_id = {client:UUID} AND of.at >= fromUnixTimestamp({fromS:Int64})
    )
    GROUP BY day, called, place, judge
    HAVING sum(said) != sum(summed) OR sum(again) > 0 OR NOT isFinite(sum(summedSquare))
      OR abs(sum(saidSum) - sum(summedSum)) > 1e-9 * sqrt(sum(said) * sum(saidSquare))
      OR abs(sum(saidSquare) - sum(summedSquare)) > 1e-9 * sum(saidSquare)
    ORDER BY fromS DESC LIMIT ${MOST_DAYS}`,
    { fromS: Math.max(0, Math.ceil(fromMs / DAY_MS) * DAY_MS) / 1000 },
  );
  return found.map(({ fromS }) => fromS * 1000);
}

const Named = z.object({ traceId: z.string(), workflow: z.string() });
/** Of one statement. */
const MOST_UNNAMED = 5000;

/** The workflows of traces that have scores without one, which came since then. */
export const workflowsOfUnnamed = ({ telemetry }: Pick<Context, 'telemetry'>, since: Date) =>
  telemetry.rows(Named)(
    `SELECT toString(trace_id) AS traceId, assumeNotNull(workflow) AS workflow FROM span
    WHERE client_id = {client:UUID} AND span.workflow != ''
      AND (toStartOfHour(started_at), trace_id) IN (SELECT hour, trace_id FROM trace_hour WHERE client_id = {client:UUID} AND trace_id IN (
        SELECT trace_id FROM score WHERE client_id = {client:UUID} AND score.workflow IS NULL
          AND received_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC')))
    ORDER BY parent_span_id = '' DESC LIMIT 1 BY trace_id LIMIT ${MOST_UNNAMED}`,
    { since: since.toISOString() },
  );

/** Starts of the days on which scores of these traces lie that have no workflow. */
export async function daysOfUnnamed({ telemetry }: Pick<Context, 'telemetry'>, traceIds: readonly string[]): Promise<number[]> {
  const found = await telemetry.rows(Day)(
    `SELECT DISTINCT toUnixTimestamp(toStartOfDay(at)) AS fromS FROM score
    WHERE client_id = {client:UUID} AND workflow IS NULL AND trace_id IN {traceIds:Array(String)}`,
    { traceIds },
  );
  return found.map(({ fromS }) => fromS * 1000);
}

const Days = z.object({ spans: z.array(z.number()), scores: z.array(z.number()) });
/** When each of them begins, ms: those of spans, and those on which scores were given. */
export type Days = z.infer<typeof Days>;
const SumDue = z.object({ id: z.uuid(), days: Days, despiteRetention: z.boolean() });
/** Days whose sums are to be made anew. */
export type SumDue = z.infer<typeof SumDue>;

export async function insertSumDue(
  records: Sql,
  { client, now }: Pick<Context, 'client' | 'now'>,
  { days, despiteRetention }: Omit<SumDue, 'id'>,
): Promise<SumDue> {
  const [noted] = await records.rows(SumDue)`
    insert into sum_due (client_id, id, days, despite_retention, noted_at)
    values (${client?.id}, ${randomUUID()}, ${JSON.stringify(days)}, ${despiteRetention}, ${now()})
    returning id, days, despite_retention as "despiteRetention"`;
  return noted!;
}

export const deleteSumDue = ({ records, client }: Pick<Context, 'records' | 'client'>, id: string) =>
  records.rows(z.never())`delete from sum_due where client_id = ${client?.id} and id = ${id}`;

/** Those that were noted until then. */
export const listSumsDue = ({ records, client }: Pick<Context, 'records' | 'client'>, until: Date) =>
  records.rows(SumDue)`
    select id, days, despite_retention as "despiteRetention" from sum_due
    where client_id = ${client?.id} and noted_at <= ${until} order by noted_at, id`;

const seconds = (fromMs: number, toMs: number) => ({
  fromS: Math.max(0, Math.floor(fromMs / DAY_MS) * DAY_MS) / 1000,
  toS: Math.floor(Math.min(toMs, Date.parse('2106-01-01T00:00:00Z')) / 1000),
});
