/** The spans of a trace as a tree, in the order in which they are read. */

export interface Placed<Span> {
  span: Span;
  depth: number;
  /** Of the whole trace, 0 to 1. */
  start: number;
  length: number;
}

interface Timed {
  spanId: string;
  parentSpanId: string | null;
  startedAt: string;
  durationMs: number | null;
}

/** Children below their parents, earlier ones first. Spans whose parent was never sent stand at the top; so does one of a ring. */
export function treeOf<Span extends Timed>(spans: readonly Span[]): Placed<Span>[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = new Map<string | null, Span[]>();
  for (const span of spans) {
    const parent = span.parentSpanId !== null && ids.has(span.parentSpanId) ? span.parentSpanId : null;
    const siblings = below.get(parent);
    if (siblings) siblings.push(span);
    else below.set(parent, [span]);
  }
  const begin = Math.min(...spans.map(startOf));
  const wholeMs = Math.max(1, ...spans.map((span) => startOf(span) + (span.durationMs ?? 0) - begin));
  const placed = new Map<string, Placed<Span>>();
  const place = (first: Span, depth: number) => {
    // No recursion: a chain of thousands is a trace, too.
    const waiting = [{ span: first, depth }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { span, depth } = next;
      if (placed.has(span.spanId)) continue;
      const start = (startOf(span) - begin) / wholeMs;
      placed.set(span.spanId, { span, depth, start, length: (span.durationMs ?? 0) / wholeMs });
      for (const child of inOrder(below.get(span.spanId) ?? []).reverse()) waiting.push({ span: child, depth: depth + 1 });
    }
  };
  for (const root of inOrder(below.get(null) ?? [])) place(root, 0);
  for (const span of inOrder(spans)) if (!placed.has(span.spanId)) place(span, 0);
  return [...placed.values()];
}

const startOf = ({ startedAt }: Timed) => {
  const ms = Date.parse(startedAt);
  return Number.isNaN(ms) ? 0 : ms;
};
const inOrder = <Span extends Timed>(spans: readonly Span[]) => [...spans].sort((a, b) => startOf(a) - startOf(b));
