import type { Receiving } from '../../../platform/route.ts';
import type { Decoded, RawPoint } from '../otlp/index.ts';
import { keeperFor } from '../privacy/index.ts';
import { pointRows } from './row.ts';
import { pointStriker } from './strike.ts';

/** Keeps the points of one request. On disk when it returns. */
export async function keepMetricPoints(
  { intake, records, client, now }: Receiving,
  { items, received, reasons }: Decoded<RawPoint>,
  bytes: number,
): Promise<void> {
  if (received === 0) return;
  const keeper = await keeperFor(records, client.id);
  const struck = new Map<string, number>();
  const rows = pointRows(keeper ? items.map(pointStriker(keeper, struck)) : items, now());
  // The same point has the same id, whenever it is sent.
  const noting = intake.noting();
  for (const { id } of rows) noting.isResent({ traceId: id, spanId: '' });
  await intake.keep(rows.length > 0 ? [{ table: 'metric_point', rows }] : [], {
    noting,
    tallies: () => [{ kind: 'metric_point', received, resent: noting.resentCount, rejected: reasons, bytes, struck }],
  });
}
