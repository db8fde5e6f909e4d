import { createHash } from 'node:crypto';
import type { Receiving } from '../../../platform/route.ts';
import { jsonOf, sharedJsonOf } from '../ingest/json.ts';
import { findingsOf, isPlausibleTime, type Decoded, type RawLog } from '../otlp/index.ts';
import { keeperFor } from '../privacy/index.ts';
import { countedScores } from '../scores/index.ts';
import { rowsOfScores } from './place-scores.ts';
import { struckLog } from './strike.ts';

/** Keeps the log records of one request, and what they say of answers as scores. On disk when it returns. */
export async function keepLogs(
  { intake, records, telemetry, client, now }: Receiving,
  { items, received, reasons, drops }: Decoded<RawLog>,
  bytes: number,
): Promise<void> {
  if (received === 0) return;
  const keeper = await keeperFor(records, client.id);
  const struck = new Map<string, number>();
  const logs = keeper ? items.map((log) => struckLog(log, keeper, struck)) : items;
  const receivedAt = now();
  const refuse = () => (drops.scores += 1);
  const said = logs.flatMap((log) =>
    findingsOf([log], refuse).scores.map((score) => ({ score, at: new Date(timeOf(log, receivedAt)) })),
  );
  const scores = await rowsOfScores(telemetry, said, receivedAt);
  const rows = logs.map((log) => rowOf(log, receivedAt));
  // The same record has the same id, whenever it is sent.
  const noting = intake.noting();
  for (const { id } of rows) noting.isResent({ traceId: id, spanId: '' });
  const resent = noting.resentCount;
  const counted = countedScores(scores, noting);
  await intake.keep(
    [
      ...(rows.length > 0 ? [{ table: 'log_record', rows } as const] : []),
      ...(scores.length > 0 ? [{ table: 'score', rows: counted.rows() } as const] : []),
    ],
    {
      noting,
      tallies: () => [{ kind: 'log_record', received, resent, rejected: reasons, bytes, struck }, ...counted.tallies()],
    },
  );
}

/** Milliseconds with microseconds behind the point. */
function timeOf({ at }: RawLog, receivedAt: Date): number {
  const ms = at ? at.ms + Math.floor(at.ns / 1000) / 1000 : Number.NaN;
  return isPlausibleTime(ms) ? ms : receivedAt.getTime();
}

function rowOf(log: RawLog, receivedAt: Date) {
  const attributes = jsonOf(log.attributes);
  const body = JSON.stringify(log.body);
  return {
    id: idOf(log, attributes, body),
    trace_id: log.traceId,
    span_id: log.spanId,
    at: timeOf(log, receivedAt),
    name: log.name,
    severity: Math.min(log.severity, 24),
    body,
    attributes,
    resource: sharedJsonOf(log.resource.attributes),
    scope_name: log.scope.name,
    flags: log.flags,
    received_at: receivedAt.getTime(),
  };
}

function idOf(log: RawLog, attributes: ReadonlyMap<string, string>, body: string): string {
  const said = [log.traceId, log.spanId, log.at, log.name, log.severity, body, [...attributes], log.scope.name];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32);
}
