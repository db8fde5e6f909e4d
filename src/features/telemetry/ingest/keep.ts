import type { Receiving } from '../../../platform/route.ts';
import type { Reading, Span } from '../otlp/index.ts';
import { ownPricesOf } from '../prices/index.ts';
import { keeperFor } from '../privacy/index.ts';
import { scoreRow, scoreRowsOf, type NewScore } from '../scores/index.ts';
import { rowOf } from './row.ts';

/** What came in one request, beside its scores: spans that are asked for one by one, and what is known of them then. */
type Batch = Pick<Reading<Span>, 'items' | 'received' | 'reasons'>;

/**
 * Keeps the spans of one request, each priced, and marked when it had come before; with them the scores that they bring and
 * further ones, and the request's lines in the ledger. On disk when it returns.
 */
export async function keepSpans(
  { intake, records, client, now }: Receiving,
  batch: Batch,
  bytes: number,
  further: readonly NewScore[] = [],
): Promise<void> {
  const [prices, keeper] = await Promise.all([ownPricesOf(records, client.id), keeperFor(records, client.id)]);
  const receivedAt = now();
  const noting = intake.noting();
  const scores = (keeper ? further.map((score) => keeper.score(score)) : further).map((score) => scoreRow(score, receivedAt));

  /** A span is a row before the next one is read, and nothing of it is left: what lives longer costs more to clear away. */
  function* spanRows() {
    for (const sent of batch.items) {
      const span = keeper ? keeper.span(sent) : sent;
      scores.push(...scoreRowsOf(span, receivedAt));
      yield rowOf(span, receivedAt, prices, noting.isResent(span));
    }
  }
  const tally = () =>
    batch.received > 0
      ? ({ kind: 'span', received: batch.received, resent: noting.resentCount, rejected: batch.reasons, bytes } as const)
      : undefined;
  try {
    await intake.keep(
      [
        { table: 'span', rows: spanRows() },
        { table: 'score', rows: scores },
      ],
      tally,
    );
  } catch (error) {
    noting.forget();
    throw error;
  }
}
