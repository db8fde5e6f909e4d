import { AsyncLocalStorage } from 'node:async_hooks';
import { unavailable } from '../platform/problem.ts';

/**
 * Rewriting of telemetry that is done in several steps: between two of them a copy would hold neither what was nor what will be.
 * Whoever takes the spool's turn as well takes it after this one, everywhere: two who wait for each other would wait for ever.
 */
export interface Changes {
  /** Runs a piece of work that rewrites telemetry; any number side by side, and one within another. */
  during<T>(this: void, work: () => Promise<T>): Promise<T>;
  /** Runs a piece of work while nothing is rewritten. Throws `unavailable` when that moment does not come, or what the signal says. */
  still<T>(this: void, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

interface Turn {
  readonly isStill: boolean;
  readonly start: () => void;
}

const WAITS_MS = 60_000;
const PATIENCE_MS = 30 * 60_000;

/**
 * Turns come in the order in which they were asked for. Whoever asks for stillness holds up others for `waitsMs`, then lets those go
 * first that came meanwhile, and waits anew; for `patienceMs` in all.
 */
export function openChanges(waitsMs = WAITS_MS, patienceMs = PATIENCE_MS): Changes {
  const queue: Turn[] = [];
  const around = new AsyncLocalStorage<{ isOver: boolean }>();
  const now = { active: 0, isStill: false };

  function go(): void {
    for (let [first] = queue; first && mayStart(first); [first] = queue) {
      queue.shift();
      if (first.isStill) now.isStill = true;
      else now.active += 1;
      first.start();
    }
  }

  const mayStart = ({ isStill }: Turn) => !now.isStill && (!isStill || now.active === 0);

  const wait = (turn: Turn) => {
    queue.push(turn);
    go();
  };

  const stillness = (signal?: AbortSignal) =>
    new Promise<void>((started, failed) => {
      const over = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stopped);
      };
      const turn = {
        isStill: true,
        start() {
          over();
          started();
        },
      };
      const giveUp = (reason: Error) => {
        over();
        queue.splice(queue.indexOf(turn), 1);
        failed(reason);
        go();
      };
      const late = 'Telemetry is being rewritten at the moment: an erasure, or new prices. Try again once it is done.';
      const timer = setTimeout(() => giveUp(unavailable(late)), waitsMs);
      const stopped = () => giveUp(signal?.reason as Error);
      signal?.addEventListener('abort', stopped);
      wait(turn);
    });

  return {
    async during(work) {
      // A step of what is under way: were it to wait for somebody who waits for the whole, neither would come.
      if (around.getStore()?.isOver === false) return work();
      await new Promise<void>((start) => wait({ isStill: false, start }));
      const mine = { isOver: false };
      try {
        return await around.run(mine, work);
      } finally {
        mine.isOver = true;
        now.active -= 1;
        go();
      }
    },
    async still(work, signal) {
      const untilMs = performance.now() + patienceMs;
      for (let isStill = false; !isStill;) {
        signal?.throwIfAborted();
        isStill = await stillness(signal).then(
          () => true,
          (error: unknown) => {
            if (signal?.aborted || performance.now() >= untilMs) throw error;
            return false;
          },
        );
      }
      try {
        return await work();
      } finally {
        now.isStill = false;
        go();
      }
    },
  };
}
