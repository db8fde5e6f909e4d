import { isCallKind } from './calls-among.ts';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a text begins with traces that hold their observations. */
export const holdsObservations = (start: string) =>
  /"observations"\s*:\s*\[\s*\{/.test(start) && /"type"\s*:\s*"(GENERATION|EMBEDDING|SPAN|EVENT|AGENT|TOOL|CHAIN)"/.test(start);

export const isTrace = (value: unknown): boolean => isObject(value) && Array.isArray(value['observations']);

/** What a trace says of the whole of its calls, as Langfuse names it; the rest it says of itself alone, or again. */
const SHARED = ['userId', 'sessionId', 'release', 'tags', 'environment', 'metadata', 'version'] as const;

/** The calls of a trace with its observations; the trace itself where it holds none. What scores the trace scores its last call. Pure. */
export function callsOfTrace(trace: unknown): unknown[] {
  if (!isObject(trace) || !Array.isArray(trace['observations'])) return [trace];
  const calls = trace['observations'].filter(
    (one): one is Json => isObject(one) && typeof one['type'] === 'string' && isCallKind(one['type']),
  );
  if (calls.length === 0) return [trace];
  const scores = Array.isArray(trace['scores']) ? trace['scores'].filter(isObject) : [];
  const last = answerOf(calls);
  const ids = new Set(calls.map(({ id }) => id));
  const shared = Object.fromEntries(SHARED.flatMap((name) => (trace[name] === undefined ? [] : [[name, trace[name]]])));
  return calls.map((call) => {
    const own = scores.filter(({ observationId }) =>
      typeof observationId === 'string' && ids.has(observationId) ? observationId === call['id'] : call === last,
    );
    // What the call leaves empty the trace may say.
    const said = Object.fromEntries(Object.entries(call).filter(([name, value]) => value !== null || !(name in shared)));
    return { ...shared, traceName: trace['name'], ...(own.length > 0 ? { scores: own } : {}), ...said };
  });
}

/** The call that ended last. */
function answerOf(calls: readonly Json[]): Json {
  const end = ({ endTime, startTime }: Json) => [endTime, startTime].find((at) => typeof at === 'string') ?? '';
  return calls.reduce((latest, call) => (end(call) >= end(latest) ? call : latest));
}
