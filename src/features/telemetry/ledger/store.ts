import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { ledgerOutcomes, type TallyKind } from '../../../platform/ledger.ts';

const Line = z.object({
  hour: z.string(),
  kind: z.string(),
  outcome: z.enum(ledgerOutcomes),
  reason: z.string(),
  items: z.number(),
  requests: z.number(),
  bytes: z.number(),
});

/** What was entered for a client, over all hours; `hour` is the first. */
export const enteredLines = ({ telemetry }: Pick<Context, 'telemetry'>) =>
  telemetry.rows(Line)(
    `SELECT min(hour) AS hour, kind, outcome, reason, sum(items) AS items, sum(requests) AS requests, sum(bytes) AS bytes
    FROM ingest_ledger WHERE client_id = {client:UUID} GROUP BY kind, outcome, reason`,
  );

const Count = z.object({ n: z.number() });

/** Past that many, telling each from each would take more memory than a question may have. */
const MOST_TOLD_APART = 10_000_000;

/** The spans of a client in the table, each counted once. */
async function storedSpans({ telemetry }: Pick<Context, 'telemetry'>): Promise<number> {
  const [rows] = await telemetry.rows(Count)('SELECT count() AS n FROM span WHERE client_id = {client:UUID}');
  const [distinct] = await telemetry.rows(Count)(
    (rows?.n ?? 0) <= MOST_TOLD_APART
      ? 'SELECT uniqExact(trace_id, span_id) AS n FROM span WHERE client_id = {client:UUID}'
      : // Merges drop the first of two, so that one which was sent again may be there without its first.
        `SELECT countIf(NOT resent AND (trace_id, span_id) NOT IN (
            SELECT trace_id, span_id FROM span WHERE client_id = {client:UUID} AND resent
          )) + (SELECT uniqExact(trace_id, span_id) FROM span WHERE client_id = {client:UUID} AND resent) AS n
        FROM span WHERE client_id = {client:UUID}`,
  );
  return distinct?.n ?? 0;
}

/** How many of each kind are there. */
export async function storedCounts(ctx: Pick<Context, 'telemetry'>): Promise<Map<TallyKind, number>> {
  const [records] = await ctx.telemetry.rows(Count)('SELECT uniqExact(id) AS n FROM log_record WHERE client_id = {client:UUID}');
  const [points] = await ctx.telemetry.rows(Count)('SELECT uniqExact(id) AS n FROM metric_point WHERE client_id = {client:UUID}');
  const [scores] = await ctx.telemetry.rows(Count)(
    'SELECT uniqExact(trace_id, id) AS n FROM score WHERE client_id = {client:UUID}',
  );
  return new Map([
    ['span', await storedSpans(ctx)],
    ['log_record', records?.n ?? 0],
    ['metric_point', points?.n ?? 0],
    ['score', scores?.n ?? 0],
  ]);
}
