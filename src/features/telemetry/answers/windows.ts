import { HOUR_MS } from '../../../platform/clock.ts';

/** A stretch of time, ms since the epoch: from its start, up to and without its end. */
export interface Window {
  fromMs: number;
  toMs: number;
}

/**
 * The stretches in which a list that is read from its end is looked for, latest first and each longer than the last: a page of a
 * busy client is found in hours, and what is rare costs one look at everything. `mostMs` says before each what is still affordable.
 */
export function* windowsBack(
  { fromMs, toMs }: Window,
  { firstMs = 2 * HOUR_MS, grows = 6, mostMs = () => Infinity } = {},
): Generator<Window> {
  let end = toMs;
  for (let length = firstMs; end > fromMs; length *= grows) {
    length = Math.max(firstMs, Math.min(length, mostMs()));
    const start = Math.max(fromMs, end - length);
    yield { fromMs: start, toMs: end };
    end = start;
  }
}
