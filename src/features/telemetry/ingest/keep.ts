import type { Receiving } from '../../../platform/route.ts';
import type { Span } from '../otlp/index.ts';
import { ownPricesOf, type OwnPrice } from '../prices/index.ts';
import { scoreRowsOf } from '../scores/index.ts';
import { rowOf } from './row.ts';

/** Keeps the spans of one request, each priced, and marked when it had come before. On disk when it returns. */
export async function keepSpans({ intake, records, client, now }: Receiving, spans: readonly Span[]): Promise<void> {
  if (spans.length === 0) return;
  const prices = await ownPricesOf(records, client.id);
  const noted = intake.noteSpans(spans);
  try {
    const receivedAt = now();
    await intake.keep([
      { table: 'span', rows: spanRows(spans, { resent: noted.resent, prices, receivedAt }) },
      ...(spans.some(({ scores }) => scores.length > 0)
        ? [{ table: 'score', rows: scoreRowsOf(spans, receivedAt) } as const]
        : []),
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
