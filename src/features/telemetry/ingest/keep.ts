import type { Receiving } from '../../../platform/route.ts';
import type { Reading, Span } from '../otlp/index.ts';
import { ownPricesOf } from '../prices/index.ts';
import { addStruckOf, keeperFor } from '../privacy/index.ts';
import { countedScores, scoreRow, scoreRowsOf, type NewScore } from '../scores/index.ts';
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
  const struck = new Map<string, number>();
  const scores = (keeper ? further.map((score) => keeper.score(score, struck)) : further).map((score) =>
    scoreRow(score, receivedAt),
  );
  const noting = intake.noting();
  const counted = countedScores(scores, noting);

  /** A span is a row before the next one is read, and nothing of it is left: what lives longer costs more to clear away. */
  function* spanRows() {
    for (const sent of batch.items) {
      const span = keeper ? keeper.span(sent) : sent;
      if (keeper) addStruckOf(span, struck);
      scores.push(...scoreRowsOf(span, receivedAt));
      yield rowOf(span, receivedAt, prices, noting.isResent(span));
    }
  }
  const tallies = () => {
    const resent = noting.resentCount - counted.resentCount();
    const { received, reasons: rejected } = batch;
    const ofSpans = received > 0 ? [{ kind: 'span', received, resent, rejected, bytes, struck } as const] : [];
    return [...ofSpans, ...counted.tallies(received > 0 ? undefined : bytes)];
  };
  await intake.keep(
    [
      { table: 'span', rows: spanRows() },
      { table: 'score', rows: counted.rows() },
    ],
    { noting, tallies },
  );
}
