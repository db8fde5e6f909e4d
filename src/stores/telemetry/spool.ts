import { mkdirSync, readdirSync } from 'node:fs';
import { link, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IntakeHealth } from '../../platform/health.ts';
import { LedgerSum, type LedgerLine } from '../../platform/ledger.ts';
import type { Log } from '../../platform/log.ts';
import type { Unsaid } from '../../platform/practice.ts';
import { unavailable } from '../../platform/problem.ts';
import { clearBlanks, openBlanks } from './blanks.ts';
import { begunAt, inspect, nameOf, numberOf, suffix, type Held } from './held.ts';
import { frame, sizeOf, type TableRows } from './segment.ts';
import { forgetAside, setAside } from './aside.ts';
import { mayPass, openSegmentLoader, type Load, type Read } from './segment-loader.ts';
import { openSegmentWriter, type Entry } from './segment-writer.ts';
import { openSpoolRoom } from './spool-room.ts';
import { digestRows, type Taken } from './taken.ts';
import { openTurns } from './turns.ts';

/**
 * What was acknowledged and is not yet in the store: segments on disk, written and flushed before the acknowledgement, moved
 * into the store (in order, but for two that go at once), and deleted when the store has them on disk.
 */
export interface Spool {
  /** Keeps rows of one or several tables. All are on disk when it returns. Throws `unavailable` when there is no room; then none is kept. */
  append(rows: readonly TableRows[], entry?: Entry): Promise<void>;
  /** Bytes that are not yet in the store. */
  bytes(): number;
  /** Those of one client. */
  bytesOf(client: string): number;
  status(): IntakeHealth;
  /** The numbers of the first and the last segment that wait. */
  waitingParts(): { readonly oldest: number; readonly newest: number } | undefined;
  /** What is not yet in the store: lines of the ledger, and bytes by client. */
  waiting(): { lines: readonly LedgerLine[]; bytes: ReadonlyMap<string, number> };
  /** Runs a question while nothing is moved into the store. It is told what waits. */
  whileStill<T>(ask: (waiting: readonly LedgerLine[]) => Promise<T>): Promise<T>;
  /**
   * Links what waits, and what was set aside, into a directory of the same disk, and asks while nothing is moved into the store:
   * what was acknowledged before is in these files or in the store, and in one of them only. Throws `unavailable` while a file is
   * in the store by half.
   */
  cut<T>(into: string, ask: () => Promise<T>): Promise<T>;
  /** Drops what was set aside of a client, in files that were begun before a time; answers how many batches that were. */
  forgetAside(client: string, before: Date, unsaid?: Unsaid): Promise<number>;
  /** Resolves once nothing waits, or when the time is up. */
  drained(withinMs: number): Promise<void>;
  /** Finishes what is being written. What the store has not got stays for the next start. */
  close(): Promise<void>;
}

export interface SpoolOptions {
  dir: string;
  load: Load;
  /** Runs the loading of a segment, where other processes must be heeded. */
  loading?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Told before a segment is loaded that was begun a day ago or longer. */
  late?: (begun: Date) => Promise<void>;
  /** How many segments are loaded at once. */
  loadsAtOnce?: number;
  /** Of requests, by digest, those that another process has. */
  taken?: Taken;
  /** What it may take on disk. */
  mostBytes?: number;
  /** What must stay free on its disk. Default: 1 GB, or a twentieth of a small disk. */
  leastFreeBytes?: number | undefined;
  /** A segment is closed when it has this many. */
  segmentBytes?: number;
  /** While more than these wait for a store that takes them, an acknowledgement waits for a segment to be loaded, so long at most. */
  muchBytes?: number;
  patienceMs?: number;
  /** On the same disk: where files lie ready that become segments. Without it, each segment is a new file. */
  blankDir?: string;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
/**
 * A segment is one insert, and one part to merge: of 32 MB rather than 16, an insert took an eighth and the engine altogether a tenth
 * less processor time per span, for some 200 MB more memory. When little comes in, segments are closed long before.
 */
const SEGMENT_BYTES = 32 * MIB;
/** How often an open segment is closed for loading, when no closed one waits. */
const LINGER_MS = 250;
/** Files are made ready on a disk that has room for so many more. */
const BLANKS_OF_FREE = 8;
/** By how much a segment may be larger, as it is closed behind what is written at once. */
const BATCH_BYTES = 4 * MIB;
const RETRY_MS = 500;
/**
 * So much keeps the store at work. Who sends more than it takes is slowed down then, long before the spool is full and telemetry is
 * refused that was already read.
 */
const MUCH_BYTES = 256 * MIB;
const PATIENCE_MS = 250;
const LATE_MS = 86_400_000;
const CLOSE_WITHIN_MS = 5000;
/** How often the store may refuse a segment for a reason that does not pass by itself, before it is tried batch by batch. */
const MOST_REFUSALS = 5;
/** Segments on their way into the store: while one is flushed, the next is read. */
const LOADS_AT_ONCE = 2;

/** Opens the spool of a directory and goes on with what an earlier process left there. */
export function openSpool(options: SpoolOptions, log: Log): Spool {
  const { dir, load, loading = (work) => work(), late, loadsAtOnce = LOADS_AT_ONCE, taken } = options;
  const { mostBytes = 2 * GIB, leastFreeBytes, segmentBytes = SEGMENT_BYTES, blankDir } = options;
  const { muchBytes = MUCH_BYTES, patienceMs = PATIENCE_MS } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (blankDir !== undefined) clearBlanks(blankDir, () => join(dir, nameOf(Date.now())));
  const files = readdirSync(dir).sort();
  /** In order; those that are being loaded are the first of them. */
  const closed = files.filter((name) => name.endsWith(suffix)).map((name) => inspect(dir, name));
  const room = openSpoolRoom(dir, mostBytes, leastFreeBytes);
  for (const held of closed) room.countIn(held);
  const blanks =
    blankDir === undefined
      ? undefined
      : openBlanks(
          { dir: blankDir, bytes: segmentBytes + BATCH_BYTES, hasRoom: (bytes) => room.hasFree(BLANKS_OF_FREE * bytes) },
          log,
        );
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);
  const bell = openBell();
  /** Of a segment that was loaded, or could not be. */
  const moved = openBell();

  const lastNumber = numberOf(closed.at(-1)?.name ?? '0');
  const handOver = (held: Held) => void closed.push(held);
  const writer = openSegmentWriter({ dir, room, blanks, segmentBytes, lastNumber, handOver, written: () => bell.ring() }, log);
  /** Of these, some tables may be in the store and others not: a try failed, or an earlier process was cut off in one. */
  const half = new Set(closed.slice(0, loadsAtOnce));
  const ended = (held: Held) => {
    half.delete(held);
    closed.splice(closed.indexOf(held), 1);
    room.letGo(held);
    moved.ring();
  };
  const loader = openSegmentLoader({ dir, blanks, load, taken, isClosing, ended }, log);

  // Questions are asked while nothing moves into the store.
  const { work, together } = openTurns(loadsAtOnce);
  const underWay = new Set<Held>();
  // One after the other, and so asking for their turns in the order of the segments.
  let reading: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(read: () => Promise<T>): Promise<T> => {
    const mine = reading.then(read);
    reading = mine.catch(() => undefined);
    return mine;
  };
  let forgetting: Promise<unknown> = Promise.resolve();
  const forgotten = new Set<string>();

  async function loadAll(): Promise<void> {
    while (!isClosing()) {
      const next = closed.find((held) => !underWay.has(held));
      if (next) {
        underWay.add(next);
        await loadUntilDone(next);
        underWay.delete(next);
      } else if (closed.length === 0 && (writer.current()?.bytes ?? 0) > 0) {
        await pause(LINGER_MS);
        // While others are on their way it goes on growing: fewer inserts, and fewer parts to merge.
        if (closed.length === 0) await writer.close();
      } else await bell.heard();
    }
  }

  async function loadUntilDone(held: Held): Promise<void> {
    for (let refusals = 0; !isClosing();) {
      try {
        if (Date.now() - begunAt(held).getTime() > LATE_MS) await late?.(begunAt(held));
        // One that is in doubt takes its turn at once: a copy waits for it.
        const read = half.has(held) ? undefined : await inOrder(() => loader.read(held));
        return await work(() => loading(() => loadRead(held, read, refusals)));
      } catch (error) {
        half.add(held);
        moved.ring();
        if (isClosing()) return;
        log.warn({ err: error, segment: held.name }, 'telemetry waits in the spool');
        if (!mayPass(error)) refusals += 1;
        await pause(RETRY_MS);
      }
    }
  }

  async function loadRead(held: Held, read: Read | undefined, refusals: number): Promise<void> {
    const { segment, giveBack } = read ?? (await loader.read(held));
    try {
      await (refusals < MOST_REFUSALS ? loader.load(held, segment) : loader.sift(held, segment));
    } finally {
      giveBack();
    }
  }

  /** Waits for the store where it is behind; not where it is away, as then nobody knows for how long. */
  async function untilMoved(): Promise<void> {
    if (room.bytes() <= muchBytes || underWay.size === 0 || half.size > 0) return;
    await Promise.race([moved.heard(), sleep(patienceMs, undefined, { ref: false })]);
  }

  function waitingParts() {
    const current = writer.current();
    const oldest = closed[0] ?? current;
    const newest = current ?? closed.at(-1);
    if (!oldest || !newest || oldest.bytes === 0) return undefined;
    return { oldest: numberOf(oldest.name), newest: numberOf(newest.name) };
  }

  function linesWaiting(): LedgerLine[] {
    const sum = new LedgerSum();
    const current = writer.current();
    for (const { lines } of [...closed, ...(current ? [current] : [])]) sum.add(lines.lines());
    return sum.lines();
  }

  // The store never waits for a segment to be read: one more is, while these are loaded.
  const loadingAll = Promise.all(Array.from({ length: loadsAtOnce + 1 }, loadAll));

  return {
    async append(rows, entry) {
      const filled = rows.filter(({ bytes }) => bytes.length > 0);
      if (filled.length === 0) return;
      if (isClosing()) throw unavailable('Steward is being stopped.');
      const buffers = frame(entry?.digest ? [...filled, digestRows(entry.digest)] : filled);
      const bytes = sizeOf(buffers);
      const refusal = room.take(bytes, entry?.client);
      if (refusal) throw unavailable(refusal);
      await untilMoved();
      if (!isClosing()) return writer.write(buffers, bytes, entry);
      room.giveBack(bytes, entry?.client);
      throw unavailable('Steward is being stopped.');
    },
    bytes: () => room.bytes(),
    bytesOf: (client) => room.bytesByClient().get(client) ?? 0,
    waitingParts,
    status() {
      const parts = waitingParts();
      const oldestAt = parts ? new Date(parts.oldest) : null;
      const { freeBytes, neededBytes } = room.disk();
      return {
        spool: { bytes: room.bytes(), mostBytes, oldestAt },
        setAside: loader.aside(),
        disk: { freeBytes, neededBytes },
      };
    },
    whileStill: (ask) => together(() => ask(linesWaiting())),
    cut: (into, ask) =>
      together(async () => {
        if (half.size > 0)
          throw unavailable('The telemetry store does not take what waits for it at the moment. Try again once it does.');
        await writer.close();
        const waits = new Set(closed.map(({ name }) => name));
        for (const { name, bytes } of closed) await truncate(join(dir, name), bytes);
        const isAside = (name: string) => Object.values(setAside).some((kind) => name.endsWith(kind));
        for (const name of await readdir(dir))
          if (waits.has(name) || isAside(name)) await link(join(dir, name), join(into, name));
        return ask();
      }),
    async forgetAside(client, before, unsaid) {
      const { refused, damaged } = loader.aside();
      if (refused + damaged === 0) return 0;
      // One after the other, as each writes the same files anew; no copy is made of them meanwhile, and none is added.
      const gone = forgetting.then(() => together(() => forgetAside(dir, client, before, unsaid, forgotten)));
      forgetting = gone.catch(() => undefined);
      await gone;
      loader.countAside();
      return gone;
    },
    waiting: () => ({ lines: linesWaiting(), bytes: room.bytesByClient() }),
    async drained(withinMs) {
      const isEmpty = () => room.bytes() === 0;
      for (const endMs = Date.now() + withinMs; !isEmpty() && Date.now() < endMs && !isClosing();) await pause(10);
    },
    async close() {
      closing.abort();
      bell.ring();
      moved.ring();
      await writer.close();
      // A store that hangs is not waited for: the segment is still there.
      await Promise.race([loadingAll, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
      await blanks?.close();
    },
  };
}

/** Wakes all who wait for it. */
function openBell() {
  let ring = () => {};
  let rung = new Promise<void>((heard) => (ring = heard));
  return {
    heard: () => rung,
    ring() {
      ring();
      rung = new Promise((heard) => (ring = heard));
    },
  };
}
