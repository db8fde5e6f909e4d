import { LedgerSum, type LedgerLine } from '../../platform/ledger.ts';
import { ledgerRows } from './ledger-rows.ts';
import type { Spool } from './spool.ts';

/** Refused requests on their way into the ledger. They are many when something is wrong, so they are written together. */
export interface Refusals {
  note(line: LedgerLine): void;
  /** Those that are not written yet. */
  lines(): readonly LedgerLine[];
  close(): Promise<void>;
}

const EVERY_MS = 1000;

/** What was refused in the last second is lost with the process; nothing of it was kept, and its sender knows. */
export function openRefusals(spool: Pick<Spool, 'append'>): Refusals {
  const sum = new LedgerSum();
  async function write(): Promise<void> {
    const lines = sum.lines();
    if (lines.length === 0) return;
    try {
      await spool.append([ledgerRows(lines)], { client: '', lines });
      sum.add(lines, -1);
    } catch {
      // No room now: they wait, added up.
    }
  }
  let writing = Promise.resolve();
  const timer = setInterval(() => void (writing = writing.then(write)), EVERY_MS);
  timer.unref();
  return {
    note: (line) => sum.add([line]),
    lines: () => sum.lines(),
    async close() {
      clearInterval(timer);
      await (writing = writing.then(write));
    },
  };
}
