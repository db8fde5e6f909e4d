import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '../platform/problem.ts';

/** Rewriting of telemetry that is done in several steps: between two of them a copy would hold neither what was nor what will be. */
export interface Changes {
  /** Runs a piece of work that rewrites telemetry; any number side by side. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Runs a piece of work while nothing is rewritten. Throws `unavailable` when that moment does not come. */
  still<T>(work: () => Promise<T>): Promise<T>;
}

const WAITS_MS = 60_000;
const LOOKS_MS = 20;

export function openChanges(waitsMs = WAITS_MS): Changes {
  const now = { active: 0, isStill: false };
  return {
    async during(work) {
      while (now.isStill) await sleep(LOOKS_MS);
      now.active += 1;
      try {
        return await work();
      } finally {
        now.active -= 1;
      }
    },
    async still(work) {
      for (const endMs = Date.now() + waitsMs; now.active > 0 || now.isStill; await sleep(LOOKS_MS))
        if (Date.now() > endMs)
          throw unavailable('Telemetry is being rewritten at the moment: an erasure, or new prices. Try again once it is done.');
      now.isStill = true;
      try {
        return await work();
      } finally {
        now.isStill = false;
      }
    },
  };
}
