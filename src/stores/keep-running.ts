import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../platform/log.ts';
import { unavailable } from '../platform/problem.ts';

const waitForRestartMs = 5000;
const restartPausesMs = [0, 100, 300, 1000];

export interface Kept {
  /** Waits while the process is being restarted. Throws `unavailable` when that takes over 5 s, or it was released. */
  ready(): Promise<void>;
  /** From now on its end is no accident. */
  release(): void;
}

/**
 * Starts a process and starts it again whenever it ends. `begin` resolves when the process can be used and calls
 * `ended` when a process that it began has ended. Throws when the first start fails.
 */
export async function keepRunning(what: string, begin: (ended: () => void) => Promise<void>, log: Log): Promise<Kept> {
  const state = { released: false };
  let up = begin(onEnd);

  function onEnd() {
    if (state.released) return;
    log.warn(`the ${what} store ended unexpectedly and is restarted`);
    up = restart();
    // Whoever asks next is told; nobody may be asking now.
    up.catch(() => undefined);
  }

  async function restart(): Promise<void> {
    for (let attempt = 0; !state.released; attempt += 1) {
      await sleep(restartPausesMs[Math.min(attempt, restartPausesMs.length - 1)]);
      try {
        if (!state.released) return await begin(onEnd);
      } catch (error) {
        log.error({ err: error, attempt }, `the ${what} store did not restart`);
      }
    }
  }

  await up;
  return {
    async ready() {
      if (state.released) throw unavailable(`The ${what} store is closed.`);
      await within(up, waitForRestartMs, unavailable(`The ${what} store is being restarted. Try again in a moment.`));
    },
    release() {
      state.released = true;
    },
  };
}

/** The outcome of `work`, or `late` thrown after `limitMs`. The work goes on. */
export async function within<T>(work: Promise<T>, limitMs: number, late: Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
