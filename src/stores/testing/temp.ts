import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/**
 * Asks again and again until the answer is yes. Throws the last error, or its own, after `withinMs`: far above what anything takes,
 * as a busy machine must not look like a fault.
 */
export async function eventually(ask: () => Promise<boolean> | boolean, withinMs = 60_000): Promise<void> {
  let last: unknown = new Error(`nothing came within ${withinMs} ms`);
  for (const endMs = Date.now() + withinMs; Date.now() < endMs;) {
    try {
      if (await ask()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw last;
}
