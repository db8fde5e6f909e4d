import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { plausibleUsd } from '../otlp/index.ts';
import { GIVEN } from './price-of.ts';

const Count = z.object({ minute: z.string(), spans: z.number() });

/** How many calls a client made in each minute of a period in which it made any. */
export const callsByMinute = ({ telemetry }: Context, from: string, to: string) =>
  telemetry.rows(Count)(
    `SELECT toStartOfMinute(started_at) AS minute, count() AS spans FROM span
    WHERE client_id = {client:UUID} AND costable
      AND started_at >= parseDateTime64BestEffort({from:String}, 6, 'UTC')
      AND started_at < parseDateTime64BestEffort({to:String}, 6, 'UTC')
    GROUP BY minute ORDER BY minute`,
    { from, to },
  );

const tokens = z.number().nullable();
const StoredCall = z.object({
  traceId: z.string(),
  spanId: z.string(),
  startMs: z.number(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  inputTokens: tokens,
  cachedInputTokens: tokens,
  cacheWriteTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
  costUsd: z.number().nullable().transform(plausibleUsd),
  costSource: z.string().nullable(),
});
export type StoredCall = z.infer<typeof StoredCall>;

/** The calls of a period, each as it came last, without their texts. */
export const storedCalls = ({ telemetry }: Context, from: string, to: string) =>
  telemetry.rows(StoredCall)(
    `SELECT toString(trace_id) AS traceId, toString(span_id) AS spanId, toUnixTimestamp64Milli(started_at) AS startMs, provider,
      model, input_tokens AS inputTokens, cached_input_tokens AS cachedInputTokens, cache_write_tokens AS cacheWriteTokens,
      output_tokens AS outputTokens, reasoning_tokens AS reasoningTokens, cost_usd AS costUsd, cost_source AS costSource
    FROM span
    WHERE client_id = {client:UUID} AND costable
      AND started_at >= parseDateTime64BestEffort({from:String}, 6, 'UTC')
      AND started_at < parseDateTime64BestEffort({to:String}, 6, 'UTC')
    ORDER BY received_at DESC LIMIT 1 BY trace_id, span_id`,
    { from, to },
  );

const Row = z.looseObject({ trace_id: z.string(), span_id: z.string() });

/**
 * Whole rows of some spans, each as it came last, to be kept again with another cost. A millisecond younger, they take the place of
 * the old ones, stay in their month, and give way to whatever the client sends later. What counts spans as they come has them.
 */
export const rowsToReplace = ({ telemetry }: Context, from: string, to: string, of: readonly StoredCall[]) =>
  telemetry.rows(Row)(
    `SELECT * REPLACE (toUnixTimestamp64Micro(started_at) / 1000 AS started_at,
      received_at + toIntervalMillisecond(1) AS received_at, true AS resent) FROM span
    WHERE client_id = {client:UUID} AND costable
      AND span.started_at >= parseDateTime64BestEffort({from:String}, 6, 'UTC')
      AND span.started_at < parseDateTime64BestEffort({to:String}, 6, 'UTC')
      AND (toString(trace_id), toString(span_id)) IN arrayZip({traceIds:Array(String)}, {spanIds:Array(String)})
    ORDER BY span.received_at DESC LIMIT 1 BY trace_id, span_id`,
    { from, to, traceIds: of.map(({ traceId }) => traceId), spanIds: of.map(({ spanId }) => spanId) },
  );

const Cost = z.object({ costUsd: z.number().nullable(), costSource: z.string().nullable() });

/** The cost of a span as the store has it now. */
export async function storedCost({ telemetry }: Context, { traceId, spanId }: StoredCall) {
  const [found] = await telemetry.rows(Cost)(
    `SELECT cost_usd AS costUsd, cost_source AS costSource FROM span
    WHERE client_id = {client:UUID} AND trace_id = {traceId:String} AND span_id = {spanId:String}
    ORDER BY received_at DESC LIMIT 1`,
    { traceId, spanId },
  );
  return found;
}

export const isGiven = ({ costSource }: StoredCall) => costSource?.startsWith(GIVEN) ?? false;
