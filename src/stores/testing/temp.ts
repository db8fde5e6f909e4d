import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog } from '../../platform/log.ts';

/** A directory for one test, removed with `await using`. */
export function tempDir(base = tmpdir()) {
  const path = mkdtempSync(join(base, 'steward-test-'));
  return {
    path,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  };
}

/** Says nothing. */
export const quiet = openLog('silent');

const MOST_PAUSE_MS = 100;

/**
 * Asks again and again until the answer is yes. Throws the last error, or its own, after `withinMs`: far above what anything takes,
 * as a busy machine must not look like a fault. The longer it has waited, the less often it asks: what it waits for needs the
 * processor as well.
 */
export async function eventually(ask: () => Promise<boolean> | boolean, withinMs = 60_000): Promise<void> {
  let last: unknown = new Error(`nothing came within ${withinMs} ms`);
  const beganMs = Date.now();
  while (Date.now() < beganMs + withinMs) {
    try {
      if (await ask()) return;
    } catch (error) {
      last = error;
    }
    await sleep(Math.min(Math.max(10, (Date.now() - beganMs) / 2), MOST_PAUSE_MS));
  }
  throw last;
}
