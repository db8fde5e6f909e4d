import type { Context } from '../../../platform/context.ts';
import { findingsOf } from '../otlp/index.ts';
import { spokenLogs } from './store.ts';

const MOST_RECORDS = 10_000;

interface Texts {
  spanId: string;
  input: string | null;
  output: string | null;
}

/** Puts into the spans of a trace what its log records say they read and said, where the spans themselves do not. */
export async function textsOfLogs(ctx: Context, traceId: string) {
  const { texts } = findingsOf(await spokenLogs(ctx, traceId, MOST_RECORDS));
  const bySpan = new Map(texts.map((text) => [text.spanId, text]));
  return <S extends Texts>(spans: readonly S[]): S[] =>
    spans.map((span) => {
      const said = bySpan.get(span.spanId);
      return said ? { ...span, input: span.input ?? said.input, output: span.output ?? said.output } : span;
    });
}
