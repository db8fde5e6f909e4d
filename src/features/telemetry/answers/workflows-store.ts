import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { isoOf, spansWhere, timeOf } from './store.ts';
import type { BucketName } from './metrics.ts';
import type { Window } from './windows.ts';

const usage = {
  runs: z.number(),
  errors: z.number(),
  costUsd: z.number().nullable(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
};

const Seen = z.object({ name: z.string(), ...usage });

/** The workflows that ever sent something; runs, errors and cost are of the window. */
export const seenWorkflows = ({ telemetry }: Context, { fromMs, toMs }: Window) =>
  telemetry.rows(Seen)(
    `SELECT assumeNotNull(workflow) AS name, uniqIf(trace_id, recent) AS runs, uniqIf(trace_id, recent AND status = 'error') AS errors,
      sumIf(cost_usd, recent AND costable) AS costUsd, min(started_at) AS firstSeenAt, max(started_at) AS lastSeenAt
    FROM (SELECT *, started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')} AS recent
      FROM ${spansWhere(`workflow != ''`)})
    GROUP BY workflow ORDER BY name LIMIT 1000`,
    { from: isoOf(fromMs), to: isoOf(toMs) },
  );

const HourRow = z.object({
  workflow: z.string(),
  at: z.string(),
  runs: z.number(),
  errors: z.number(),
  timed: z.number(),
  sumMs: z.number(),
  sumLogMs: z.number(),
  costUsd: z.number(),
  tokens: z.number(),
});

/** What each workflow (or one) did in each hour or day. */
export const activity = ({ telemetry }: Context, { fromMs, toMs }: Window, bucket: BucketName, workflow = '') =>
  telemetry.rows(HourRow)(
    `SELECT assumeNotNull(workflow) AS workflow, toStartOf${bucket === 'day' ? 'Day' : 'Hour'}(started_at, 'UTC') AS at,
      uniq(trace_id) AS runs, uniqIf(trace_id, status = 'error') AS errors,
      countIf(parent_span_id = '' AND duration_ms > 0) AS timed, sumIf(assumeNotNull(duration_ms), parent_span_id = '' AND duration_ms > 0) AS sumMs,
      sumIf(log(assumeNotNull(duration_ms)), parent_span_id = '' AND duration_ms > 0) AS sumLogMs,
      ifNull(sumIf(cost_usd, costable), 0) AS costUsd,
      ifNull(sumIf(ifNull(input_tokens, 0) + ifNull(output_tokens, 0), costable), 0) AS tokens
    FROM ${spansWhere(`workflow != '' AND started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')} AND ({workflow:String} = '' OR workflow = {workflow:String})`)}
    GROUP BY workflow, at ORDER BY workflow, at`,
    { workflow, from: isoOf(fromMs), to: isoOf(toMs) },
  );

const ModelRow = z.object({ model: z.string(), at: z.string(), calls: z.number() });

/** Which models answered the calls of a workflow. */
export const modelsOf = ({ telemetry }: Context, { fromMs, toMs }: Window, bucket: BucketName, workflow: string) =>
  telemetry.rows(ModelRow)(
    `SELECT assumeNotNull(model) AS model, toStartOf${bucket === 'day' ? 'Day' : 'Hour'}(started_at, 'UTC') AS at, count() AS calls
    FROM ${spansWhere(`workflow = {workflow:String} AND model != '' AND costable AND started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}`)}
    GROUP BY model, at ORDER BY at`,
    { workflow, from: isoOf(fromMs), to: isoOf(toMs) },
  );

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
  telemetry.rows(ModelUse)(
    `SELECT assumeNotNull(model) AS model, any(provider) AS provider, count() AS calls, countIf(status = 'error') AS errors,
      sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens, sum(cost_usd) AS costUsd, max(started_at) AS lastSeenAt
    FROM ${spansWhere(`workflow = {workflow:String} AND model != '' AND costable AND started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}`)}
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
    `SELECT leftUTF8(ifNull(status_message, ''), 300) AS message, any(name) AS spanName, count() AS count, max(started_at) AS lastSeenAt,
      toString(argMax(trace_id, started_at)) AS traceId
    FROM ${spansWhere(`workflow = {workflow:String} AND status = 'error' AND started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}`)}
    GROUP BY message ORDER BY count DESC, message LIMIT 20`,
    { workflow, from: isoOf(fromMs), to: isoOf(toMs) },
  );

export const usersOf = ({ telemetry }: Context, { fromMs, toMs }: Window, workflow: string) =>
  telemetry.rows(z.object({ user: z.string(), runs: z.number(), errors: z.number(), lastSeenAt: z.string() }))(
    `SELECT assumeNotNull(user) AS user, uniq(trace_id) AS runs, uniqIf(trace_id, status = 'error') AS errors, max(started_at) AS lastSeenAt
    FROM ${spansWhere(`workflow = {workflow:String} AND user != '' AND started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}`)}
    GROUP BY user ORDER BY runs DESC, user LIMIT 20`,
    { workflow, from: isoOf(fromMs), to: isoOf(toMs) },
  );
