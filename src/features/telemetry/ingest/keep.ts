import type { Receiving } from '../../../platform/route.ts';
import type { Decoded, Span } from '../otlp/index.ts';
import { ownPricesOf, type OwnPrice } from '../prices/index.ts';
import { keeperFor } from '../privacy/index.ts';
import { scoreRow, scoreRowsOf, type NewScore } from '../scores/index.ts';
import { rowOf } from './row.ts';

/** What came in one request, beside its scores. */
type Batch = Pick<Decoded<Span>, 'items' | 'received' | 'reasons'>;

/**
 * Keeps the spans of one request, each priced, and marked when it had come before; with them the scores that they bring and
 * further ones, and the request's lines in the ledger. On disk when it returns.
 */
export async function keepSpans(
  { intake, records, client, now }: Receiving,
  { items: sent, received, reasons }: Batch,
  bytes: number,
  further: readonly NewScore[] = [],
): Promise<void> {
  if (received === 0 && further.length === 0) return;
  const [prices, keeper] = await Promise.all([ownPricesOf(records, client.id), keeperFor(records, client.id)]);
  const spans = keeper ? sent.map((span) => keeper.span(span)) : sent;
  const scores = keeper ? further.map((score) => keeper.score(score)) : further;
  const scored = spans.some((span) => span.scores.length > 0) || scores.length > 0;
  const noted = intake.noteSpans(spans);
  try {
    const receivedAt = now();
    const tally = { kind: 'span', received, resent: noted.resentCount, rejected: reasons, bytes } as const;
    await intake.keep(
      [
        ...(spans.length > 0
          ? [{ table: 'span', rows: spanRows(spans, { resent: noted.resent, prices, receivedAt }) } as const]
          : []),
        ...(scored ? [{ table: 'score', rows: scoreRows(spans, scores, receivedAt) } as const] : []),
      ],
      tally,
    );
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
  for (const [n, span] of spans.entries()) yield rowOf(span, receivedAt, prices, resent[n] === true);
}

function* scoreRows(spans: readonly Span[], scores: readonly NewScore[], receivedAt: Date) {
  yield* scoreRowsOf(spans, receivedAt);
  for (const score of scores) yield scoreRow(score, receivedAt);
}
