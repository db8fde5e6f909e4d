import type { Span } from './span.ts';

type Counted = Pick<Span, 'spanId' | 'parentSpanId' | 'costable' | 'inputTokens' | 'outputTokens' | 'givenCostUsd'>;

/**
 * Which spans of one trace bear its tokens and its cost, so that nothing is counted twice.
 * The calls themselves do. A wrapper does only if nothing below it does, and the outermost such wrapper alone.
 * Spans may come in any order; those whose parent is missing stand for themselves.
 */
export function countedSpans<T extends Counted>(spans: readonly T[]): T[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const calls = withoutRepeated(
    spans.filter((span) => span.costable && hasUsage(span)),
    byId,
  );
  const above = ancestorsOf(calls, byId);
  const wrappers = spans.filter((span) => !span.costable && hasUsage(span) && !above.has(span.spanId));
  return [...calls, ...outermost(wrappers, byId)];
}

const hasUsage = (span: Counted) => span.inputTokens !== null || span.outputTokens !== null || span.givenCostUsd !== null;

/** Two libraries that watch the same call send it twice, one inside the other and with the same tokens. */
function withoutRepeated<T extends Counted>(calls: readonly T[], byId: ReadonlyMap<string, T>): T[] {
  const repeated = new Set(
    calls.flatMap((call) => {
      const parent = byId.get(call.parentSpanId ?? '');
      return parent?.costable && parent !== call && isSame(parent, call) ? [parent.spanId] : [];
    }),
  );
  return calls.filter(({ spanId }) => !repeated.has(spanId));
}

const isSame = (a: Counted, b: Counted) => a.inputTokens === b.inputTokens && a.outputTokens === b.outputTokens;

function ancestorsOf<T extends Counted>(spans: readonly T[], byId: ReadonlyMap<string, T>): Set<string> {
  const found = new Set<string>();
  for (const span of spans) {
    let id = span.parentSpanId;
    // Stops where another span has been: also when a client's spans are each other's parents.
    while (id !== null && !found.has(id)) {
      found.add(id);
      id = byId.get(id)?.parentSpanId ?? null;
    }
  }
  return found;
}

/** The outermost of the wrappers: those with none of them above. Each span is passed once, however deep the trace. */
function outermost<T extends Counted>(wrappers: readonly T[], byId: ReadonlyMap<string, T>): T[] {
  const ids = new Set(wrappers.map(({ spanId }) => spanId));
  const known = new Map<string, boolean>();
  const isBelowOne = (span: T): boolean => {
    const path = [span.spanId];
    let at = span.parentSpanId;
    while (at !== null && byId.has(at) && !ids.has(at) && !known.has(at) && at !== span.spanId) {
      known.set(at, false);
      path.push(at);
      at = byId.get(at)!.parentSpanId;
    }
    const isBelow = at !== null && at !== span.spanId && (ids.has(at) || known.get(at) === true);
    for (const id of path.slice(1)) known.set(id, isBelow);
    return isBelow;
  };
  return wrappers.filter((span) => !isBelowOne(span));
}

export interface TraceTotals {
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
}

type Totalled = Counted & Pick<Span, 'cachedInputTokens' | 'reasoningTokens'>;

/** What a trace used. Null when no span of it says. */
export function traceTotals(spans: readonly Totalled[]): TraceTotals {
  const counted = countedSpans(spans);
  const sum = (field: keyof TraceTotals) => {
    const known = counted.map((span) => span[field]).filter((tokens) => tokens !== null);
    return known.length === 0 ? null : known.reduce((total, tokens) => total + tokens, 0);
  };
  return {
    inputTokens: sum('inputTokens'),
    cachedInputTokens: sum('cachedInputTokens'),
    outputTokens: sum('outputTokens'),
    reasoningTokens: sum('reasoningTokens'),
  };
}
