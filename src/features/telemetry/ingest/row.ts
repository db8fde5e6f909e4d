import type { Span } from '../otlp/index.ts';
import { priceOf, type OwnPrice } from '../prices/index.ts';
import { sharedJsonOf } from './json.ts';
import { attributesOf } from './said.ts';

/** A span as a row of the table `span`; its client is put in by the wall. */
export function rowOf(span: Span, receivedAt: Date, ownPrices: readonly OwnPrice[], resent: boolean) {
  const price = priceOf(span, ownPrices, span.startedAt === null ? receivedAt : new Date(span.startedAt));
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? '',
    name: span.name,
    kind: span.kind,
    started_at: span.startedAt ?? receivedAt.getTime(),
    duration_ms: span.durationMs,
    status: span.status,
    status_message: span.statusMessage,
    provider: span.provider,
    request_model: span.requestModel,
    model: span.model,
    input_tokens: span.inputTokens,
    cached_input_tokens: span.cachedInputTokens,
    cache_write_tokens: span.cacheWriteTokens,
    output_tokens: span.outputTokens,
    reasoning_tokens: span.reasoningTokens,
    cost_usd: price?.costUsd ?? null,
    cost_source: price?.source ?? null,
    costable: span.costable,
    user: span.user,
    session: span.session,
    environment: span.environment,
    release: span.release,
    version: span.version,
    service: span.service,
    workflow: span.workflow,
    trace_name: span.traceName,
    tags: span.tags,
    prompt_name: span.promptName,
    prompt_version: span.promptVersion,
    response_id: span.responseId,
    input: span.input,
    output: span.output,
    finish_reasons: span.finishReasons,
    time_to_first_token_ms: span.timeToFirstTokenMs,
    flags: span.flags,
    attributes: attributesOf(span.attributes, span),
    resource: sharedJsonOf(span.resource),
    scores: listOf(span.scores),
    events: listOf(span.events.map(({ name, at, attributes }) => ({ name, at, attributes: Object.fromEntries(attributes) }))),
    links: listOf(span.links),
    scope_name: span.scope.name,
    scope_version: span.scope.version,
    received_at: receivedAt.getTime(),
    resent,
  };
}

/** Most are empty. */
const listOf = (items: readonly unknown[]) => (items.length === 0 ? '[]' : JSON.stringify(items));
