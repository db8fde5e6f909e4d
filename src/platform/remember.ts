import { SECOND_MS } from './clock.ts';

/** How long a setting of a client may go on being used after somebody changed it. */
const REMEMBERED_MS = 5 * SECOND_MS;

/**
 * Asks for something of a client at most every few seconds, however often it is needed. When the store cannot answer, what it
 * said last still holds; a client of whom nothing is known yet waits for it.
 */
export function rememberByClient<T, From>(load: (from: From, clientId: string) => Promise<T>) {
  const known = new Map<string, { value: Promise<T>; atMs: number }>();
  return (from: From, clientId: string): Promise<T> => {
    // The machine's time, as this is about how long and not about when.
    const nowMs = performance.now();
    const before = known.get(clientId);
    if (before && nowMs - before.atMs < REMEMBERED_MS) return before.value;
    const loaded = load(from, clientId);
    const value = before ? loaded.catch(() => before.value) : loaded;
    known.set(clientId, { value, atMs: nowMs });
    loaded.catch(() => {
      if (!before) known.delete(clientId);
    });
    return value;
  };
}
