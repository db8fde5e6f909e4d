import { open, rename, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flushDirectory } from '../../platform/flush.ts';
import { LedgerSum } from '../../platform/ledger.ts';
import type { Log } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import { countAside, setAside } from './aside.ts';
import type { Blanks } from './blanks.ts';
import { damagedLines } from './damaged.ts';
import { asideLines, tokenOf, type Held } from './held.ts';
import { ledgerRows } from './ledger-rows.ts';
import { byTable, frame, readSegment, type Segment, type TableParts, type TableRows } from './segment.ts';
import { openSpare } from '../../platform/spare.ts';
import { withoutTaken, type Taken } from './taken.ts';

/** Puts rows into their table; on disk when it returns. The same token twice is the same rows: once is enough. */
export type Load = (rows: TableParts, token: string) => Promise<void>;

/** Moves one segment into the store, and ends it. */
export interface SegmentLoader {
  /** Reads it into memory that is used again once it is given back. */
  read(held: Held): Promise<Read>;
  /** One insert per table, or several where it has very many requests. */
  load(held: Held, segment: Segment): Promise<void>;
  /** What the store takes of it, request by request; the rest is set aside. */
  sift(held: Held, segment: Segment): Promise<void>;
  /** How many files are set aside. */
  aside(): { refused: number; damaged: number };
  /** They have become other ones. */
  countAside(): void;
}

export interface Read {
  readonly segment: Segment;
  readonly giveBack: () => void;
}

interface LoaderOptions {
  dir: string;
  /** Where segments go that are in the store. */
  blanks: Blanks | undefined;
  load: Load;
  /** Of requests, by digest, those that another process has. */
  taken: Taken | undefined;
  isClosing: () => boolean;
  /** The store has the segment, and the disk has not. */
  ended: (held: Held) => void;
}

/** For segments that are being loaded. */
const spare = openSpare({ most: 3, largestBytes: 64 * 1024 * 1024 });

/** Whether trying again may help. */
export const mayPass = (error: unknown) => error instanceof Problem && error.retryable;

/** Loads segments that lie below `dir`. Several may be loaded at once, and each by one caller. */
export function openSegmentLoader({ dir, blanks, load, taken, isClosing, ended }: LoaderOptions, log: Log): SegmentLoader {
  let aside = countAside(dir);

  /** Whether the store takes the rows. Throws where it may take them later. */
  async function takes(rows: TableParts, token: string): Promise<boolean> {
    try {
      await load(rows, token);
      return true;
    } catch (error) {
      if (isClosing() || mayPass(error)) throw error;
      return false;
    }
  }

  async function end(held: Held, { tornBytes, damagedBytes }: Segment): Promise<void> {
    const path = join(dir, held.name);
    const segment = held.name;
    if (tornBytes > 0) log.warn({ segment, tornBytes }, 'the end of a write that was never acknowledged is dropped');
    if (damagedBytes > 0) {
      log.error({ segment, damagedBytes }, 'telemetry on disk has changed and cannot be read; its file is kept');
      await truncate(path, held.bytes);
      await rename(path, path + setAside.damaged);
      aside.damaged += 1;
    } else await (blanks ? blanks.remove(path, held.bytes) : unlink(path));
    ended(held);
  }

  /** What the disk changed stands in the ledger, and in no table. */
  async function tellDamaged({ name }: Held, { damaged }: Segment): Promise<void> {
    const sum = new LedgerSum();
    for (const bytes of damaged) sum.add(damagedLines(bytes, new Date()));
    const told = ledgerRows(sum.lines());
    if (told.bytes.length > 0) await load(alone(told), `${tokenOf(name, told.table)}-damaged`);
  }

  async function keepRefused(held: Held, refused: readonly TableRows[], lines: LedgerSum): Promise<void> {
    log.error({ segment: held.name, batches: refused.length }, 'the store refuses this telemetry; it is kept in a file');
    const kept = Buffer.concat(refused.flatMap((rows) => frame([rows])));
    await writeFile(join(dir, held.name) + setAside.refused, kept, { mode: 0o600, flush: true });
    await flushDirectory(dir);
    const told = ledgerRows(lines.lines());
    if (told.bytes.length > 0) await takes(alone(told), `${tokenOf(held.name, told.table)}-aside`);
    aside.refused += 1;
  }

  return {
    aside: () => ({ ...aside }),
    countAside: () => void (aside = countAside(dir)),
    async read(held) {
      await held.named;
      const bytes = await readWhole(join(dir, held.name), held.bytes);
      return { segment: readSegment(bytes), giveBack: () => spare.giveBack(bytes) };
    },
    async load(held, segment) {
      for (const { of, token } of pieces(await withoutTaken(segment.frames, taken), held.name)) {
        // Each table has it once, however often all of them are tried. All have ended when this does: they read the same memory.
        const tries = await Promise.allSettled(byTable(of).map((rows) => load(rows, token(rows.table))));
        const failures = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
        if (failures.length > 0) throw failures.find(mayPass) ?? failures[0];
      }
      await tellDamaged(held, segment);
      await end(held, segment);
    },
    async sift(held, segment) {
      const refused: TableRows[] = [];
      const lines = new LedgerSum();
      for (const { of: frames, first, token } of pieces(await withoutTaken(segment.frames, taken), held.name))
        for (const whole of byTable(frames)) {
          if (await takes(whole, token(whole.table))) continue;
          for (const [n, of] of frames.entries())
            for (const rows of of.filter(({ table, format }) => table === whole.table && format === whole.format)) {
              if (await takes(alone(rows), `${tokenOf(held.name, rows.table)}-${first + n}`)) continue;
              refused.push(rows);
              lines.add(asideLines(of, rows.table));
            }
        }
      if (refused.length > 0) await keepRefused(held, refused, lines);
      await tellDamaged(held, segment);
      await end(held, segment);
    },
  };
}

/**
 * As many requests as one insert may hold. The engine keeps some 110 KB of each, however few rows it has, until it has them all: 5,000
 * requests of one span took more memory than an insert may, each time that they were tried.
 */
const MOST_FRAMES = 1000;

/** The requests of a segment in the order in which they came, as they are inserted together; and the tokens of these inserts. */
const pieces = (frames: Segment['frames'], segment: string) =>
  Array.from({ length: Math.ceil(frames.length / MOST_FRAMES) }, (_, n) => ({
    of: frames.slice(n * MOST_FRAMES, (n + 1) * MOST_FRAMES),
    first: n * MOST_FRAMES,
    token: (table: string) => (n === 0 ? tokenOf(segment, table) : `${tokenOf(segment, table)}-piece${n}`),
  }));

/** In one go: `readFile` takes a turn of the event loop for each half megabyte, and turns are long when much comes in. */
async function readWhole(path: string, size: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const bytes = spare.take(size);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
      if (bytesRead === 0) throw new Error('The segment was cut off while it was read.');
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

const alone = ({ table, format, bytes }: TableRows): TableParts => ({ table, format, parts: [bytes] });
