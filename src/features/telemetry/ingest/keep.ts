import type { Receiving } from '../../../platform/route.ts';
import type { Span } from '../otlp/index.ts';
import { ownPricesOf, type OwnPrice } from '../prices/index.ts';
import { scoreRow, scoreRowsOf, type NewScore } from '../scores/index.ts';
import { rowOf } from './row.ts';

/**
 * Keeps the spans of one request, each priced, and marked when it had come before; with them the scores that they bring and
 * further ones. On disk when it returns.
 */
export async function keepSpans(
  { intake, records, client, now }: Receiving,
  spans: readonly Span[],
  scores: readonly NewScore[] = [],
): Promise<void> {
  const scored = spans.some((span) => span.scores.length > 0) || scores.length > 0;
  if (spans.length === 0 && !scored) return;
  const prices = await ownPricesOf(records, client.id);
  const noted = intake.noteSpans(spans);
  try {
    const receivedAt = now();
    await intake.keep([
      ...(spans.length > 0
        ? [{ table: 'span', rows: spanRows(spans, { resent: noted.resent, prices, receivedAt }) } as const]
        : []),
      ...(scored ? [{ table: 'score', rows: scoreRows(spans, scores, receivedAt) } as const] : []),
    ]);
  } catch (error) {
    noted.forget();
    throw error;
  }
}

interface Known {
  resent: readonly boolean[];
  prices: readonly OwnPrice[];
  receivedAt: Date;
}

/** One after the other: a batch that is too large is given up before all of it is in memory. */
function* spanRows(spans: readonly Span[], { resent, prices, receivedAt }: Known) {
  for (const [n, span] of spans.entries()) yield { ...rowOf(span, receivedAt, prices), resent: resent[n] === true };
}

function* scoreRows(spans: readonly Span[], scores: readonly NewScore[], receivedAt: Date) {
  yield* scoreRowsOf(spans, receivedAt);
  for (const score of scores) yield scoreRow(score, receivedAt);
}
