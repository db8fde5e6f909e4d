import { SECOND_MS } from './clock.ts';

/** How long a setting of a client may go on being used after another process changed it. */
const REMEMBERED_MS = 5 * SECOND_MS;

export interface Remembered<From, T> {
  (from: From, clientId: string): Promise<T>;
  /** Says that this process is changing it: until that is surely done, it is asked for each time. */
  changed(clientId: string): void;
}

/**
 * Asks for something of a client at most every few seconds, however often it is needed. When the store cannot answer, what it
 * said last still holds; a client of whom nothing is known yet waits for it.
 */
export function rememberByClient<From, T>(load: (from: From, clientId: string) => Promise<T>): Remembered<From, T> {
  const known = new Map<string, { value: Promise<T>; untilMs: number }>();
  const changing = new Map<string, number>();

  function ask(from: From, clientId: string): Promise<T> {
    // The machine's time, as this is about how long and not about when.
    const nowMs = performance.now();
    const before = known.get(clientId);
    const isChanging = (changing.get(clientId) ?? 0) > nowMs;
    if (before && before.untilMs > nowMs && !isChanging) return before.value;
    const loaded = load(from, clientId);
    const value = before ? loaded.catch(() => before.value) : loaded;
    known.set(clientId, { value, untilMs: nowMs + REMEMBERED_MS });
    loaded.catch(() => {
      if (!before) known.delete(clientId);
    });
    return value;
  }

  return Object.assign(ask, {
    changed: (clientId: string) => void changing.set(clientId, performance.now() + REMEMBERED_MS),
  });
}
