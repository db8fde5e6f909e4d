import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { open, readFile, rename, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../platform/log.ts';
import { Problem, unavailable } from '../../platform/problem.ts';
import { byTable, frame, readSegment, sizeOf, type TableRows } from './segment.ts';

/**
 * What was acknowledged and is not yet in the store: segments on disk, written and flushed before the acknowledgement, moved
 * into the store in order, and deleted when the store has them on disk.
 */
export interface Spool {
  /** Keeps rows of one or several tables. All are on disk when it returns. Throws `unavailable` when there is no room; then none is kept. */
  append(rows: readonly TableRows[]): Promise<void>;
  /** Bytes that are not yet in the store. */
  bytes(): number;
  /** Finishes what is being written. What the store has not got stays for the next start. */
  close(): Promise<void>;
}

export interface SpoolOptions {
  dir: string;
  /** Puts rows into their table; on disk when it returns. The same token twice is the same rows: once is enough. */
  load: (rows: TableRows, token: string) => Promise<void>;
  /** What it may take on disk. */
  mostBytes?: number;
  /** A segment is closed when it has this many. */
  segmentBytes?: number;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
/** How often an open segment is closed for loading, when no closed one waits. */
const LINGER_MS = 250;
const RETRY_MS = 500;
const CLOSE_WITHIN_MS = 5000;
/** How often the store may refuse a segment for a reason that does not pass by itself, before it is tried batch by batch. */
const MOST_REFUSALS = 5;
const suffix = '.segment';
/** Kept for a person to look at. */
const setAside = { refused: '.refused', damaged: '.damaged' };

/** The same rows have the same token. */
const tokenOf = (segment: string, { table }: TableRows) => `${segment.slice(0, -suffix.length)}-${table}`;

const mayPass = (error: unknown) => error instanceof Problem && error.retryable;

interface Waiting {
  buffers: readonly Buffer[];
  done: () => void;
  failed: (reason: unknown) => void;
}

interface OpenSegment {
  name: string;
  file: FileHandle;
  bytes: number;
}

/** Opens the spool of a directory and goes on with what an earlier process left there. */
export function openSpool({ dir, load, mostBytes = 2 * GIB, segmentBytes = 16 * MIB }: SpoolOptions, log: Log): Spool {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const closed = readdirSync(dir)
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => ({ name, bytes: statSync(join(dir, name)).size }));
  let kept = closed.reduce((sum, { bytes }) => sum + bytes, 0);
  let current: OpenSegment | undefined;
  let waiting: Waiting[] = [];
  let lastNumber = Number(closed.at(-1)?.name.split('-')[0] ?? 0);
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  let wake = () => {};

  // Everything that touches the open segment is done one after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  async function openSegment(): Promise<OpenSegment> {
    // The names are the tokens, too: never the same twice, whatever the clock does.
    lastNumber = Math.max(lastNumber + 1, Date.now());
    const name = `${String(lastNumber).padStart(15, '0')}-${randomBytes(8).toString('hex')}${suffix}`;
    const file = await open(join(dir, name), 'wx', 0o600);
    try {
      await flushDirectory();
    } catch (error) {
      await file.close();
      throw error;
    }
    return { name, file, bytes: 0 };
  }

  async function flushDirectory(): Promise<void> {
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async function closeSegment(): Promise<void> {
    if (!current) return;
    const { name, file, bytes } = current;
    current = undefined;
    closed.push({ name, bytes });
    await file.close();
  }

  /** Writes all that waits at once: one flush for as many as came while the last was under way. */
  async function write(): Promise<void> {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const buffers = batch.flatMap((one) => one.buffers);
    const size = sizeOf(buffers);
    try {
      current ??= await openSegment();
      await writeWhole(current.file, Buffer.concat(buffers), current.bytes);
      await current.file.datasync();
      current.bytes += size;
    } catch (error) {
      kept -= size;
      // What such a failure leaves behind is not to be built upon: back to what was acknowledged, and on in a new segment.
      await current?.file.truncate(current.bytes).catch(() => undefined);
      await closeSegment().catch(() => undefined);
      wake();
      const reason = unavailable('The telemetry cannot be kept at the moment: the disk is full or failing.', error);
      log.error({ err: error }, 'the spool cannot write');
      for (const { failed } of batch) failed(reason);
      return;
    }
    for (const { done } of batch) done();
    if (current.bytes >= segmentBytes) await closeSegment();
    wake();
  }

  async function loadSegment({ name, bytes }: { name: string; bytes: number }): Promise<void> {
    const path = join(dir, name);
    const { frames, tornBytes, damagedBytes } = readSegment(await readFile(path));
    // One insert per table: each is there once, however often all of them are tried.
    for (const rows of byTable(frames)) await load(rows, tokenOf(name, rows));
    if (tornBytes > 0) log.warn({ segment: name, tornBytes }, 'the end of a write that was never acknowledged is dropped');
    if (damagedBytes > 0)
      log.error({ segment: name, damagedBytes }, 'telemetry on disk has changed and cannot be read; its file is kept');
    await (damagedBytes > 0 ? rename(path, path + setAside.damaged) : unlink(path));
    kept -= bytes;
  }

  /** Loads what the store takes of a segment, request by request, and sets aside what it does not. */
  async function siftSegment({ name, bytes }: { name: string; bytes: number }): Promise<void> {
    const path = join(dir, name);
    const { frames, damagedBytes } = readSegment(await readFile(path));
    const refused: TableRows[][] = [];
    for (const [n, tables] of frames.entries()) {
      for (const rows of tables) {
        try {
          await load(rows, `${tokenOf(name, rows)}-${n}`);
        } catch (error) {
          if (isClosing() || mayPass(error)) throw error;
          refused.push([rows]);
        }
      }
    }
    if (refused.length > 0) {
      log.error({ segment: name, batches: refused.length }, 'the store refuses this telemetry; it is kept in a file');
      await writeFile(path + setAside.refused, Buffer.concat(refused.flatMap(frame)), { mode: 0o600, flush: true });
      await flushDirectory();
    }
    await (damagedBytes > 0 ? rename(path, path + setAside.damaged) : unlink(path));
    kept -= bytes;
  }

  async function loadAll(): Promise<void> {
    let refusals = 0;
    while (!isClosing()) {
      if (closed.length === 0 && (current?.bytes ?? 0) > 0) {
        await pause(LINGER_MS);
        await inTurn(closeSegment);
      }
      const [next] = closed;
      if (!next) {
        if (isClosing()) return;
        await new Promise<void>((woken) => (wake = woken));
        continue;
      }
      try {
        await (refusals < MOST_REFUSALS ? loadSegment(next) : siftSegment(next));
        closed.shift();
        refusals = 0;
      } catch (error) {
        if (isClosing()) return;
        log.warn({ err: error, segment: next.name }, 'telemetry waits in the spool');
        refusals = mayPass(error) ? refusals : refusals + 1;
        await pause(RETRY_MS);
      }
    }
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);

  const loading = loadAll();

  return {
    append(rows) {
      const filled = rows.filter(({ bytes }) => bytes.length > 0);
      if (filled.length === 0) return Promise.resolve();
      if (isClosing()) return Promise.reject(unavailable('Steward is being stopped.'));
      const buffers = frame(filled);
      const size = sizeOf(buffers);
      if (kept + size > mostBytes)
        return Promise.reject(unavailable('Too much telemetry waits for its store. Send it again in a moment.'));
      kept += size;
      return new Promise<void>((done, failed) => {
        waiting.push({ buffers, done, failed });
        void inTurn(write);
      });
    },
    bytes: () => kept,
    async close() {
      closing.abort();
      wake();
      await inTurn(write);
      await inTurn(closeSegment);
      // A store that hangs is not waited for: the segment is still there.
      await Promise.race([loading, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

/** A disk that fills up takes a part. */
async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    if (bytesWritten === 0) throw new Error('The file takes no more.');
    at += bytesWritten;
  }
}
