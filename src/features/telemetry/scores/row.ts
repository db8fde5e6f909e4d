import { createHash } from 'node:crypto';
import type { LoggedScore, Score, Span } from '../otlp/index.ts';

export interface NewScore extends Score {
  id: string;
  traceId: string;
  spanId: string | null;
  workflow: string | null;
  at: Date;
}

/** A score as a row of the table `score`; its client is put in by the wall. */
export const scoreRow = (score: NewScore, receivedAt: Date) => ({
  id: score.id,
  trace_id: score.traceId,
  span_id: score.spanId ?? '',
  workflow: score.workflow,
  name: score.name,
  value: score.value,
  label: score.label,
  explanation: score.explanation,
  source: score.source,
  at: score.at.toISOString(),
  received_at: receivedAt.toISOString(),
});

/** The scores that came with a span. One that is sent again brings the same ones. */
export function scoreRowsOf({ scores, traceId, spanId, workflow, startedAt }: Span, receivedAt: Date) {
  const at = startedAt === null ? receivedAt : new Date(startedAt);
  return scores.map((score, n) => scoreRow({ ...score, id: `${spanId}-${n}`, traceId, spanId, workflow, at }, receivedAt));
}

/** A score that came as a log record; nothing where the record names no trace. The same record again is the same score. */
export function loggedScoreRow({ responseId, ...score }: LoggedScore, at: Date, receivedAt: Date) {
  if (!score.traceId) return undefined;
  const id = createHash('sha256')
    .update(JSON.stringify([score, responseId, at]))
    .digest('hex')
    .slice(0, 32);
  return scoreRow({ ...score, id, traceId: score.traceId, workflow: null, at }, receivedAt);
}
