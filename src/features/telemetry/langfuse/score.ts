import { randomUUID } from 'node:crypto';
import { sidesOf, type NewScore } from '../scores/index.ts';
import type { ScoreBody } from './events.ts';
import { rootIdOf, spanIdOf, traceIdOf } from './ids.ts';

const sources = new Map([
  ['EVAL', 'model'],
  ['ANNOTATION', 'person'],
] as const);

/** A score of a Langfuse client; nothing when it is about no trace. */
export function scoreOf(body: ScoreBody, at: Date): NewScore | undefined {
  if (!body.traceId) return undefined;
  const isTruth = body.dataType === 'BOOLEAN' && (body.value === 0 || body.value === 1);
  const spanId = body.observationId ? spanIdOf(body.observationId) : null;
  return {
    id: body.id ?? randomUUID(),
    traceId: traceIdOf(body.traceId),
    spanId: spanId === rootIdOf(body.traceId) ? null : spanId,
    workflow: null,
    name: body.name,
    ...sidesOf(isTruth ? body.value === 1 : body.value),
    explanation: body.comment ?? null,
    source: sources.get((body.source ?? '') as 'EVAL' | 'ANNOTATION') ?? null,
    at: body.timestamp ? new Date(body.timestamp) : at,
  };
}
