import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { link, open, readdir, readFile, rename, statfs, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IntakeHealth } from '../../platform/health.ts';
import { LedgerSum, type LedgerLine } from '../../platform/ledger.ts';
import type { Log } from '../../platform/log.ts';
import { Problem, unavailable } from '../../platform/problem.ts';
import { damagedLines } from './damaged.ts';
import { digestRows, withoutTaken, type Taken } from './taken.ts';
import { ledgerRows, linesIn } from './ledger-rows.ts';
import { byTable, frame, readSegment, sizeOf, type Segment, type TableRows } from './segment.ts';
import { openTurns } from './turns.ts';

/**
 * What was acknowledged and is not yet in the store: segments on disk, written and flushed before the acknowledgement, moved
 * into the store in order, and deleted when the store has them on disk.
 */
export interface Spool {
  /** Keeps rows of one or several tables. All are on disk when it returns. Throws `unavailable` when there is no room; then none is kept. */
  append(rows: readonly TableRows[], entry?: Entry): Promise<void>;
  /** Bytes that are not yet in the store. */
  bytes(): number;
  /** Those of one client. */
  bytesOf(client: string): number;
  status(): IntakeHealth;
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
  /** Resolves once nothing waits, or when the time is up. */
  drained(withinMs: number): Promise<void>;
  /** Finishes what is being written. What the store has not got stays for the next start. */
  close(): Promise<void>;
}

/** Whose rows they are, and what the ledger says of them: `rows` hold the same lines. */
export interface Entry {
  readonly client: string;
  readonly lines: readonly LedgerLine[];
  /** Of the request, by which it is known at other processes. */
  readonly digest?: string;
}

export interface SpoolOptions {
  dir: string;
  /** Puts rows into their table; on disk when it returns. The same token twice is the same rows: once is enough. */
  load: (rows: TableRows, token: string) => Promise<void>;
  /** Runs the loading of a segment, where other processes must be heeded. */
  loading?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Of requests, by digest, those that another process has. */
  taken?: Taken;
  /** What it may take on disk. */
  mostBytes?: number;
  /** What must stay free on its disk. Default: 1 GB, or a twentieth of a small disk. */
  leastFreeBytes?: number | undefined;
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

/**
 * Of what is free, one client may have this many times as much waiting. So a noisy one takes four fifths at most, two take four
 * ninths each, and whoever comes then still finds room.
 */
const SHARE = 4;
/** In memory on their way to the disk. */
const MOST_UNWRITTEN_BYTES = 256 * MIB;
const DISK_AGE_MS = 500;

const mayPass = (error: unknown) => error instanceof Problem && error.retryable;

interface Waiting {
  buffers: readonly Buffer[];
  size: number;
  entry: Entry | undefined;
  done: () => void;
  failed: (reason: unknown) => void;
}

/** A segment, and what it holds of whom. */
interface Held {
  name: string;
  bytes: number;
  lines: LedgerSum;
  byClient: Map<string, number>;
}

interface OpenSegment extends Held {
  file: FileHandle;
}

const empty = (name: string): Held => ({ name, bytes: 0, lines: new LedgerSum(), byClient: new Map() });

/** Counts a frame in, or out. */
function count(byClient: Map<string, number>, client: string | undefined, bytes: number): void {
  if (client === undefined) return;
  const sum = (byClient.get(client) ?? 0) + bytes;
  if (sum > 0) byClient.set(client, sum);
  else byClient.delete(client);
}

/** What an earlier process left. */
function inspect(dir: string, name: string): Held {
  const path = join(dir, name);
  const held = empty(name);
  for (const frame of readSegment(readFileSync(path)).frames) {
    const lines = linesIn(frame);
    held.lines.add(lines);
    count(
      held.byClient,
      lines[0]?.client_id,
      frame.reduce((sum, { bytes }) => sum + bytes.length, 0),
    );
  }
  held.bytes = statSync(path).size;
  return held;
}

/** What the ledger says when rows of a table are set aside: those that are new are nowhere else. */
function asideLines(frame: readonly TableRows[], table: string): LedgerLine[] {
  const sum = new LedgerSum();
  for (const line of linesIn(frame)) {
    if (line.kind !== table || !['received', 'resent', 'rejected'].includes(line.outcome)) continue;
    const aside = { ...line, outcome: 'set_aside', reason: 'refused_by_the_store', requests: 0, bytes: 0 } as const;
    sum.add([aside], line.outcome === 'received' ? 1 : -1);
  }
  return sum.lines();
}

/** Opens the spool of a directory and goes on with what an earlier process left there. */
export function openSpool(
  { dir, load, loading = (work) => work(), taken, mostBytes = 2 * GIB, leastFreeBytes, segmentBytes = 16 * MIB }: SpoolOptions,
  log: Log,
): Spool {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const files = readdirSync(dir).sort();
  const closed = files.filter((name) => name.endsWith(suffix)).map((name) => inspect(dir, name));
  const aside = {
    refused: files.filter((name) => name.endsWith(setAside.refused)).length,
    damaged: files.filter((name) => name.endsWith(setAside.damaged)).length,
  };
  let kept = closed.reduce((sum, { bytes }) => sum + bytes, 0);
  const keptBy = new Map<string, number>();
  for (const held of closed) for (const [client, bytes] of held.byClient) count(keptBy, client, bytes);
  let unwritten = 0;
  let disk = { ...diskOf(statfsSync(dir), leastFreeBytes), atMs: Date.now() };
  let current: OpenSegment | undefined;
  let waiting: Waiting[] = [];
  let lastNumber = Number(closed.at(-1)?.name.split('-')[0] ?? 0);
  /** Of the next segment, some tables may be in the store and others not: a try failed, or an earlier process was cut off in one. */
  let isHalfLoaded = closed.length > 0;
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

  // Only one at a time moves rows into the store, or asks what is there.
  const { alone, together } = openTurns();

  function letGo({ bytes, byClient }: Held): void {
    kept -= bytes;
    for (const [client, of] of byClient) count(keptBy, client, -of);
  }

  /** Looks at the disk now and then, and never waits for it. */
  function freeDisk(): IntakeHealth['disk'] {
    if (Date.now() - disk.atMs > DISK_AGE_MS) {
      disk = { ...disk, atMs: Date.now() };
      void statfs(dir).then(
        (found) => (disk = { ...diskOf(found, leastFreeBytes), atMs: Date.now() }),
        () => undefined,
      );
    }
    return disk;
  }

  /** Why there is no room for so many bytes of a client. */
  function refusalOf(size: number, client: string | undefined): string | undefined {
    const { freeBytes, neededBytes } = freeDisk();
    if (freeBytes < neededBytes) return 'The disk is nearly full. Telemetry is taken again once there is room on it.';
    if (kept + size > mostBytes) return 'Too much telemetry waits for its store. Send it again in a moment.';
    if (unwritten + size > MOST_UNWRITTEN_BYTES) return 'Too much telemetry comes at once. Send it again in a moment.';
    const mine = client === undefined ? 0 : (keptBy.get(client) ?? 0) + size;
    return mine > SHARE * (mostBytes - kept)
      ? 'Too much telemetry of this client waits for its store. Send it again in a moment.'
      : undefined;
  }

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
    return { ...empty(name), file };
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
    const { file, ...held } = current;
    current = undefined;
    closed.push(held);
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
      for (const one of batch) {
        current.lines.add(one.entry?.lines ?? []);
        count(current.byClient, one.entry?.client, one.size);
      }
    } catch (error) {
      kept -= size;
      for (const one of batch) count(keptBy, one.entry?.client, -one.size);
      // What such a failure leaves behind is not to be built upon: back to what was acknowledged, and on in a new segment.
      await current?.file.truncate(current.bytes).catch(() => undefined);
      await closeSegment().catch(() => undefined);
      wake();
      const reason = unavailable('The telemetry cannot be kept at the moment: the disk is full or failing.', error);
      log.error({ err: error }, 'the spool cannot write');
      for (const { failed } of batch) failed(reason);
      return;
    } finally {
      unwritten -= size;
    }
    for (const { done } of batch) done();
    if (current.bytes >= segmentBytes) await closeSegment();
    wake();
  }

  async function loadSegment(held: Held): Promise<void> {
    const path = join(dir, held.name);
    const segment = readSegment(await readFile(path));
    // One insert per table: each is there once, however often all of them are tried.
    for (const rows of byTable(await withoutTaken(segment.frames, taken))) await load(rows, tokenOf(held.name, rows));
    await tellDamaged(held, segment);
    await endSegment(held, segment);
  }

  /** Loads what the store takes of a segment, request by request, and sets aside what it does not. */
  async function siftSegment(held: Held): Promise<void> {
    const path = join(dir, held.name);
    const segment = readSegment(await readFile(path));
    const refused: TableRows[] = [];
    const lines = new LedgerSum();
    const frames = await withoutTaken(segment.frames, taken);
    for (const whole of byTable(frames)) {
      if (await takes(whole, tokenOf(held.name, whole))) continue;
      for (const [n, frame] of frames.entries())
        for (const rows of frame.filter(({ table, format }) => table === whole.table && format === whole.format)) {
          if (await takes(rows, `${tokenOf(held.name, rows)}-${n}`)) continue;
          refused.push(rows);
          lines.add(asideLines(frame, rows.table));
        }
    }
    if (refused.length > 0) {
      log.error({ segment: held.name, batches: refused.length }, 'the store refuses this telemetry; it is kept in a file');
      const kept = Buffer.concat(refused.flatMap((rows) => frame([rows])));
      await writeFile(path + setAside.refused, kept, { mode: 0o600, flush: true });
      await flushDirectory();
      const told = ledgerRows(lines.lines());
      if (told.bytes.length > 0) await takes(told, `${tokenOf(held.name, told)}-aside`);
      aside.refused += 1;
    }
    await tellDamaged(held, segment);
    await endSegment(held, segment);
  }

  /** What the disk changed stands in the ledger, and in no table. */
  async function tellDamaged({ name }: Held, { damaged }: Segment): Promise<void> {
    const sum = new LedgerSum();
    for (const bytes of damaged) sum.add(damagedLines(bytes, new Date()));
    const told = ledgerRows(sum.lines());
    if (told.bytes.length > 0) await load(told, `${tokenOf(name, told)}-damaged`);
  }

  /** Whether the store takes the rows. Throws where it may take them later. */
  async function takes(rows: TableRows, token: string): Promise<boolean> {
    try {
      await load(rows, token);
      return true;
    } catch (error) {
      if (isClosing() || mayPass(error)) throw error;
      return false;
    }
  }

  async function endSegment(held: Held, { tornBytes, damagedBytes }: Segment): Promise<void> {
    const path = join(dir, held.name);
    const segment = held.name;
    if (tornBytes > 0) log.warn({ segment, tornBytes }, 'the end of a write that was never acknowledged is dropped');
    if (damagedBytes > 0) {
      log.error({ segment, damagedBytes }, 'telemetry on disk has changed and cannot be read; its file is kept');
      await rename(path, path + setAside.damaged);
      aside.damaged += 1;
    } else await unlink(path);
    closed.shift();
    isHalfLoaded = false;
    letGo(held);
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
        await alone(() => loading(() => (refusals < MOST_REFUSALS ? loadSegment(next) : siftSegment(next))));
        refusals = 0;
      } catch (error) {
        isHalfLoaded = true;
        if (isClosing()) return;
        log.warn({ err: error, segment: next.name }, 'telemetry waits in the spool');
        refusals = mayPass(error) ? refusals : refusals + 1;
        await pause(RETRY_MS);
      }
    }
  }

  function linesWaiting(): LedgerLine[] {
    const sum = new LedgerSum();
    for (const { lines } of [...closed, ...(current ? [current] : [])]) sum.add(lines.lines());
    return sum.lines();
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);

  const loadingAll = loadAll();

  return {
    append(rows, entry) {
      const filled = rows.filter(({ bytes }) => bytes.length > 0);
      if (filled.length === 0) return Promise.resolve();
      if (isClosing()) return Promise.reject(unavailable('Steward is being stopped.'));
      const buffers = frame(entry?.digest ? [...filled, digestRows(entry.digest)] : filled);
      const size = sizeOf(buffers);
      const refusal = refusalOf(size, entry?.client);
      if (refusal) return Promise.reject(unavailable(refusal));
      kept += size;
      unwritten += size;
      count(keptBy, entry?.client, size);
      return new Promise<void>((done, failed) => {
        waiting.push({ buffers, size, entry, done, failed });
        void inTurn(write);
      });
    },
    bytes: () => kept,
    bytesOf: (client) => keptBy.get(client) ?? 0,
    status() {
      const oldest = closed[0] ?? current;
      const oldestAt = oldest && oldest.bytes > 0 ? new Date(Number(oldest.name.split('-')[0])) : null;
      const { freeBytes, neededBytes } = freeDisk();
      return { spool: { bytes: kept, mostBytes, oldestAt }, setAside: { ...aside }, disk: { freeBytes, neededBytes } };
    },
    whileStill: (ask) => together(() => ask(linesWaiting())),
    waiting: () => ({ lines: linesWaiting(), bytes: keptBy }),
    cut: (into, ask) =>
      alone(async () => {
        if (isHalfLoaded)
          throw unavailable('The telemetry store does not take what waits for it at the moment. Try again once it does.');
        await inTurn(closeSegment);
        const waits = new Set(closed.map(({ name }) => name));
        const isAside = (name: string) => Object.values(setAside).some((kind) => name.endsWith(kind));
        for (const name of await readdir(dir))
          if (waits.has(name) || isAside(name)) await link(join(dir, name), join(into, name));
        return ask();
      }),
    async drained(withinMs) {
      const isEmpty = () => kept === 0;
      for (const endMs = Date.now() + withinMs; !isEmpty() && Date.now() < endMs && !isClosing();) await pause(10);
    },
    async close() {
      closing.abort();
      wake();
      await inTurn(write);
      await inTurn(closeSegment);
      // A store that hangs is not waited for: the segment is still there.
      await Promise.race([loadingAll, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
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

const diskOf = (
  { bavail, blocks, bsize }: { bavail: number; blocks: number; bsize: number },
  least: number | undefined,
): IntakeHealth['disk'] => ({
  freeBytes: bavail * bsize,
  neededBytes: least ?? Math.min(GIB, (blocks * bsize) / 20),
});
