import { useSyncExternalStore } from 'react';
import { ago, moment, sinceWords } from './format.ts';

const TICK_MS = 10_000;
const ticking = new Set<() => void>();
let tickedAt = Date.now();
let ticker: ReturnType<typeof setInterval> | undefined;
const lastTick = () => tickedAt;

/** One clock for all times that are shown, however many. It stands while nobody looks. */
function everyTick(tell: () => void): () => void {
  ticking.add(tell);
  ticker ??= setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    tickedAt = Date.now();
    for (const one of ticking) one();
  }, TICK_MS);
  return () => {
    ticking.delete(tell);
    if (ticking.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  };
}

/** A moment, relative; the absolute one on hover and for readers of screens. */
export function When({ at, absolute = false }: { at: string; absolute?: boolean }) {
  const now = useSyncExternalStore(everyTick, lastTick);
  return (
    <time dateTime={at} title={moment(at)}>
      {absolute ? moment(at) : ago(at, Math.max(now, Date.now()))}
    </time>
  );
}

/** Since when; the moment on hover. */
export const Since = ({ at }: { at: string }) => (
  <time dateTime={at} title={moment(at)}>
    {sinceWords(at)}
  </time>
);
