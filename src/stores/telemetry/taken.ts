import { LedgerSum, type LedgerLine } from '../../platform/ledger.ts';
import { ledgerRows, linesIn } from './ledger-rows.ts';
import type { TableRows } from './segment.ts';

/** Of requests, by digest, those that another process has taken. Those that nobody has are this process's from now on. */
export type Taken = (digests: readonly string[]) => Promise<ReadonlySet<string>>;

/** Stands in a frame for what a request is known by; it is no table. */
const MARK = 'request';

/** The mark that a frame bears; the digest is in hexadecimal digits. */
export const digestRows = (digest: string): TableRows => ({ table: MARK, format: 'Digest', bytes: Buffer.from(digest, 'hex') });

/**
 * The frames of a segment as they go into the store. A request that another process has taken, too, as its answer came too late,
 * is in the ledger and nowhere else: it was sent again.
 */
export async function withoutTaken(frames: readonly (readonly TableRows[])[], taken?: Taken): Promise<TableRows[][]> {
  const digests = frames.map((frame) => {
    const mark = frame.find(({ table }) => table === MARK);
    return mark && Buffer.from(mark.bytes).toString('hex');
  });
  const known = digests.filter((digest) => digest !== undefined);
  const elsewhere = taken && known.length > 0 ? await taken(known) : new Set<string>();
  return frames.map((frame, n) => {
    const digest = digests[n];
    if (digest === undefined || !elsewhere.has(digest)) return frame.filter(({ table }) => table !== MARK);
    const lines = linesIn(frame);
    return [ledgerRows([...lines, ...resentLines(lines)])];
  });
}

/** All that was new here was there. */
function resentLines(lines: readonly LedgerLine[]): LedgerLine[] {
  const sum = new LedgerSum();
  for (const line of lines) {
    if (!['received', 'resent', 'rejected'].includes(line.outcome)) continue;
    const resent = { ...line, outcome: 'resent', reason: '', requests: 0, bytes: 0 } as const;
    sum.add([resent], line.outcome === 'received' ? 1 : -1);
  }
  return sum.lines();
}
