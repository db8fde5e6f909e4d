import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import { TraceSpan } from './model.ts';

/** Before and after every time that a span may bear. */
const EVER = ['2000-01-01T00:00:00Z', '2200-01-01T00:00:00Z'] as const;

export interface TraceFilter {
  from?: string | undefined;
  to?: string | undefined;
  workflow?: string | undefined;
  limit: number;
}

/** The traces that began last, of those with a span that fits. */
export async function latestTraceIds({ telemetry }: Context, { from, to, workflow, limit }: TraceFilter): Promise<string[]> {
  const rows = await telemetry.rows(z.object({ traceId: z.string() }))(
    `SELECT toString(trace_id) AS traceId FROM span
    WHERE client_id = {client:UUID} AND started_at >= parseDateTime64BestEffort({from:String}, 6, 'UTC')
      AND started_at < parseDateTime64BestEffort({to:String}, 6, 'UTC') AND ({workflow:String} = '' OR workflow = {workflow:String})
    GROUP BY trace_id ORDER BY min(started_at) DESC, trace_id LIMIT {limit:UInt32}`,
    { from: from ?? EVER[0], to: to ?? EVER[1], workflow: workflow ?? '', limit },
  );
  return rows.map(({ traceId }) => traceId);
}

const BriefSpan = TraceSpan.pick({
  spanId: true,
  parentSpanId: true,
  name: true,
  workflow: true,
  startedAt: true,
  durationMs: true,
  status: true,
  model: true,
  inputTokens: true,
  cachedInputTokens: true,
  outputTokens: true,
  reasoningTokens: true,
  user: true,
  session: true,
  environment: true,
}).extend({
  traceId: z.string(),
  traceName: z.string().nullable(),
  givenCostUsd: z.number().nullable(),
  costable: z.boolean(),
});
export type BriefSpan = z.infer<typeof BriefSpan>;

/** The spans of some traces, each once, without their texts and attributes; the first come first. */
export const briefSpans = ({ telemetry }: Context, traceIds: readonly string[], most: number) =>
  telemetry.rows(BriefSpan)(
    `SELECT * FROM (
      SELECT toString(trace_id) AS traceId, toString(span_id) AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name, workflow,
        started_at AS startedAt, duration_ms AS durationMs, status, model, input_tokens AS inputTokens,
        cached_input_tokens AS cachedInputTokens, output_tokens AS outputTokens, reasoning_tokens AS reasoningTokens, user, session,
        environment, trace_name AS traceName, cost_usd AS givenCostUsd, costable
      FROM span WHERE client_id = {client:UUID} AND trace_id IN {traceIds:Array(String)}
      ORDER BY received_at DESC LIMIT 1 BY trace_id, span_id
    ) ORDER BY startedAt, spanId LIMIT {most:UInt32}`,
    { traceIds, most },
  );

const json = <S extends z.ZodType>(shape: S) => z.string().transform((value): z.infer<S> => shape.parse(JSON.parse(value)));
const attributes = z
  .record(z.string(), z.string())
  .transform((of) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, JSON.parse(value) as unknown])));

const StoredSpan = TraceSpan.omit({ scores: true }).extend({
  events: json(TraceSpan.shape.events),
  links: json(TraceSpan.shape.links),
  attributes,
  resource: attributes,
});

/** The first spans of a trace, with all that is known of them. */
export const wholeSpans = ({ telemetry }: Context, traceId: string, most: number) =>
  telemetry.rows(StoredSpan)(
    `SELECT * FROM (
      SELECT toString(span_id) AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name, kind, workflow, started_at AS startedAt,
        duration_ms AS durationMs, status, status_message AS statusMessage, provider, request_model AS requestModel, model,
        input_tokens AS inputTokens, cached_input_tokens AS cachedInputTokens, cache_write_tokens AS cacheWriteTokens,
        output_tokens AS outputTokens, reasoning_tokens AS reasoningTokens, cost_usd AS costUsd, cost_source AS costSource, user,
        session, environment, release, version, service, tags, prompt_name AS promptName, prompt_version AS promptVersion,
        response_id AS responseId, input, output, finish_reasons AS finishReasons,
        time_to_first_token_ms AS timeToFirstTokenMs, flags, attributes, resource, events, links,
        received_at AS receivedAt
      FROM span WHERE client_id = {client:UUID} AND trace_id = {traceId:String}
      ORDER BY received_at DESC LIMIT 1 BY span_id
    ) ORDER BY startedAt, spanId LIMIT {most:UInt32}`,
    { traceId, most },
  );

const Seen = z.object({ name: z.string(), firstSeenAt: z.string(), lastSeenAt: z.string() });

export const seenWorkflows = ({ telemetry }: Context) =>
  telemetry.rows(Seen)(
    `SELECT assumeNotNull(workflow) AS name, min(received_at) AS firstSeenAt, max(received_at) AS lastSeenAt FROM span
    WHERE client_id = {client:UUID} AND workflow != '' GROUP BY workflow ORDER BY name`,
  );
