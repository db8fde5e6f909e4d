import type { LedgerLine } from '../../../platform/ledger.ts';
import type { Counts, Ledger } from './model.ts';

type Line = Pick<LedgerLine, 'hour' | 'kind' | 'outcome' | 'reason' | 'items' | 'requests' | 'bytes'>;

interface Books {
  /** The ledger of what is in the store. */
  entered: readonly Line[];
  /** The lines of what is still in the spool. */
  waiting: readonly Line[];
  /** How many of each kind are in their table. */
  stored: ReadonlyMap<string, number>;
}

/** Adds the ledger up. Nothing in it is derived from anything else: it can be wrong. */
export function balance({ entered, waiting, stored }: Books): Ledger {
  const all = [...entered, ...waiting];
  const kinds = [...new Set([...all.filter(({ kind }) => kind !== '').map(({ kind }) => kind), ...stored.keys()])].toSorted();
  const counted = kinds.map((kind) => ({ kind, ...countsOf(kind, all, waiting, stored.get(kind) ?? 0) }));
  const total = counted.reduce<Counts>(plus, { received: 0, stored: 0, deduplicated: 0, rejected: {}, setAside: 0, spooled: 0 });
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

function countsOf(kind: string, all: readonly Line[], waiting: readonly Line[], stored: number): Counts {
  const of = (lines: readonly Line[], outcome: Line['outcome']) =>
    lines.filter((line) => line.kind === kind && line.outcome === outcome).reduce((sum, { items }) => sum + items, 0);
  return {
    received: of(all, 'received'),
    stored,
    deduplicated: of(all, 'resent'),
    rejected: byReason(
      all.filter((line) => line.kind === kind),
      'rejected',
      'items',
    ),
    setAside: of(all, 'set_aside'),
    spooled: of(waiting, 'received') - of(waiting, 'resent') - of(waiting, 'rejected'),
  };
}

const values = (of: Record<string, number>) => Object.values(of).reduce((sum, count) => sum + count, 0);
const sumOf = ({ stored, deduplicated, rejected, setAside, spooled }: Counts) =>
  stored + deduplicated + values(rejected) + setAside + spooled;

function byReason(lines: readonly Line[], outcome: Line['outcome'], what: 'items' | 'requests'): Record<string, number> {
  const sums = new Map<string, number>();
  for (const line of lines) if (line.outcome === outcome) sums.set(line.reason, (sums.get(line.reason) ?? 0) + line[what]);
  return Object.fromEntries([...sums].filter(([, count]) => count > 0));
}

const plus = (sum: Counts, counts: Counts): Counts => ({
  received: sum.received + counts.received,
  stored: sum.stored + counts.stored,
  deduplicated: sum.deduplicated + counts.deduplicated,
  rejected: Object.fromEntries(
    [...new Set([...Object.keys(sum.rejected), ...Object.keys(counts.rejected)])].map((reason) => [
      reason,
      (sum.rejected[reason] ?? 0) + (counts.rejected[reason] ?? 0),
    ]),
  ),
  setAside: sum.setAside + counts.setAside,
  spooled: sum.spooled + counts.spooled,
});
