import type { WalledIntake } from '../../../platform/practice.ts';
import type { Span } from '../otlp/index.ts';
import { rowOf } from './row.ts';

/** Keeps the spans of one request, each marked when it had come before. On disk when it returns. */
export async function keepSpans(intake: WalledIntake, spans: readonly Span[], receivedAt: Date): Promise<void> {
  if (spans.length === 0) return;
  const noted = intake.noteSpans(spans);
  try {
    await intake.keep([{ table: 'span', rows: spanRows(spans, noted.resent, receivedAt) }]);
  } catch (error) {
    noted.forget();
    throw error;
  }
}

/** One after the other: a batch that is too large is given up before all of it is in memory. */
function* spanRows(spans: readonly Span[], resent: readonly boolean[], receivedAt: Date) {
  for (const [n, span] of spans.entries()) yield { ...rowOf(span, receivedAt), resent: resent[n] === true };
}
