import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerSum, type LedgerLine } from '../../platform/ledger.ts';
import { linesIn } from './ledger-rows.ts';
import { readSegment, sizeOf, type TableRows } from './segment.ts';

/** A segment, and what it holds of whom. */
export interface Held {
  readonly name: string;
  /** Resolves once its name is on the disk; before, the store may not have what is in it. */
  named?: Promise<void>;
  /** From its start. Behind them there may be zeros. */
  bytes: number;
  readonly lines: LedgerSum;
  readonly byClient: Map<string, number>;
}

export const suffix = '.segment';

/** The names are the tokens, too: no two are the same, whatever the clock does. */
export const nameOf = (number: number) => `${String(number).padStart(15, '0')}-${randomBytes(8).toString('hex')}${suffix}`;

export const emptyHeld = (name: string): Held => ({ name, bytes: 0, lines: new LedgerSum(), byClient: new Map() });

/** When it was begun: its name says it. */
export const begunAt = ({ name }: Held) => new Date(numberOf(name));
export const numberOf = (name: string) => Number(name.split('-')[0]);

/** The same rows have the same token. */
export const tokenOf = (segment: string, table: string) => `${segment.slice(0, -suffix.length)}-${table}`;

/** Counts a frame in, or out. */
export function count(byClient: Map<string, number>, client: string | undefined, bytes: number): void {
  if (client === undefined) return;
  const sum = (byClient.get(client) ?? 0) + bytes;
  if (sum > 0) byClient.set(client, sum);
  else byClient.delete(client);
}

/** What an earlier process left. */
export function inspect(dir: string, name: string): Held {
  const held = emptyHeld(name);
  const file = readFileSync(join(dir, name));
  const { frames, blankBytes } = readSegment(file);
  for (const frame of frames) {
    const lines = linesIn(frame);
    held.lines.add(lines);
    count(held.byClient, lines[0]?.client_id, sizeOf(frame.map(({ bytes }) => bytes)));
  }
  held.bytes = file.length - blankBytes;
  return held;
}

/** What the ledger says when rows of a table are set aside: those that are new are nowhere else. */
export function asideLines(frame: readonly TableRows[], table: string): LedgerLine[] {
  const sum = new LedgerSum();
  for (const line of linesIn(frame)) {
    if (line.kind !== table || !['received', 'resent', 'rejected'].includes(line.outcome)) continue;
    const aside = { ...line, outcome: 'set_aside', reason: 'refused_by_the_store', requests: 0, bytes: 0 } as const;
    sum.add([aside], line.outcome === 'received' ? 1 : -1);
  }
  return sum.lines();
}
