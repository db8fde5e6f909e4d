import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { flushDirectory, openFlushed, writeFlushed } from '../../platform/flush.ts';
import type { LedgerLine } from '../../platform/ledger.ts';
import type { Log } from '../../platform/log.ts';
import { unavailable } from '../../platform/problem.ts';
import type { Blanks } from './blanks.ts';
import { count, emptyHeld, nameOf, type Held } from './held.ts';
import { sizeOf } from './segment.ts';
import type { SpoolRoom } from './spool-room.ts';

/** Whose rows they are, and what the ledger says of them: the rows hold the same lines. */
export interface Entry {
  readonly client: string;
  readonly lines: readonly LedgerLine[];
  /** Of the request, by which it is known at other processes. */
  readonly digest?: string;
}

/** Writes frames into segments, and flushes them. */
export interface SegmentWriter {
  /** On disk when it returns. The room for it was taken. */
  write(frame: readonly Buffer[], bytes: number, entry: Entry | undefined): Promise<void>;
  /** What is in the segment that is still written to. */
  current(): Held | undefined;
  /** Hands that segment over; once all that waits is written. */
  close(): Promise<void>;
}

export interface SegmentWriterOptions {
  dir: string;
  room: SpoolRoom;
  /** Where segments are made of. */
  blanks: Blanks | undefined;
  /** A segment is handed over when it has this many. */
  segmentBytes: number;
  /** The names that are taken end before this number. */
  lastNumber: number;
  /** Takes over a segment that is not written to any more. */
  handOver: (held: Held) => void;
  /** Something was written. */
  written: () => void;
}

/** A segment that holds as much is one of many. */
const MUCH_BYTES = 2 * 1024 * 1024;

interface Waiting {
  buffers: readonly Buffer[];
  bytes: number;
  entry: Entry | undefined;
  done: () => void;
  failed: (reason: unknown) => void;
}

interface OpenSegment {
  held: Held;
  file: FileHandle;
}

/** Writes below `dir`, from `lastNumber` on. The writer takes no room itself: whoever writes has taken it. */
export function openSegmentWriter(options: SegmentWriterOptions, log: Log): SegmentWriter {
  const { dir, room, blanks, segmentBytes, handOver, written } = options;
  let { lastNumber } = options;
  let current: OpenSegment | undefined;
  let waiting: Waiting[] = [];

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
    const held = emptyHeld(nameOf(lastNumber));
    const path = join(dir, held.name);
    const blank = await blanks?.take(path);
    if (blank) {
      // Nobody waits for it: the next start knows a blank that holds something, whatever its name.
      held.named = flushDirectory(dir).catch((error: unknown) =>
        log.warn({ err: error }, 'the name of a segment was not flushed'),
      );
      return { held, file: blank };
    }
    const file = await openFlushed(path, { isNew: true });
    try {
      await flushDirectory(dir);
    } catch (error) {
      await file.close();
      throw error;
    }
    return { held, file };
  }

  async function closeSegment(): Promise<void> {
    if (!current) return;
    const { file, held } = current;
    current = undefined;
    handOver(held);
    await file.close();
  }

  /** Writes all that waits at once: one flush for as many as came while the last was under way. */
  async function writeWaiting(): Promise<void> {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      current ??= await openSegment();
      const { held, file } = current;
      const buffers = batch.flatMap((one) => one.buffers);
      await writeFlushed(file, buffers, held.bytes);
      held.bytes += sizeOf(buffers);
      for (const { bytes, entry } of batch) {
        held.lines.add(entry?.lines ?? []);
        count(held.byClient, entry?.client, bytes);
        room.written(bytes);
      }
    } catch (error) {
      for (const { bytes, entry } of batch) room.giveBack(bytes, entry?.client);
      // What such a failure leaves behind is not to be built upon: back to what was acknowledged, and on in a new segment.
      await current?.file.truncate(current.held.bytes).catch(() => undefined);
      await closeSegment().catch(() => undefined);
      written();
      const reason = unavailable('The telemetry cannot be kept at the moment: the disk is full or failing.', error);
      log.error({ err: error }, 'the spool cannot write');
      for (const { failed } of batch) failed(reason);
      return;
    }
    for (const { done } of batch) done();
    if (current.held.bytes >= MUCH_BYTES) blanks?.prepare();
    if (current.held.bytes >= segmentBytes) await closeSegment();
    written();
  }

  return {
    write: (buffers, bytes, entry) =>
      new Promise<void>((done, failed) => {
        waiting.push({ buffers, bytes, entry, done, failed });
        void inTurn(writeWaiting);
      }),
    current: () => current?.held,
    async close() {
      await inTurn(writeWaiting);
      await inTurn(closeSegment);
    },
  };
}
