import { invalid } from '../../../platform/problem.ts';
import { logsOfDocument, spansOfDocument } from './decode.ts';
import { failure } from './failure.ts';
import { isObject } from './json/parse.ts';
import type { LoggedScore } from './logs.ts';
import { isKnown } from './map/precedence.ts';
import { isCall, scoresAmong, scoresByCall } from './scored-calls.ts';
import type { Score, Span } from './span.ts';
import type { Attributes } from './wire.ts';

/**
 * One flat record per model call of an OTLP/JSON export, for reading files. Wrapper spans repeat what their calls say and
 * are left out; what scores a wrapper scores the call that gave its answer. `logged`: scores in log records elsewhere in
 * the file. Throws a Problem where the document is no such export.
 */
export function callsOfExport(document: unknown, logged: readonly LoggedScore[] = []): Record<string, unknown>[] {
  const decoded = isObject(document) ? spansOfDocument(document) : failure('malformed', 'The document is not an object.');
  if (!decoded.ok) throw invalid(`This is not an OTLP export. ${decoded.message}`);
  const scores = scoresByCall(decoded.items, logged);
  return decoded.items.filter(isCall).map((span) => callOf(span, scores.get(span) ?? []));
}

/** The scores in the log records of an OTLP/JSON export; none where it holds none. */
export function scoresOfExport(document: unknown): LoggedScore[] {
  const decoded = isObject(document) ? logsOfDocument(document) : null;
  return decoded?.ok ? scoresAmong(decoded.items) : [];
}

const callOf = (span: Span, scores: readonly Score[]): Record<string, unknown> => ({
  timestamp: span.startedAt === null ? null : new Date(span.startedAt).toISOString(),
  workflow: span.workflow,
  latency_s: span.durationMs === null ? null : span.durationMs / 1000,
  error: span.status === 'error' ? (span.statusMessage ?? 'error') : '',
  model: span.model,
  input: span.input,
  output: span.output,
  input_tokens: span.inputTokens,
  output_tokens: span.outputTokens,
  cost_usd: span.givenCostUsd,
  user: span.user,
  session: span.session,
  prompt_version: span.promptVersion,
  finish_reason: span.finishReasons.join(',') || null,
  span_id: /^[0-9a-f]{16}$/.test(span.spanId) ? span.spanId : null,
  // By what a log may be told apart further: columns, where there are any.
  ...given({
    scores: filled(scores.map(({ name, value, label }) => [name, value ?? label])),
    environment: span.environment,
    release: span.release,
    app_version: span.version,
    service: span.service === span.workflow ? null : span.service,
    provider: span.provider,
    prompt_name: span.promptName,
    attributes: further(span.attributes),
    resource: further(span.resource),
  }),
});

const given = (columns: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null));

const filled = (entries: readonly (readonly [string, unknown])[]) => (entries.length > 0 ? Object.fromEntries(entries) : null);

/** A longer text is no label, and a file has room for neither. */
const MOST_CHARACTERS = 200;
/** What every process says of itself. */
const ofProcesses = /^(telemetry|process)\./;

/** What the client said beside what the conventions ask: labels and numbers. */
function further(attributes: Attributes): Record<string, unknown> | null {
  const isLabel = (value: unknown) =>
    typeof value === 'string' ? value.length <= MOST_CHARACTERS : typeof value === 'number' || typeof value === 'boolean';
  return filled([...attributes].filter(([name, value]) => !isKnown(name) && !ofProcesses.test(name) && isLabel(value)));
}
