import { spokenIn, type Spoken } from './map/events.ts';
import { label } from './map/facts.ts';
import { evaluation, EVALUATION, plausible, saysSomething } from './map/scores.ts';
import type { Score } from './span.ts';
import type { RawLog } from './wire.ts';

/** A score that came as a log record. It belongs to a span, or to the answer with this identifier. */
export interface LoggedScore extends Score {
  traceId: string | null;
  spanId: string | null;
  responseId: string | null;
}

/** What a span read and said, sent apart from it. */
export interface LoggedTexts extends Spoken {
  traceId: string;
  spanId: string;
}

/** What log records say about spans. Those that say nothing of the kind stay mere records. */
export function findingsOf(
  logs: readonly RawLog[],
  refuse: () => unknown = () => {},
): { scores: LoggedScore[]; texts: LoggedTexts[] } {
  const scores = logs
    .filter(({ name }) => name === EVALUATION)
    .map((log) => plausible(scoreOf(log), refuse))
    .filter(saysSomething);
  const bySpan = new Map<string, RawLog[]>();
  for (const log of logs.filter(({ name, spanId }) => spanId !== '' && name.startsWith('gen_ai.') && name !== EVALUATION)) {
    const key = `${log.traceId}${log.spanId}`;
    const of = bySpan.get(key);
    if (of) of.push(log);
    else bySpan.set(key, [log]);
  }
  return { scores, texts: [...bySpan.values()].flatMap(textsOf) };
}

const scoreOf = (log: RawLog): LoggedScore => ({
  ...evaluation(log.attributes),
  traceId: log.traceId || null,
  spanId: log.spanId || null,
  responseId: label(log.attributes.get('gen_ai.response.id') ?? null),
});

function textsOf(logs: readonly RawLog[]): LoggedTexts[] {
  const { traceId, spanId } = logs[0]!;
  const spoken = spokenIn(logs);
  return spoken.input === null && spoken.output === null ? [] : [{ traceId, spanId, ...spoken }];
}
