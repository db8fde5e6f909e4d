import type { Telemetry } from './telemetry.ts';

/**
 * Tables that hold sums of spans (migrations/0030_rollups.sql, 0060_run_all_hour.sql and 0106_finer_counts.sql); those of scores are in
 * 0080_score_sums.sql.
 */
const rollups = ['usage_minute', 'usage_hour', 'usage_day', 'run_minute', 'run_hour', 'run_day', 'run_all_hour'];
const DAY_MS = 86_400_000;
const WITHIN_MS = 10 * 60_000;

/**
 * Builds the rollups of a client anew, for all days that the period touches, from each span as it came last: after spans were
 * priced again, erased, or came twice far apart. Hours and days follow the minutes by themselves. While it runs, charts of these
 * days show less than there is; spans that come for these days meanwhile may count twice until it is done once more.
 */
export async function rebuildRollups(telemetry: Pick<Telemetry, 'command'>, client: string, from: Date, to: Date): Promise<void> {
  // Who sees all spans in the sums of usage sees all runs, too.
  await build(telemetry, client, from, to, rollups, [
    `INSERT INTO run_minute (client_id, at, workflow, environment, run_ids, failed_ids, user_names, timed, sum_ms, sum_log_ms, latency,
      first_at, last_at) ${runsOfSpans}`,
    `INSERT INTO usage_minute ${usageOfSpans}`,
  ]);
}

const sketches = { runs: 'run_ids', failed: 'failed_ids', users: 'user_names' };

/**
 * SQL: how many runs, failed runs or users the rows of sums called `run` tell apart, exact up to a thousand, then about 0.6 % off; of
 * all rows or of those for which a condition holds. What was summed up by older releases is counted by its coarser sketch, exact up
 * to 128, and added: each row was filled by one of them.
 */
export function distinct(what: keyof typeof sketches, condition?: string): string {
  const merged = (size: number, column: string) =>
    `uniqCombined64Merge${condition === undefined ? '' : 'If'}(${size})(run.${column}${condition === undefined ? '' : `, ${condition}`})`;
  return `(${merged(15, sketches[what])} + ${merged(12, what)})`;
}

/**
 * SQL of a score that is summed up: a number, no larger than its square can be added to others, of a time that the sums can tell.
 * Older releases took others.
 */
export const plausibleScore = 'abs(ifNull(score.value, nan)) <= 1e15 AND toYear(score.at) BETWEEN 1970 AND 2105';

/** The same for the sums of scores, by the days on which they were given. */
export const rebuildScores = (telemetry: Pick<Telemetry, 'command'>, client: string, from: Date, to: Date): Promise<void> =>
  build(telemetry, client, from, to, ['score_minute', 'score_hour', 'score_day'], [`INSERT INTO score_minute ${sumsOfScores}`]);

async function build(
  telemetry: Pick<Telemetry, 'command'>,
  client: string,
  from: Date,
  to: Date,
  tables: readonly string[],
  fills: readonly string[],
): Promise<void> {
  const fromS = (Math.floor(from.getTime() / DAY_MS) * DAY_MS) / 1000;
  const toS = (Math.ceil(to.getTime() / DAY_MS) * DAY_MS) / 1000;
  const run = (sql: string) => telemetry.command(sql, { client, fromS, toS }, { timeoutMs: WITHIN_MS });
  for (const table of tables)
    await run(
      `DELETE FROM ${table} WHERE client_id = {client:UUID} AND at >= fromUnixTimestamp({fromS:Int64})
        AND at < fromUnixTimestamp({toS:Int64})`,
    );
  for (const fill of fills) await run(fill);
}

const spans = `(SELECT * FROM span WHERE client_id = {client:UUID} AND started_at >= fromUnixTimestamp({fromS:Int64})
    AND started_at < fromUnixTimestamp({toS:Int64}) ORDER BY received_at DESC LIMIT 1 BY trace_id, span_id) AS span`;

// The same questions as those of the views.
const usageOfSpans = `
SELECT client_id, toStartOfMinute(toDateTime(span.started_at, 'UTC')) AS at, ifNull(span.workflow, '') AS workflow,
  ifNull(span.environment, '') AS environment, ifNull(span.model, '') AS model, ifNull(span.prompt_version, '') AS prompt_version,
  span.status AS status, count() AS spans, countIf(span.costable) AS calls,
  countIf(span.costable AND span.input_tokens IS NOT NULL) AS with_input,
  sumIf(ifNull(span.input_tokens, 0), span.costable) AS input_tokens,
  countIf(span.costable AND span.output_tokens IS NOT NULL) AS with_output,
  sumIf(ifNull(span.output_tokens, 0), span.costable) AS output_tokens,
  countIf(span.costable AND span.cost_usd IS NOT NULL) AS with_cost, sumIf(ifNull(span.cost_usd, 0), span.costable) AS cost_usd,
  countIf(span.costable AND span.duration_ms IS NOT NULL) AS timed,
  quantilesTDigestStateIf(0.5, 0.95)(ifNull(span.duration_ms, 0), span.costable AND span.duration_ms IS NOT NULL) AS latency
FROM ${spans}
GROUP BY client_id, at, workflow, environment, model, prompt_version, status`;

const runsOfSpans = `
SELECT client_id, toStartOfMinute(toDateTime(span.started_at, 'UTC')) AS at, ifNull(span.workflow, '') AS workflow,
  ifNull(span.environment, '') AS environment, uniqCombined64State(15)(span.trace_id) AS run_ids,
  uniqCombined64StateIf(15)(span.trace_id, span.status = 'error') AS failed_ids,
  uniqCombined64StateIf(15)(ifNull(span.user, ''), ifNull(span.user, '') != '') AS user_names,
  countIf(span.parent_span_id = '' AND ifNull(span.duration_ms, 0) > 0) AS timed,
  sumIf(ifNull(span.duration_ms, 0), span.parent_span_id = '') AS sum_ms,
  sumIf(log(ifNull(span.duration_ms, 1)), span.parent_span_id = '' AND ifNull(span.duration_ms, 0) > 0) AS sum_log_ms,
  quantilesTDigestStateIf(0.5, 0.95)(ifNull(span.duration_ms, 0), span.parent_span_id = '' AND ifNull(span.duration_ms, 0) > 0)
    AS latency,
  min(span.started_at) AS first_at, max(span.started_at) AS last_at
FROM ${spans}
GROUP BY client_id, at, workflow, environment`;

const sumsOfScores = `
SELECT client_id, toStartOfMinute(toDateTime(score.at, 'UTC')) AS at, score.name AS name, ifNull(score.workflow, '') AS workflow,
  ifNull(score.source, '') AS source, count() AS scores, sum(assumeNotNull(score.value)) AS sum_value,
  sum(assumeNotNull(score.value) * assumeNotNull(score.value)) AS sum_square, countIf(score.value NOT IN (0, 1)) AS graded,
  toUInt64(0) AS resent
FROM (SELECT * FROM score WHERE client_id = {client:UUID} AND (trace_id, id) IN (
    SELECT trace_id, id FROM score WHERE client_id = {client:UUID} AND score.at >= fromUnixTimestamp({fromS:Int64})
      AND score.at < fromUnixTimestamp({toS:Int64}))
  ORDER BY received_at DESC LIMIT 1 BY trace_id, id) AS score
WHERE ${plausibleScore} AND score.at >= fromUnixTimestamp({fromS:Int64})
  AND score.at < fromUnixTimestamp({toS:Int64})
GROUP BY client_id, at, name, workflow, source`;
