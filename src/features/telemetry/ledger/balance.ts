import type { LedgerLine } from '../../../platform/ledger.ts';
import type { RemovedItems } from '../../../platform/practice.ts';
import type { Counts, Ledger } from './model.ts';

type Line = Pick<LedgerLine, 'hour' | 'kind' | 'outcome' | 'reason' | 'items' | 'requests' | 'bytes' | 'isElsewhere'>;

interface Books {
  /** The ledger of what is in the store. */
  entered: readonly Line[];
  /** The lines of what is still in the spool. */
  waiting: readonly Line[];
  /** How many of each kind are in their table. */
  stored: ReadonlyMap<string, number>;
  /** How many were taken away again. */
  removed: readonly RemovedItems[];
}

/** Adds the ledger up. Nothing in it is derived from anything else: it can be wrong. */
export function balance({ entered, waiting, stored, removed }: Books): Ledger {
  const all = [...entered, ...waiting];
  const kinds = [
    ...new Set([
      ...all.filter(({ kind }) => kind !== '').map(({ kind }) => kind),
      ...stored.keys(),
      ...removed.map(({ kind }) => kind),
    ]),
  ].toSorted();
  const counted = kinds.map((kind) => ({ kind, ...countsOf(kind, all, waiting, { stored: stored.get(kind) ?? 0, removed }) }));
  const total = counted.reduce<Counts>(plus, nothing);
  const difference = total.received - sumOf(total);
  const hours = all.map(({ hour }) => hour).toSorted();
  const received = all.filter(({ outcome }) => outcome === 'received');
  return {
    ...total,
    balanced: counted.every((counts) => counts.received === sumOf(counts)),
    difference,
    refused: byReason(all, 'refused', 'requests'),
    requests: received.reduce((sum, { requests }) => sum + requests, 0),
    bytes: received.reduce((sum, { bytes }) => sum + bytes, 0),
    since: hours[0] ?? null,
    kinds: counted,
  };
}

const nothing: Counts = {
  received: 0,
  stored: 0,
  deduplicated: 0,
  rejected: {},
  setAside: 0,
  spooled: 0,
  removed: {},
  struck: {},
};

function countsOf(
  kind: string,
  all: readonly Line[],
  waiting: readonly Line[],
  { stored, removed }: { stored: number; removed: readonly RemovedItems[] },
): Counts {
  const ofKind = all.filter((line) => line.kind === kind);
  const of = (lines: readonly Line[], outcome: Line['outcome']) =>
    lines.filter((line) => line.kind === kind && line.outcome === outcome).reduce((sum, { items }) => sum + items, 0);
  const waitingOf = (lines: readonly Line[]) => of(lines, 'received') - of(lines, 'resent') - of(lines, 'rejected');
  const counts = {
    received: of(all, 'received'),
    stored,
    deduplicated: of(all, 'resent'),
    rejected: byReason(ofKind, 'rejected', 'items'),
    setAside: of(all, 'set_aside'),
    spooled: waitingOf(waiting),
    removed: sumsBy(removed.filter((one) => one.kind === kind).map(({ reason, items }) => [reason, items])),
    struck: byReason(ofKind, 'struck', 'items'),
  };
  // A process that was killed while it loaded had these in their table, and their lines were still to come: they are stored, and wait
  // nowhere. More than what it had cannot be put down to that, nor anything that is missing.
  const elsewhere = waitingOf(waiting.filter(({ isElsewhere }) => isElsewhere));
  return { ...counts, spooled: counts.spooled - Math.min(elsewhere, Math.max(0, sumOf(counts) - counts.received)) };
}

const values = (of: Record<string, number>) => Object.values(of).reduce((sum, count) => sum + count, 0);
const sumOf = ({ stored, deduplicated, rejected, setAside, spooled, removed }: Counts) =>
  stored + deduplicated + values(rejected) + setAside + spooled + values(removed);

function byReason(lines: readonly Line[], outcome: Line['outcome'], what: 'items' | 'requests'): Record<string, number> {
  return sumsBy(lines.filter((line) => line.outcome === outcome).map((line) => [line.reason, line[what]]));
}

function sumsBy(counts: readonly (readonly [reason: string, count: number])[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [reason, count] of counts) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return Object.fromEntries([...sums].filter(([, count]) => count > 0));
}

const both = (one: Record<string, number>, other: Record<string, number>) =>
  sumsBy([...Object.entries(one), ...Object.entries(other)]);

const plus = (sum: Counts, counts: Counts): Counts => ({
  received: sum.received + counts.received,
  stored: sum.stored + counts.stored,
  deduplicated: sum.deduplicated + counts.deduplicated,
  rejected: both(sum.rejected, counts.rejected),
  removed: both(sum.removed, counts.removed),
  struck: both(sum.struck, counts.struck),
  setAside: sum.setAside + counts.setAside,
  spooled: sum.spooled + counts.spooled,
});
