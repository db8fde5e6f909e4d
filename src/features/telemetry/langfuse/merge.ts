import { setTimeout as sleep } from 'node:timers/promises';
import type { WalledTelemetry } from '../../../platform/practice.ts';
import type { Event } from './events.ts';
import { joined, keyOf, pieceOf, type Piece } from './pieces.ts';
import { rootIdOf } from './ids.ts';
import { findPieces } from './store.ts';

type SpanEvent = Exclude<Event, { type: 'score-create' }>;

/** What a trace says for all of its spans. */
const ofWholeTrace = [
  'langfuse.trace.name',
  'langfuse.user.id',
  'langfuse.session.id',
  'langfuse.release',
  'langfuse.environment',
  'steward.workflow',
];
/** What has been acknowledged is in the store soon after. */
const STORED_WITHIN_MS = 3000;
const LOOK_AGAIN_MS = 150;

/** The spans that a batch says something of, with what earlier batches said of them: a later event tells only what is new. */
export async function mergedPieces(
  { told, roots, begun }: Told,
  telemetry: WalledTelemetry,
  recent: (wanted: readonly Piece[]) => ReadonlyMap<string, Piece>,
): Promise<Piece[]> {
  const wanted = [...told.values(), ...roots.values()];
  const waiting = recent(wanted);
  const isNew = (key: string) => !waiting.has(key);
  const continued = [...told.keys()].filter((key) => !begun.has(key) && isNew(key));
  const inStore = await findSoon(
    telemetry,
    wanted.filter((piece) => isNew(keyOf(piece))),
    continued,
  );
  // What waits was told on top of what the store has.
  const stored = new Map([...inStore, ...waiting]);
  const merged = new Map([...told].map(([key, piece]) => [key, withEarlier(piece, stored.get(key))]));
  return [...merged].map(([key, piece]) => {
    const rootKey = keyOf(roots.get(key)!);
    return withTrace(piece, merged.get(rootKey) ?? stored.get(rootKey));
  });
}

/** What a batch says of spans. */
export interface Told {
  readonly told: ReadonlyMap<string, Piece>;
  /** The spans that stand for the traces of them. */
  readonly roots: ReadonlyMap<string, Piece>;
  /** Those that the batch itself begins. */
  readonly begun: ReadonlySet<string>;
}

/** The spans of a batch's events, each once. */
export function toldBy(events: readonly SpanEvent[]): Told {
  const told = new Map<string, Piece>();
  const begun = new Set<string>();
  const roots = new Map<string, Piece>();
  for (const event of events.toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))) {
    const piece = pieceOf(event);
    const before = told.get(keyOf(piece));
    told.set(keyOf(piece), before ? joined(before, piece) : piece);
    if (!event.type.endsWith('-update')) begun.add(keyOf(piece));
    const trace = event.type === 'trace-create' ? event.body.id : (event.body.traceId ?? event.body.id);
    const root = { ...piece, spanId: rootIdOf(trace) };
    roots.set(keyOf(piece), root);
  }
  return { told, roots, begun };
}

async function findSoon(telemetry: WalledTelemetry, wanted: readonly Piece[], continued: readonly string[]) {
  const until = performance.now() + STORED_WITHIN_MS;
  for (;;) {
    const stored = await findPieces(telemetry, wanted);
    if (continued.every((key) => stored.has(key)) || performance.now() > until) return stored;
    await sleep(LOOK_AGAIN_MS);
  }
}

const withEarlier = (piece: Piece, before: Piece | undefined) => (before ? joined(before, piece) : piece);

function withTrace(piece: Piece, root: Piece | undefined): Piece {
  const shared = Object.fromEntries(
    ofWholeTrace.flatMap((name) => (root?.attributes[name] === undefined ? [] : [[name, root.attributes[name]]])),
  );
  return { ...piece, attributes: { ...shared, ...piece.attributes } };
}
