import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LogFile } from './open-log.ts';

/** Files that were given more than once, by their place in the list, each with the place of the one that counts. */
export async function sameFiles(files: readonly LogFile[]): Promise<Map<number, number>> {
  const same = new Map<number, number>();
  const seen: Seen[] = [];
  for (const [index, file] of files.entries()) {
    const own = await look(file, index);
    const first = await find(seen, own);
    if (first) same.set(index, first.index);
    else seen.push(own);
  }
  return same;
}

interface Seen {
  index: number;
  /** Whatever links lead to it. */
  path: string;
  bytes: number;
  digest?: string;
}

/** The file as it was given, whatever copy of it is read. */
export const givenPath = ({ name, work }: Pick<LogFile, 'name' | 'work'>) => (name === '-' ? join(work, 'stdin') : resolve(name));

async function look(file: LogFile, index: number): Promise<Seen> {
  const path = await realpath(givenPath(file));
  return { index, path, bytes: (await stat(path)).size };
}

/** Only files of one length are read for it. */
async function find(seen: readonly Seen[], own: Seen): Promise<Seen | undefined> {
  for (const other of seen.filter(({ bytes }) => bytes === own.bytes)) {
    if (other.path === own.path) return other;
    other.digest ??= await digestOf(other.path);
    own.digest ??= await digestOf(own.path);
    if (other.digest === own.digest) return other;
  }
  return undefined;
}

/** SHA-256 of a file's bytes. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
