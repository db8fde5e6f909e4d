import type { LedgerLine } from '../../platform/ledger.ts';
import type { TableRows } from './segment.ts';

export const LEDGER = 'ingest_ledger';

/** The ledger's lines of one request. We wrote them ourselves. */
export const linesIn = (frame: readonly TableRows[]) =>
  frame
    .filter(({ table }) => table === LEDGER)
    .flatMap(({ bytes }) => Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as LedgerLine);

/** Lines as rows of the ledger's table; no bytes where there are no lines. */
export const ledgerRows = (lines: readonly LedgerLine[]): TableRows => ({
  table: LEDGER,
  format: 'JSONEachRow',
  bytes: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
});
