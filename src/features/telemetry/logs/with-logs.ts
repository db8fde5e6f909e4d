import type { Context } from '../../../platform/context.ts';
import { findingsOf } from '../otlp/index.ts';
import { spokenLogs } from './store.ts';

const MOST_RECORDS = 10_000;

/** The spans of a trace with what their log records say they read and said, where the spans themselves do not. */
export async function withLogs<S extends { spanId: string; input: string | null; output: string | null }>(
  ctx: Context,
  traceId: string,
  spans: readonly S[],
): Promise<S[]> {
  const { texts } = findingsOf(await spokenLogs(ctx, traceId, MOST_RECORDS));
  const bySpan = new Map(texts.map((text) => [text.spanId, text]));
  return spans.map((span) => {
    const said = bySpan.get(span.spanId);
    return said ? { ...span, input: span.input ?? said.input, output: span.output ?? said.output } : span;
  });
}
