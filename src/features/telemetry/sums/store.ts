import { z } from 'zod';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';

const Day = z.object({ fromS: z.number() });

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
 * Starts of the days in a period for which the sums of scores may be wrong: those on which scores lie that were sent again since,
 * also where they lay before, as far as that is still known.
 */
export async function daysRescored({ telemetry }: Pick<Context, 'telemetry'>, since: Date, fromMs: number, toMs: number) {
  const found = await telemetry.rows(Day)(
    `SELECT DISTINCT toUnixTimestamp(toStartOfDay(at)) AS fromS FROM score
    WHERE client_id = {client:UUID} AND at >= fromUnixTimestamp({fromS:Int64}) AND at < fromUnixTimestamp({toS:Int64})
      AND (trace_id, id) IN (SELECT trace_id, id FROM score WHERE client_id = {client:UUID} AND resent
        AND received_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC'))
    ORDER BY fromS DESC LIMIT 100`,
    { ...seconds(fromMs, toMs), since: since.toISOString() },
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

const seconds = (fromMs: number, toMs: number) => ({
  fromS: Math.max(0, Math.floor(fromMs / DAY_MS) * DAY_MS) / 1000,
  toS: Math.floor(Math.min(toMs, Date.parse('2106-01-01T00:00:00Z')) / 1000),
});
