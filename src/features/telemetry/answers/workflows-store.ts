import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { distinct } from '../../../stores/telemetry/index.ts';
import { Numbers, Sum, sumOf, Sums, UsdIfAny } from './numbers.ts';
import { isoOf, lastSpansWhere, secondsOf, timeOf } from './store.ts';
import type { Window } from './windows.ts';

const usage = {
  runs: z.number(),
  errors: z.number(),
  costUsd: UsdIfAny,
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
};

const Seen = z.object({ name: z.string(), ...usage });

/** SQL of the sums of a stretch of hours or days: its start and end are parameters. */
const within = `at >= toStartOfHour(fromUnixTimestamp({fromS:Int64})) AND at < fromUnixTimestamp({toS:Int64})`;
const withinDays = within.replace('toStartOfHour', 'toStartOfDay');
const withinOf = { hour: within, day: withinDays };

/** The workflows that ever sent something; runs, errors and cost are of the window. */
export const seenWorkflows = ({ telemetry }: Context, window: Window) =>
  telemetry.rows(Seen)(
    `SELECT seen.workflow AS name, runs, errors, costUsd, firstSeenAt, lastSeenAt FROM (
      SELECT toString(workflow) AS workflow, ${distinct('runs', withinDays)} AS runs,
        ${distinct('failed', withinDays)} AS errors, min(run.first_at) AS firstSeenAt, max(run.last_at) AS lastSeenAt
      FROM run_day AS run WHERE client_id = {client:UUID} AND workflow != '' GROUP BY workflow
    ) AS seen LEFT JOIN (
      SELECT toString(workflow) AS workflow, if(sum(with_cost) = 0, NULL, sum(cost_usd)) AS costUsd
      FROM usage_day WHERE client_id = {client:UUID} AND ${withinDays} GROUP BY workflow
    ) AS spent ON spent.workflow = seen.workflow
    ORDER BY name LIMIT 1000`,
    secondsOf(window),
  );

const Runs = z
  .object({ workflow: z.string(), ats: Numbers, runs: Numbers, errors: Numbers, timed: Numbers, sumsMs: Sums, sumsLogMs: Sums })
  .transform(({ workflow, ats, runs, errors, timed, sumsMs, sumsLogMs }) => ({
    workflow,
    buckets: ats.map((at, n) => ({
      atMs: at * 1000,
      runs: runs[n]!,
      errors: errors[n]!,
      timed: timed[n]!,
      sumMs: sumOf(sumsMs[n]!),
      sumLogMs: sumOf(sumsLogMs[n]!),
    })),
  }));

/** What each workflow did in each hour or on each day, oldest first: what a state is judged by. */
export const runsOfWorkflows = ({ telemetry }: Context, window: Window, bucket: 'hour' | 'day') =>
  telemetry.rows(Runs)(
    `SELECT workflow, groupArray(toUnixTimestamp(at)) AS ats, groupArray(someRuns) AS runs, groupArray(someFailed) AS errors,
      groupArray(someTimed) AS timed, groupArray(someMs) AS sumsMs, groupArray(someLogMs) AS sumsLogMs FROM (
      SELECT toString(workflow) AS workflow, at, ${distinct('runs')} AS someRuns, ${distinct('failed')} AS someFailed,
        sum(run.timed) AS someTimed, sum(run.sum_ms) AS someMs, sum(run.sum_log_ms) AS someLogMs
      FROM run_${bucket} AS run WHERE client_id = {client:UUID} AND ${withinOf[bucket]} AND workflow != ''
      GROUP BY workflow, at ORDER BY at
    ) GROUP BY workflow`,
    secondsOf(window),
  );

const Spans = z
  .object({ workflow: z.string(), ats: Numbers, spans: Numbers, failed: Numbers })
  .transform(({ workflow, ats, spans, failed }) => ({
    workflow,
    buckets: ats.map((at, n) => ({ atMs: at * 1000, spans: spans[n]!, failed: failed[n]! })),
  }));

/** How many spans each workflow sent in each hour or on each day, oldest first. Reads no sketch. */
export const spansOfWorkflows = ({ telemetry }: Context, window: Window, bucket: 'hour' | 'day') =>
  telemetry.rows(Spans)(
    `SELECT workflow, groupArray(toUnixTimestamp(at)) AS ats, groupArray(someSpans) AS spans, groupArray(someFailed) AS failed FROM (
      SELECT toString(workflow) AS workflow, at, sum(used.spans) AS someSpans, sumIf(used.spans, status = 'error') AS someFailed
      FROM usage_${bucket} AS used WHERE client_id = {client:UUID} AND ${withinOf[bucket]} AND workflow != ''
      GROUP BY workflow, at ORDER BY at
    ) GROUP BY workflow`,
    secondsOf(window),
  );

const Active = z
  .object({ workflow: z.string(), ats: Numbers, runs: Numbers })
  .transform(({ workflow, ats, runs }) => ({ workflow, pulse: ats.map((at, n) => ({ atMs: at * 1000, runs: runs[n]! })) }));

/** In which hours each workflow was active, and with how many runs of which the top was seen. Reads no sketch. */
export const activeHours = ({ telemetry }: Context, window: Window) =>
  telemetry.rows(Active)(
    `SELECT workflow, groupArray(toUnixTimestamp(at)) AS ats, groupArray(hourTimed) AS runs FROM (
      SELECT toString(workflow) AS workflow, at, greatest(sum(run.timed), 1) AS hourTimed FROM run_hour AS run
      WHERE client_id = {client:UUID} AND ${within} AND workflow != '' GROUP BY workflow, at ORDER BY at
    ) GROUP BY workflow`,
    secondsOf(window),
  );

const HourRow = z.object({
  workflow: z.string(),
  at: z.string(),
  runs: z.number(),
  errors: z.number(),
  timed: z.number(),
  sumMs: Sum,
  sumLogMs: Sum,
  costUsd: Sum,
  tokens: z.number(),
});

/** What each workflow (or one) did in each hour or day. */
export const activity = ({ telemetry }: Context, window: Window, bucket: 'hour' | 'day', workflow = '') =>
  telemetry.rows(HourRow)(
    `SELECT workflow, at, runs, errors, timed, sumMs, sumLogMs, costUsd, tokens FROM (
      SELECT toString(workflow) AS workflow, at, ${distinct('runs')} AS runs, ${distinct('failed')} AS errors,
        sum(run.timed) AS timed, sum(sum_ms) AS sumMs, sum(sum_log_ms) AS sumLogMs
      FROM run_${bucket} AS run WHERE client_id = {client:UUID} AND ${within} AND workflow != ''
        AND ({asked:String} = '' OR workflow = {asked:String})
      GROUP BY workflow, at
    ) AS ran LEFT JOIN (
      SELECT toString(workflow) AS workflow, at, sum(cost_usd) AS costUsd, sum(input_tokens) + sum(output_tokens) AS tokens
      FROM usage_${bucket} WHERE client_id = {client:UUID} AND ${within} AND workflow != ''
        AND ({asked:String} = '' OR workflow = {asked:String})
      GROUP BY workflow, at
    ) AS used USING (workflow, at)
    ORDER BY workflow, at`,
    { asked: workflow, ...secondsOf(window) },
  );

const ModelRow = z.object({ model: z.string(), at: z.string(), calls: z.number() });

/** Which models answered the calls of a workflow. */
export const modelsOf = ({ telemetry }: Context, window: Window, bucket: 'hour' | 'day', workflow: string) =>
  telemetry.rows(ModelRow)(
    `SELECT toString(model) AS model, at, sum(used.calls) AS calls FROM usage_${bucket} AS used
    WHERE client_id = {client:UUID} AND workflow = {workflow:String} AND model != '' AND ${within}
    GROUP BY model, at HAVING calls > 0 ORDER BY at`,
    { workflow, ...secondsOf(window) },
  );

/** What a workflow used of a model in an hour or on a day. */
export interface Used {
  atMs: number;
  model: string;
  calls: number;
  costUsd: number;
  tokens: number;
}

const UsedOf = z
  .object({ workflow: z.string(), ats: Numbers, models: z.array(z.string()), calls: Numbers, costsUsd: Sums, tokens: Numbers })
  .transform(({ workflow, ats, models, calls, costsUsd, tokens }) => ({
    workflow,
    used: ats.map((at, n): Used => ({
      atMs: at * 1000,
      model: models[n]!,
      calls: calls[n]!,
      costUsd: sumOf(costsUsd[n]!),
      tokens: tokens[n]!,
    })),
  }));

/** What each workflow used in each hour or on each day, by model, oldest first. Reads no sketch. */
export const usageOfWorkflows = ({ telemetry }: Context, window: Window, bucket: 'hour' | 'day') =>
  telemetry.rows(UsedOf)(
    `SELECT workflow, groupArray(atS) AS ats, groupArray(someModel) AS models, groupArray(someCalls) AS calls,
      groupArray(someUsd) AS costsUsd, groupArray(someTokens) AS tokens FROM (
      SELECT toString(workflow) AS workflow, toUnixTimestamp(at) AS atS, toString(model) AS someModel, sum(used.calls) AS someCalls,
        sum(cost_usd) AS someUsd, sum(input_tokens) + sum(output_tokens) AS someTokens
      FROM usage_${bucket} AS used WHERE client_id = {client:UUID} AND ${within} AND workflow != ''
      GROUP BY workflow, at, model ORDER BY at LIMIT 200000
    ) GROUP BY workflow`,
    secondsOf(window),
  );

const times = `started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}`;

const ModelUse = z.object({
  model: z.string(),
  provider: z.string().nullable(),
  calls: z.number(),
  errors: z.number(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  lastSeenAt: z.string(),
});
export { ModelUse };

export const modelUse = ({ telemetry }: Context, { fromMs, toMs }: Window, workflow: string) =>
  telemetry.rows(ModelUse.extend({ costUsd: UsdIfAny }))(
    `SELECT assumeNotNull(model) AS model, any(provider) AS provider, count() AS calls, countIf(status = 'error') AS errors,
      sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens, sum(cost_usd) AS costUsd, max(started_at) AS lastSeenAt
    FROM ${lastSpansWhere(times, `workflow = {workflow:String} AND model != '' AND costable`)}
    GROUP BY model ORDER BY calls DESC, model LIMIT 50`,
    { workflow, from: isoOf(fromMs), to: isoOf(toMs) },
  );

export const FailureKind = z.object({
  message: z.string(),
  spanName: z.string(),
  count: z.number(),
  lastSeenAt: z.string(),
  traceId: z.string().describe('The latest trace with it.'),
});

/** What went wrong, the most frequent first; long messages are cut. */
export const failures = ({ telemetry }: Context, { fromMs, toMs }: Window, workflow: string) =>
  telemetry.rows(FailureKind)(
    `SELECT leftUTF8(ifNull(status_message, ''), 300) AS message, leftUTF8(any(name), 200) AS spanName, count() AS count, max(started_at) AS lastSeenAt,
      toString(argMax(trace_id, started_at)) AS traceId
    FROM ${lastSpansWhere(times, `workflow = {workflow:String} AND status = 'error'`)}
    GROUP BY message ORDER BY count DESC, message LIMIT 20`,
    { workflow, from: isoOf(fromMs), to: isoOf(toMs) },
  );

export const usersOf = ({ telemetry }: Context, { fromMs, toMs }: Window, workflow: string) =>
  telemetry.rows(z.object({ user: z.string(), runs: z.number(), errors: z.number(), lastSeenAt: z.string() }))(
    `SELECT assumeNotNull(user) AS user, uniq(trace_id) AS runs, uniqIf(trace_id, status = 'error') AS errors, max(started_at) AS lastSeenAt
    FROM ${lastSpansWhere(times, `workflow = {workflow:String} AND user != ''`)}
    GROUP BY user ORDER BY runs DESC, user LIMIT 20`,
    { workflow, from: isoOf(fromMs), to: isoOf(toMs) },
  );
