import { invalid } from '../../../platform/problem.ts';
import { spansOfDocument } from './decode.ts';
import { failure } from './failure.ts';
import { isObject } from './json/parse.ts';
import type { Span } from './span.ts';

/**
 * One flat record per model call of an OTLP/JSON export, for reading files. Wrapper spans repeat what their calls say and
 * are left out. Throws a Problem where the document is no such export.
 */
export function callsOfExport(document: unknown): Record<string, unknown>[] {
  const decoded = isObject(document) ? spansOfDocument(document) : failure('malformed', 'The document is not an object.');
  if (!decoded.ok) throw invalid(`This is not an OTLP export. ${decoded.message}`);
  return decoded.items.filter(({ kind }) => kind === 'generation').map(callOf);
}

const callOf = (span: Span): Record<string, unknown> => ({
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
});
