import { lstatSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Log } from '../../platform/log.ts';
import { isLocked, lockDataDir } from '../lock.ts';
import { isAlive } from '../processes.ts';
import { startEngine } from './engine.ts';
import { connectEngine } from './open.ts';
import type { Telemetry } from './telemetry.ts';

/** A private engine of one piece of work. It may read local files, and nothing in it outlives the process. */
export interface ScratchTelemetry extends Telemetry {
  /** Where its tables are; removed at close. */
  readonly dir: string;
  /**
   * A path to give to `file({path:String}, …)` for a file of any name: `*`, `?` and `{` in a path are patterns to ClickHouse.
   * The ending of the name, which tells format and compression, stays.
   */
  pathFor(file: string): string;
}

export interface ScratchOptions {
  /** Where to make the temporary directory. Default: the system's. */
  dir?: string;
  log: Log;
  /** What the engine may allocate. Default: 1 GB. */
  memoryBytes?: number;
}

const prefix = 'steward-scratch-';
/** Copies of logs, which features make: the same kind of directory. */
const copiesPrefix = 'steward-log-';

/** Opens an engine on a fresh temporary directory, removed at close or when the process exits. */
export async function openScratchTelemetry({
  dir = tmpdir(),
  log,
  memoryBytes = 1_000_000_000,
}: ScratchOptions): Promise<ScratchTelemetry> {
  removeStaleScratch(dir);
  const own = mkdtempSync(join(dir, `${prefix}${process.pid}-`));
  const remove = () => rmSync(own, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', remove);
  const lock = await lockDataDir(own);
  try {
    // Nothing here is worth a flush: it is made again from its files.
    const engine = await startEngine({ dir: own, readsFiles: true, fsync: false, memoryBytes }, log);
    const telemetry = connectEngine(engine, { readsFiles: true });
    let links = 0;
    let closing: Promise<void> | undefined;
    const closeOnce = async () => {
      await telemetry.close();
      lock.release();
      // Not in the way of what else is done: it may be a gigabyte.
      await rm(own, { recursive: true, force: true, maxRetries: 3 });
      process.off('exit', remove);
    };
    const close = () => (closing ??= closeOnce());
    return {
      ...telemetry,
      dir: own,
      pathFor(file) {
        const ending = /(\.[A-Za-z0-9]+)*$/.exec(basename(file))?.[0] ?? '';
        const link = join(own, `file-${(links += 1)}${ending}`);
        symlinkSync(resolve(file), link);
        return link;
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    lock.release();
    remove();
    process.off('exit', remove);
    throw error;
  }
}

/** A directory for copies of logs: removed with `remove`, when the process exits, or where it was killed, by the next start. */
export async function makeCopiesDir(dir = tmpdir()): Promise<{ path: string; remove: () => void }> {
  // Made by mkdtemp, its mode is 0700: for nobody else's eyes.
  const path = mkdtempSync(join(dir, `${copiesPrefix}${process.pid}-`));
  const removeAll = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', removeAll);
  const lock = await lockDataDir(path);
  return {
    path,
    remove() {
      lock.release();
      removeAll();
      process.off('exit', removeAll);
    },
  };
}

/** Removes what processes of ours that were killed left behind. Answers how many directories. */
export function removeStaleScratch(dir = tmpdir()): number {
  return readdirSync(dir).filter((name) => {
    try {
      const path = join(dir, name);
      if (!isStale(path)) return false;
      rmSync(path, { recursive: true, force: true });
      return true;
    } catch {
      // Another process removed it first, or it cannot be removed: no reason not to work.
      return false;
    }
  }).length;
}

function isStale(path: string): boolean {
  const pid = new RegExp(`^(?:${prefix}|${copiesPrefix})(\\d+)-`).exec(basename(path))?.[1];
  if (pid === undefined || isAlive(Number(pid))) return false;
  // The temporary directory is shared: others remove what is theirs.
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
  // A container beside ours has processes of its own numbers, and the same temporary directory: the lock tells.
  return !isLocked(path);
}
