import { findingsOf, type LoggedScore } from './logs.ts';
import type { Score, Span } from './span.ts';
import type { RawLog } from './wire.ts';

export const isCall = ({ kind }: Span) => kind === 'generation';

/** The scores among log records. */
export const scoresAmong = (logs: readonly RawLog[]): LoggedScore[] => findingsOf(logs).scores;

/** Which call each score is about: the one that bears it, else the last call within the span that does, else the last of its trace. */
export function scoresByCall(spans: readonly Span[], logged: readonly LoggedScore[]): Map<Span, Score[]> {
  const found = new Map<Span, Score[]>();
  const family = familyOf(spans);
  const put = (span: Span | undefined, scores: readonly Score[]) => {
    const call = span && !isCall(span) ? family.answerOf(span) : span;
    if (call && scores.length > 0) found.set(call, [...(found.get(call) ?? []), ...scores]);
  };
  for (const span of spans) put(span.scores.length > 0 ? span : undefined, span.scores);
  if (logged.length === 0) return found;
  const byResponse = new Map(spans.filter(isCall).map((span) => [span.responseId, span]));
  for (const score of logged) put(family.find(score.traceId, score.spanId) ?? byResponse.get(score.responseId ?? ''), [score]);
  return found;
}

/** Who called whom, as far as one document shows it. */
function familyOf(spans: readonly Span[]) {
  const byId = new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span]));
  const find = (traceId: string | null, spanId: string | null) => byId.get(`${traceId}/${spanId}`);
  const isWithin = (span: Span, fits: (ancestor: Span) => boolean): boolean => {
    // Identifiers are what a client made of them: a circle ends where it began.
    const seen = new Set<Span>();
    for (let at = find(span.traceId, span.parentSpanId); at && !seen.has(at); at = find(at.traceId, at.parentSpanId)) {
      if (fits(at)) return true;
      seen.add(at);
    }
    return false;
  };
  const calls = new Map<string, Span[]>();
  // What a judge asks a model is no answer to anybody.
  for (const span of spans.filter((one) => isCall(one) && !isWithin(one, ({ kind }) => kind === 'evaluator'))) {
    const known = calls.get(span.traceId);
    if (known) known.push(span);
    else calls.set(span.traceId, [span]);
  }
  const answerOf = (scored: Span): Span | undefined => {
    const all = (calls.get(scored.traceId) ?? []).toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
    return all.findLast((call) => isWithin(call, (ancestor) => ancestor === scored)) ?? all.at(-1);
  };
  return { find, answerOf };
}
