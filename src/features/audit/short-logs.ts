import { DAY_MS } from '../../platform/clock.ts';
import type { Judgement } from './judge.ts';

/** What a log of a few days cannot say: whether every day is like that. Pure. */

/** Shorter logs do not know the rhythm of their days. */
const KNOWS_DAYS_MS = 4 * DAY_MS;
/** No ordinary day doubles a time or a price. */
const BEYOND_RHYTHM = 2;

/**
 * Times, prices and lengths follow the day: one that rose for less than a day in a log of less than four is different, and nobody knows
 * yet whether it is worse. `spanMs`: how long the log is.
 */
export const asRhythmsMayBe = (judgements: readonly Judgement[], spanMs: number): Judgement[] =>
  spanMs >= KNOWS_DAYS_MS
    ? [...judgements]
    : judgements.map((one) => (mayBeRhythm(one) ? { ...one, direction: 'changed' } : one));

function mayBeRhythm({ metric, kind, direction, at, until, over, window, before, after }: Judgement): boolean {
  if (direction !== 'worse' || metric.kind !== 'value' || kind === 'stall' || at === null || !window || !before || !after)
    return false;
  const since = kind === 'drift' ? (until ?? at) : at;
  return (over ?? window.to) - since < DAY_MS && after.mean < BEYOND_RHYTHM * before.mean;
}
