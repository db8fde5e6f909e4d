import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, renameSync, unlinkSync } from 'node:fs';
import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { flushDirectory, openFlushed } from '../../platform/flush.ts';
import type { Log } from '../../platform/log.ts';

/**
 * Files of zeros, for segments that are written at a high rate. What is written over zeros is on the disk as soon as its bytes are.
 * A file that grows has to tell the file system, too, and waits for whatever else it has to tell it, as merged and removed parts
 * of the store: beside a busy store a flush took four times as long.
 */
export interface Blanks {
  /** Moves one to the path and opens it for `writeFlushed`; nothing where none is ready. Its name there is still to be flushed. */
  take(path: string): Promise<FileHandle | undefined>;
  /** Has one ready soon. Told while much comes in. */
  prepare(): void;
  /** Takes a segment away. Where it was a blank, and nobody else reads it, it becomes one again. */
  remove(path: string, usedBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** More than these would only lie there. */
const MOST_READY = 2;
const ready = '.blank';
/** Still holds something, which is in the store. */
const used = '.used';
const MIB = 1024 * 1024;
const PIECE_BYTES = 4 * MIB;

/** Below `dir`, so many bytes each, and made only where the disk has `room`. */
export function openBlanks(
  { dir, bytes, hasRoom }: { dir: string; bytes: number; hasRoom: (bytes: number) => boolean },
  log: Log,
): Blanks {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const names: string[] = [];
  const zeros = Buffer.alloc(MIB);
  let isClosing = false;
  let underWay = 0;
  /** One after the other: nothing waits for them. */
  let turn: Promise<unknown> = Promise.resolve();
  const isWanted = () => names.length < MOST_READY && !isClosing;

  function inTurn(work: () => Promise<void>): void {
    underWay += 1;
    const failed = (error: unknown) => log.warn({ err: error }, 'no file of zeros could be made for telemetry');
    turn = turn
      .then(work)
      .catch(failed)
      .finally(() => (underWay -= 1));
  }

  /** Flushed piece by piece, so that no acknowledgement waits behind all of it. */
  async function overwrite(file: FileHandle, toBytes: number): Promise<void> {
    for (let at = 0; at < toBytes && isWanted();) {
      for (const end = Math.min(at + PIECE_BYTES, toBytes); at < end;)
        at += (await file.write(zeros, 0, Math.min(zeros.length, end - at), at)).bytesWritten;
      await file.datasync();
    }
  }

  /** Makes the file below that name a blank. It is gone when that fails, or is not wanted any more. */
  async function finish(name: string, file: FileHandle, toBytes: number): Promise<void> {
    const path = join(dir, name);
    try {
      try {
        await overwrite(file, toBytes);
      } finally {
        await file.close();
      }
      if (!isWanted()) return await unlink(path);
      const finished = `${randomUUID()}${ready}`;
      await rename(path, join(dir, finished));
      names.push(finished);
    } catch (error) {
      log.warn({ err: error }, 'no file of zeros could be made for telemetry; it is kept in files that grow');
      await unlink(path).catch(() => undefined);
    }
  }

  return {
    async take(path) {
      const name = names.shift();
      if (name === undefined) return undefined;
      await rename(join(dir, name), path);
      return openFlushed(path, { isNew: false });
    },
    prepare() {
      if (underWay > 0 || names.length > 0 || isClosing || !hasRoom(bytes)) return;
      const name = `${randomUUID()}${used}`;
      inTurn(async () => finish(name, await open(join(dir, name), 'wx', 0o600), bytes));
    },
    async remove(path, usedBytes) {
      const { size, nlink } = await stat(path);
      // A copy may hold it by another name.
      if (size < Math.max(bytes, usedBytes) || nlink > 1 || !isWanted()) return unlink(path);
      const name = `${randomUUID()}${used}`;
      await rename(path, join(dir, name));
      inTurn(async () => {
        // Before it is overwritten: a segment that came back below its name would look damaged.
        await flushDirectory(dir).catch(() => undefined);
        await finish(name, await open(join(dir, name), 'r+'), usedBytes);
      });
    },
    async close() {
      isClosing = true;
      await turn;
      await Promise.all(names.splice(0).map((name) => unlink(join(dir, name)).catch(() => undefined)));
    },
  };
}

/**
 * What an earlier process left of them. One with something in it was a segment already, and the disk lost the name that it had
 * as such: it goes to where `pathOf` says. The others go.
 */
export function clearBlanks(dir: string, pathOf: () => string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (name.endsWith(ready) && !beginsWithZeros(path)) renameSync(path, pathOf());
    else unlinkSync(path);
  }
}

function beginsWithZeros(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(8);
    readSync(file, head);
    return head.every((byte) => byte === 0);
  } finally {
    closeSync(file);
  }
}
