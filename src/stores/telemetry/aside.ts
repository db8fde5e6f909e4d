import { readdirSync } from 'node:fs';
import { readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flushDirectory } from '../../platform/flush.ts';
import type { Unsaid } from '../../platform/practice.ts';
import { clientOf } from './damaged.ts';
import { numberOf } from './held.ts';
import { frame, HEAD_BYTES, readSegment, sizeOf } from './segment.ts';

/** Segments that were set aside, kept for a person to look at. */
export const setAside = { refused: '.refused', damaged: '.damaged' };

const unfinished = '.new';

/** How many files of each kind there are. */
export function countAside(dir: string): { refused: number; damaged: number } {
  const names = readdirSync(dir);
  const count = (kind: keyof typeof setAside) => names.filter((name) => name.endsWith(setAside[kind])).length;
  return { refused: count('refused'), damaged: count('damaged') };
}

/**
 * Drops what was set aside of a client, of files that were begun before a time; answers how many batches that were. They are in
 * no table, so nobody can say which of them tell of whom: they go whole. So does what no longer says whose it is, unless it is to
 * stay, and, out of what the disk damaged, what was still whole, which the store has.
 */
export async function forgetAside(
  dir: string,
  client: string,
  before: Date,
  unsaid: Unsaid = 'goes',
  /** Files in which nothing of the client is left, by what was looked through before; those of this time are added. */
  done = new Set<string>(),
): Promise<number> {
  let gone = 0;
  for (const name of readdirSync(dir)) {
    // Of a process that was killed over it.
    if (name.endsWith(unfinished)) await rm(join(dir, name), { force: true });
    const isDamaged = name.endsWith(setAside.damaged);
    if ((!isDamaged && !name.endsWith(setAside.refused)) || numberOf(name) >= before.getTime()) continue;
    const mark = `${client} ${unsaid} ${name}`;
    if (done.has(mark)) continue;
    const bytes = await readFile(join(dir, name));
    const { frames, damaged } = readSegment(bytes);
    const whole = isDamaged ? [] : frames.map((tables) => Buffer.concat(frame(tables)));
    const staysWhole = whole.filter((one) => !speaksOf(one, client));
    const staysDamaged = damaged.filter(
      (one) => (clientOf(one) ?? (unsaid === 'goes' ? client : undefined)) !== client && !speaksOf(one, client),
    );
    gone += whole.length - staysWhole.length + (damaged.length - staysDamaged.length);
    const kept = [...staysWhole, ...staysDamaged.map(asItWas(bytes))];
    if (sizeOf(kept) < bytes.length) await replace(dir, name, kept);
    if (kept.length > 0) done.add(mark);
  }
  return gone;
}

/** With the length and the sum that it was written with: still one that changed. */
const asItWas = (file: Buffer) => (damaged: Buffer) => {
  const at = damaged.byteOffset - file.byteOffset;
  return file.subarray(at - HEAD_BYTES, at + damaged.length);
};

/** Every row names its client: as text, or as the two numbers of 64 bits that the format Native has for it. */
function speaksOf(bytes: Buffer, client: string): boolean {
  const id = Buffer.from(client.replaceAll('-', ''), 'hex');
  const native = Buffer.concat([Buffer.from(id.subarray(0, 8)).reverse(), Buffer.from(id.subarray(8)).reverse()]);
  return bytes.includes(native) || bytes.includes(client);
}

async function replace(dir: string, name: string, kept: readonly Buffer[]): Promise<void> {
  const path = join(dir, name);
  if (kept.length === 0) await unlink(path);
  else {
    await writeFile(path + unfinished, Buffer.concat(kept), { mode: 0o600, flush: true });
    await rename(path + unfinished, path);
  }
  await flushDirectory(dir);
}
