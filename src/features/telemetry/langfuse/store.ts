import { z } from 'zod';
import type { WalledTelemetry } from '../../../platform/practice.ts';
import { spoken, Stored } from '../ingest/said.ts';
import { keyOf, type Piece } from './pieces.ts';

const StoredPiece = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  name: z.string().nullable(),
  startMs: z.number(),
  durationMs: z.number().nullable(),
  attributes: Stored,
  input: z.string().nullable(),
  output: z.string().nullable(),
});

/** Ids in one question: they are in its address, which may not be as long as one likes. */
const AT_ONCE = 2000;

/** What is stored of these spans, by `keyOf`. */
export async function findPieces(telemetry: WalledTelemetry, wanted: readonly Piece[]): Promise<Map<string, Piece>> {
  const found = new Map<string, Piece>();
  for (let at = 0; at < wanted.length; at += AT_ONCE)
    for (const [key, piece] of await findSome(telemetry, wanted.slice(at, at + AT_ONCE))) found.set(key, piece);
  return found;
}

async function findSome(telemetry: WalledTelemetry, wanted: readonly Piece[]): Promise<(readonly [string, Piece])[]> {
  const found = await telemetry.rows(StoredPiece)(
    `SELECT toString(trace_id) AS traceId, toString(span_id) AS spanId, nullIf(parent_span_id, '') AS parentSpanId,
      nullIf(name, '') AS name, toUnixTimestamp64Micro(started_at) / 1000 AS startMs, duration_ms AS durationMs, attributes,
      input, output
    FROM span
    WHERE client_id = {client:UUID} AND trace_id IN {traceIds:Array(String)} AND span_id IN {spanIds:Array(String)}
    ORDER BY received_at DESC LIMIT 1 BY trace_id, span_id`,
    { traceIds: [...new Set(wanted.map(({ traceId }) => traceId))], spanIds: [...new Set(wanted.map(({ spanId }) => spanId))] },
  );
  return found.map(({ durationMs, input, output, attributes, ...stored }) => [
    keyOf(stored),
    {
      ...stored,
      attributes: spoken(attributes, { input, output }),
      endMs: durationMs === null ? null : stored.startMs + durationMs,
    },
  ]);
}
