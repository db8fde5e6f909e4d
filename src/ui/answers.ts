import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { Refusal } from './api.ts';

/** What is known of one question. An old answer stays while a new one is fetched, and beside a refusal. */
export interface Known<Answer> {
  readonly answer: Answer | undefined;
  readonly refusal: Refusal | undefined;
  readonly asking: boolean;
}

interface Entry extends Known<unknown> {
  readonly ask: () => Promise<unknown>;
  readonly askedAt: number;
}

const nothing: Known<undefined> = { answer: undefined, refusal: undefined, asking: true };
const entries = new Map<string, Entry>();
const watchers = new Map<string, Set<() => void>>();
const MOST_KEPT = 200;
/** Below it an answer is not asked for again when a page comes back to it. */
const FRESH_MS = 1000;
const RETRY_MS = 5000;
const passing = new Set(['unreachable', 'unavailable', 'too_many']);

function put(key: string, entry: Entry): void {
  entries.delete(key);
  entries.set(key, entry);
  for (const old of entries.keys()) {
    if (entries.size <= MOST_KEPT) break;
    if (!watchers.has(old)) entries.delete(old);
  }
  for (const tell of watchers.get(key) ?? []) tell();
}

async function fetchInto(key: string, ask: Entry['ask']): Promise<void> {
  const before = entries.get(key);
  const askedAt = Date.now();
  put(key, { answer: before?.answer, refusal: before?.refusal, asking: true, ask, askedAt });
  const told = await ask().then(
    (answer) => ({ answer, refusal: undefined }),
    (error: unknown) => ({
      answer: before?.answer,
      refusal: error instanceof Refusal ? error : new Refusal('internal', String(error)),
    }),
  );
  // Whoever asked last is right.
  if (entries.get(key)?.askedAt === askedAt) put(key, { ...told, asking: false, ask, askedAt });
}

/** Asks once for all who show the same, again every `everyMs` while the page is looked at, and when it is returned to. */
export function useQuestion<Answer>(key: string, ask: () => Promise<Answer>, everyMs?: number): Known<Answer> {
  const subscribe = useCallback(
    (tell: () => void) => {
      const watching = watchers.get(key) ?? new Set();
      watchers.set(key, watching.add(tell));
      return () => {
        watching.delete(tell);
        if (watching.size === 0) watchers.delete(key);
      };
    },
    [key],
  );
  const known = useSyncExternalStore(subscribe, () => entries.get(key) ?? nothing) as Known<Answer>;
  useEffect(() => {
    const askNow = () => void fetchInto(key, ask);
    const entry = entries.get(key);
    if (!entry || (!entry.asking && Date.now() - entry.askedAt > FRESH_MS)) askNow();
    const again = () => {
      if (document.visibilityState === 'visible' && !entries.get(key)?.asking) askNow();
    };
    const timer = everyMs === undefined ? undefined : setInterval(again, everyMs);
    // What a page asks once is asked again where the refusal is one that passes.
    const retry = setInterval(() => {
      const code = entries.get(key)?.refusal?.code;
      if (everyMs === undefined && code !== undefined && passing.has(code)) again();
    }, RETRY_MS);
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      clearInterval(retry);
      document.removeEventListener('visibilitychange', again);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the key says what is asked
  }, [key, everyMs]);
  return known;
}

/** What was known before stays while the same is asked of a later time: nothing flickers when a minute is over. */
export function useStill<Answer>(known: Known<Answer>, of: string): Known<Answer> {
  const kept = useRef<{ of: string; answer: Answer }>(undefined);
  if (known.answer !== undefined) kept.current = { of, answer: known.answer };
  const still = known.answer === undefined && known.refusal === undefined && kept.current?.of === of;
  return still ? { ...known, answer: kept.current!.answer } : known;
}

/** Asks again what begins so, as after a write. Answers when the new answers are there. */
export async function askAgain(prefix = ''): Promise<void> {
  const stale = Array.from(entries).filter(([key]) => key.startsWith(prefix));
  for (const [key] of stale) if (!watchers.has(key)) entries.delete(key);
  await Promise.all(stale.flatMap(([key, { ask }]) => (watchers.has(key) ? [fetchInto(key, ask)] : [])));
}

/** Forgets everything, as when somebody else signs in. */
export function forgetAnswers(): void {
  entries.clear();
  for (const watching of watchers.values()) for (const tell of watching) tell();
}
