import { rootIdOf, spanIdOf, traceIdOf } from './ids.ts';
import type { Event, ObservationBody, ObservationEvent, TraceBody } from './events.ts';

/** What is known of a span so far, by the names that Langfuse's newer clients give its attributes. */
export interface Piece {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string | null;
  startMs: number | null;
  endMs: number | null;
  attributes: Record<string, unknown>;
}

export const keyOf = ({ traceId, spanId }: Pick<Piece, 'traceId' | 'spanId'>) => `${traceId}-${spanId}`;

/** What an event says of a span; nothing when it is about something else. */
export function pieceOf(event: Exclude<Event, { type: 'score-create' }>): Piece {
  return event.type === 'trace-create' ? ofTrace(event.body, event.timestamp) : ofObservation(event);
}

/** Later words on top of earlier ones: what is not said again stays. */
export const joined = (before: Piece, after: Piece): Piece => ({
  ...after,
  parentSpanId: after.parentSpanId ?? before.parentSpanId,
  name: after.name ?? before.name,
  // A clock of the sender's never says that a thing began later than it first said.
  startMs: before.startMs ?? after.startMs,
  endMs: after.endMs ?? before.endMs,
  attributes: { ...before.attributes, ...after.attributes },
});

function ofTrace(body: TraceBody, timestamp: string): Piece {
  return {
    traceId: traceIdOf(body.id),
    spanId: rootIdOf(body.id),
    parentSpanId: null,
    name: body.name ?? null,
    startMs: Date.parse(body.timestamp ?? timestamp),
    endMs: null,
    attributes: known({
      'langfuse.trace.id': body.id,
      'langfuse.trace.name': body.name,
      'langfuse.user.id': body.userId,
      'langfuse.session.id': body.sessionId,
      'langfuse.trace.input': body.input,
      'langfuse.trace.output': body.output,
      'langfuse.trace.metadata': body.metadata,
      'langfuse.trace.tags': body.tags,
      'langfuse.release': body.release,
      'langfuse.version': body.version,
      'langfuse.environment': body.environment,
      // There is no service here: the trace's name is what says which work it is.
      'steward.workflow': body.name,
    }),
  };
}

function ofObservation({ type, timestamp, body }: ObservationEvent): Piece {
  const trace = body.traceId ?? body.id;
  const isUpdate = type.endsWith('-update');
  const startMs = body.startTime ? Date.parse(body.startTime) : isUpdate ? null : Date.parse(timestamp);
  const said = body.type?.toLowerCase();
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(body.id),
    parentSpanId: body.parentObservationId ? spanIdOf(body.parentObservationId) : isUpdate ? null : rootIdOf(trace),
    name: body.name ?? null,
    startMs,
    endMs: body.endTime ? Date.parse(body.endTime) : type === 'event-create' ? startMs : null,
    attributes: known({
      'langfuse.trace.id': body.traceId,
      'langfuse.observation.id': body.id,
      'langfuse.observation.type': said ?? type.slice(0, type.indexOf('-')),
      'langfuse.observation.input': body.input,
      'langfuse.observation.output': body.output,
      'langfuse.observation.metadata': body.metadata,
      'langfuse.observation.level': body.level,
      'langfuse.observation.status_message': body.statusMessage,
      'langfuse.observation.model.name': body.model,
      'langfuse.observation.model.parameters': body.modelParameters,
      'langfuse.observation.completion_start_time': body.completionStartTime,
      'langfuse.observation.prompt.name': body.promptName,
      'langfuse.observation.prompt.version': body.promptVersion,
      'langfuse.observation.usage_details': usageOf(body),
      'langfuse.observation.cost_details': costOf(body),
      'langfuse.version': body.version,
      'langfuse.environment': body.environment,
    }),
  };
}

const known = (attributes: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null));

const numbersIn = (given: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === 'number'));

/** Older clients count in `usage`, which may also be of characters or seconds. */
function usageOf({ usageDetails, usage }: ObservationBody) {
  if (usageDetails) return usageDetails;
  if (!usage || !['TOKENS', undefined, null].includes(usage['unit'] as string)) return undefined;
  const { inputCost: _, outputCost: __, totalCost: ___, ...counts } = numbersIn(usage);
  return Object.keys(counts).length === 0 ? undefined : counts;
}

function costOf({ costDetails, usage }: ObservationBody) {
  if (costDetails) return costDetails;
  const { inputCost: input, outputCost: output, totalCost: total } = numbersIn(usage ?? {});
  return (input ?? output ?? total) ? known({ input, output, total }) : undefined;
}
