import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProcessRole } from '../platform/config.ts';
import type { LedgerLine } from '../platform/ledger.ts';
import type { Log } from '../platform/log.ts';
import type { ProcessState } from '../platform/practice.ts';
import { conflict, unavailable } from '../platform/problem.ts';
import type { Records } from './records/index.ts';
import {
  bytesElsewhere,
  forgetOldBatches,
  listProcesses,
  listWaiting,
  noteProcess,
  rowsOf,
  seeProcess,
  takeBatches,
  usageBefore,
  usageElsewhere,
  writeWaiting,
} from './register-store.ts';
import type { Spool, Usages } from './telemetry/index.ts';

/** The processes on the same stores, and what each must know of the others. */
export interface Register {
  /** This run of this process. */
  readonly instance: string;
  /** Loads a segment of the spool, while nobody asks for stillness. What waits then is told to the others before they may. */
  loading<T>(work: () => Promise<T>): Promise<T>;
  /** Runs a question while no process loads anything. It is told what waits elsewhere. Throws `unavailable`. */
  still<T>(ask: (elsewhere: readonly LedgerLine[]) => Promise<T>): Promise<T>;
  /** Notes that batches are this process's. Answers those that are another's: it has them on its disk. */
  taken(digests: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether others may take the same batch. */
  readonly isShared: boolean;
  /** Whether this is the oldest of those that serve pages now: it says how the owner gets in. */
  isFirst(): Promise<boolean>;
  /** All processes, this one too. */
  processes(): Promise<ProcessState[]>;
  /** How much of a client waits elsewhere, by what was told last. */
  bytesElsewhere(client: string): Promise<number>;
  /** Goes on telling the others what is here. */
  watch(spool: Pick<Spool, 'waiting'>, usages: Usages): Promise<void>;
  close(): Promise<void>;
}

export interface RegisterOptions {
  dataDir: string;
  role: ProcessRole;
  isShared: boolean;
  /** A fingerprint of what signs sessions; nothing where no pages are served. */
  secretMark: Buffer | undefined;
}

const EVERY_MS = 1000;
const FORGET_EVERY_MS = 60_000;
const STILL_WITHIN_MS = 30_000;

/** Enters this process. Throws `conflict` when it does not fit with those that run. */
export async function openRegister(
  records: Pick<Records, 'behind' | 'locks'>,
  { dataDir, role, isShared, secretMark }: RegisterOptions,
  log: Log,
): Promise<Register> {
  const me = { id: idOf(dataDir), instance: randomUUID(), role, host: hostname(), secretMark: secretMark ?? null };
  const practice = <T>(does: 'read' | 'write', work: Parameters<typeof records.behind<T>>[1]) =>
    records.behind({ client: null, does }, work);
  const refusal = await practice('write', (sql) => noteProcess(sql, me, isShared));
  if (refusal === 'secret')
    throw conflict(
      'Another process serves pages on these stores with another secret: who signs in at one is unknown at the other. Set the same STEWARD_SECRET for all of them.',
    );
  if (refusal === 'copied')
    throw conflict(
      `Another process runs with a copy of ${dataDir}. Delete process.id, and the spool, from the copy: each process has a data directory of its own.`,
    );

  let watched: { spool: Pick<Spool, 'waiting'>; usages: Usages } | undefined;
  let told = '';
  let forgotMs = 0;

  /** Says what waits here, where it is not what was said last. */
  async function tell(): Promise<void> {
    if (!watched) return;
    const rows = rowsOf(watched.spool.waiting(), watched.usages.all());
    const text = JSON.stringify(rows);
    if (text === told) return;
    await practice('write', (sql) => writeWaiting(sql, me.id, rows));
    told = text;
  }

  // One after the other: an older state must not be written over a newer one.
  let telling: Promise<unknown> = Promise.resolve();
  const tellInTurn = () => {
    const mine = telling.then(tell);
    telling = mine.catch(() => undefined);
    return mine;
  };

  async function beat(): Promise<void> {
    try {
      await practice('write', (sql) => seeProcess(sql, me));
      await tellInTurn();
      const elsewhere = await practice('read', (sql) => usageElsewhere(sql, me.id));
      watched?.usages.setElsewhere(elsewhere);
      if (Date.now() - forgotMs < FORGET_EVERY_MS) return;
      forgotMs = Date.now();
      await practice('write', forgetOldBatches);
    } catch (error) {
      log.debug({ err: error }, 'the other processes could not be told what waits here');
    }
  }

  let beating = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  if (isShared) {
    timer = setInterval(() => void (beating = beating.then(beat)), EVERY_MS);
    timer.unref();
  }

  return {
    instance: me.instance,
    isShared,
    loading: (work) =>
      isShared
        ? records.locks.together('loading', async () => {
            const done = await work();
            // What is in the store now must not be said to wait as well.
            await tellInTurn().catch((error: unknown) => log.debug({ err: error }, 'what waits could not be told'));
            return done;
          })
        : work(),
    still: (ask) =>
      isShared
        ? records.locks.alone('loading', STILL_WITHIN_MS, async () =>
            ask(await practice('read', (sql) => listWaiting(sql, me.id))),
          )
        : ask([]),
    async taken(digests) {
      if (!isShared || digests.length === 0) return new Set();
      const ours = new Set(await practice('write', (sql) => takeBatches(sql, me.id, [...new Set(digests)].toSorted())));
      return new Set(digests.filter((digest) => !ours.has(digest)));
    },
    async isFirst() {
      const living = (await practice('read', listProcesses)).filter(({ isLiving, servesPages }) => isLiving && servesPages);
      return living[0]?.id === me.id || !living.some(({ id }) => id === me.id);
    },
    processes: async () =>
      (await practice('read', listProcesses)).map((process) => ({
        ...process,
        isThis: process.id === me.id,
        // Who is alone tells nobody that it is there.
        ...(process.id === me.id && { isLiving: true, seenAt: new Date() }),
      })),
    bytesElsewhere: async (client) => {
      const [found] = await practice('read', (sql) => bytesElsewhere(sql, client, me.id));
      return found?.bytes ?? 0;
    },
    async watch(spool, usages) {
      if (!isShared) return;
      for (const { client, bytes } of await practice('read', (sql) => usageBefore(sql, me.id))) usages.add(client, 0, bytes);
      watched = { spool, usages };
      await beat();
    },
    async close() {
      clearInterval(timer);
      await beating;
      await practice('write', (sql) => seeProcess(sql, me, true)).catch(() => undefined);
      await tellInTurn().catch(() => undefined);
    },
  };
}

/** A data directory is a process, however often it is started. */
function idOf(dataDir: string): string {
  const path = join(dataDir, 'process.id');
  if (!existsSync(path)) writeFileSync(path, `${randomUUID()}\n`, { mode: 0o600 });
  const id = readFileSync(path, 'utf8').trim();
  if (!z.uuid().safeParse(id).success) throw unavailable(`${path} is damaged. Delete it and start again.`);
  return id;
}
