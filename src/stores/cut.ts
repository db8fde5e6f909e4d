import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cut } from '../platform/copy.ts';
import { conflict } from '../platform/problem.ts';
import type { Changes } from './changes.ts';
import type { Records } from './records/index.ts';
import type { Register } from './register.ts';
import { prepareCopy, type Spool, type Telemetry } from './telemetry/index.ts';

/** Copies of both stores at one moment. */
export interface Cuts {
  /** Runs a piece of work on a cut, which is gone afterwards. One at a time on these stores. Throws `conflict` while there is another. */
  cut<T>(this: void, work: (cut: Cut) => Promise<T>): Promise<T>;
  /** Tells the work under way to end, and waits for it. */
  close(): Promise<void>;
}

interface Parts {
  dataDir: string;
  records: Pick<Records, 'copy' | 'locks'>;
  telemetry: Telemetry;
  spool: Pick<Spool, 'cut'>;
  register: Pick<Register, 'still'>;
  changes: Changes;
}

const elsewhere = 'Another process on these stores is making a backup. Try again once it is done.';

/** Copies of these stores. What an earlier cut left on the disk of the spool goes with the next one. */
export function openCuts({ dataDir, records, telemetry, spool, register, changes }: Parts): Cuts {
  const closing = new AbortController();
  let running: Promise<unknown> | undefined;

  async function taken<T>(work: (cut: Cut) => Promise<T>): Promise<T> {
    // On the disk of the spool: its files are linked.
    const links = join(dataDir, 'spool', 'cut');
    rmSync(links, { recursive: true, force: true });
    mkdirSync(links, { mode: 0o700 });
    const open: { close(): Promise<void> }[] = [];
    try {
      const prepared = await prepareCopy(telemetry);
      open.push(prepared);
      const moment = await atMoment(links, async () => {
        const startedMs = Date.now();
        await prepared.take();
        // The records last: whose telemetry was copied is in them, unless they were deleted in between.
        const read = await records.copy();
        open.push(read);
        return { at: new Date(), records: read, heldMs: Date.now() - startedMs };
      });
      const waiting = readdirSync(links).map((name) => join(links, name));
      const cut: Cut = { ...moment, telemetry: await prepared.read(), waiting, signal: closing.signal };
      return await work(cut);
    } finally {
      rmSync(links, { recursive: true, force: true });
      // A store that went away cannot be asked; the next cut begins with what this one left.
      await Promise.allSettled(open.map((one) => one.close()));
    }
  }

  /** Waits for the moment, unless the stores are closed meanwhile: whatever is in the way, they do not wait for it. */
  function atMoment<T>(links: string, work: () => Promise<T>): Promise<T> {
    let hasBegun = false;
    const { signal } = closing;
    const begin = () => {
      signal.throwIfAborted();
      hasBegun = true;
      return work();
    };
    const closed = new Promise<never>((_, failed) => {
      signal.addEventListener('abort', () => !hasBegun && failed(signal.reason as Error), { once: true });
    });
    return Promise.race([changes.still(() => spool.cut(links, () => register.still(begin)), signal), closed]);
  }

  return {
    async cut(work) {
      closing.signal.throwIfAborted();
      if (running) throw conflict('A backup is being made already.');
      // Of any process: their copies have the same names, and their files may lie in one directory.
      const mine = records.locks.onlyOne('backup', elsewhere, () => taken(work));
      running = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        running = undefined;
      }
    },
    async close() {
      closing.abort(conflict('Steward is being stopped.'));
      await running;
    },
  };
}
