import { z } from 'zod';
import { hourOf, ledgerOutcomes, refusalLine, type LedgerLine } from '../../platform/ledger.ts';
import { LEDGER } from './ledger-rows.ts';
import { salvage, type TableRows } from './segment.ts';

const Line = z.object({
  client_id: z.uuid(),
  hour: z.iso.datetime(),
  kind: z.string().regex(/^[a-z_]{0,40}$/),
  outcome: z.enum(ledgerOutcomes),
  reason: z.string().max(200),
  items: z.number().int().min(0),
  requests: z.number().int().min(0),
  bytes: z.number().int().min(0),
});

/**
 * Whose a frame is: its end, where the ledger's last line stands, whole, with nothing but the mark of the request behind it. What
 * stands before it may be a client's own text, which can look like such a line.
 */
const CLIENT =
  /\{"client_id":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","hour":"[\dTZ:.-]+","kind":"[a-z_]{0,40}","reason":"[^"\\\n]{0,400}","items":\d+,"requests":\d+,"bytes":\d+,"outcome":"[a-z_]+"\}\n(?:[^]{6}request Digest[^]{32})?$/;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * What the ledger says of a frame that the disk changed: what it held was acknowledged and is in no table. Its own lines tell how
 * much that was, as far as the change did not touch them; else it is one request of which nobody knows more.
 */
export function damagedLines(frame: Buffer, at: Date): LedgerLine[] {
  const lines = readLines(salvage(frame));
  if (lines) return [...lines, ...lines.flatMap(asideOf)];
  return [{ ...refusalLine(clientOf(frame) ?? NOBODY, at, 'damaged'), hour: hourOf(at) }];
}

/** Whose a frame is that the disk changed, as far as it still says so. */
export const clientOf = (frame: Buffer): string | undefined => CLIENT.exec(frame.toString('latin1'))?.[1];

/** Of each kind, what was received less what was not to be kept anyway. */
function asideOf(line: LedgerLine, _n: number, all: readonly LedgerLine[]): LedgerLine[] {
  if (line.outcome !== 'received') return [];
  const others = all.filter(({ kind, outcome }) => kind === line.kind && (outcome === 'resent' || outcome === 'rejected'));
  const items = line.items - others.reduce((sum, other) => sum + other.items, 0);
  return items > 0 ? [{ ...line, outcome: 'set_aside', reason: 'damaged', items, requests: 0, bytes: 0 }] : [];
}

function readLines(tables: readonly TableRows[]): LedgerLine[] | undefined {
  const texts = tables
    .filter(({ table }) => table === LEDGER)
    .flatMap(({ bytes }) => Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean));
  if (texts.length === 0) return undefined;
  try {
    const lines = texts.map((text) => Line.parse(JSON.parse(text)));
    return lines.every((line) => asideIsPossible(line, lines)) ? lines : undefined;
  } catch {
    return undefined;
  }
}

const asideIsPossible = (line: LedgerLine, all: readonly LedgerLine[]) =>
  line.outcome === 'received' ||
  all.some(({ kind, outcome, items }) => outcome === 'received' && kind === line.kind && items >= line.items);
