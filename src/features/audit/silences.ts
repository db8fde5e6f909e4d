import type { Bucket } from '../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import type { Judgement } from './judge.ts';

/** Silences of single values of a column, which are found by whole days: when they began and ended by the hour, and whether they last. Pure. */

/** So many calls must be missing in the hours beside a silence before they belong to it. */
const FEWEST_MISSING = 5;
/** Hours are known by so many days before. */
const KNOWN_MS = 28 * DAY_MS;

/** A silence of `judgement` with its own hours; `endMs`: the last call of the log. */
export function byItsHours(judgement: Judgement, hours: readonly Bucket[], endMs: number): Judgement {
  const { stall } = judgement;
  if (stall?.kind !== 'silence' || hours.length === 0) return judgement;
  const before = Math.max(...hours.filter(({ at }) => at < stall.from).map(({ at }) => at));
  const after = Math.min(...hours.filter(({ at }) => at >= stall.from).map(({ at }) => at));
  if (!Number.isFinite(before)) return judgement;
  const usual = usualHours(hours, before);
  const missing = (from: number, to: number) => {
    let calls = 0;
    for (let at = from; at < to; at += HOUR_MS) calls += usual(at) * Math.min(1, (to - at) / HOUR_MS);
    return calls;
  };
  const earlier = missing(before + HOUR_MS, stall.from);
  const from = earlier >= FEWEST_MISSING ? before + HOUR_MS : stall.from;
  // Where no call comes again it lasts, whatever part of a day the log ends with.
  const open = !Number.isFinite(after);
  const later = open ? missing(stall.to, endMs) : missing(stall.to, after);
  const to = open ? Math.max(stall.to, endMs) + 1 : later >= FEWEST_MISSING ? after : stall.to;
  const expected = stall.expected + (from < stall.from ? earlier : 0) + (to > stall.to ? later : 0);
  return {
    ...judgement,
    at: from,
    until: to,
    interval: from < stall.from ? [from - HOUR_MS, from] : judgement.interval,
    change: stall.seen - expected,
    stall: { ...stall, from, to, expected },
  };
}

/** Calls that are usual at an hour: of the same hours of other days of its kind. */
function usualHours(hours: readonly Bucket[], last: number): (at: number) => number {
  const known = hours.filter(({ at }) => at > last - KNOWN_MS && at <= last);
  const first = Math.min(...known.map(({ at }) => at));
  const key = (at: number) => Math.floor((at % DAY_MS) / HOUR_MS) + (isWeekend(at) ? 24 : 0);
  const [calls, times] = [new Map<number, number>(), new Map<number, number>()];
  for (let at = first; at <= last; at += HOUR_MS) times.set(key(at), (times.get(key(at)) ?? 0) + 1);
  for (const { at, n } of known) calls.set(key(at), (calls.get(key(at)) ?? 0) + n);
  return (at) => (calls.get(key(at)) ?? 0) / Math.max(1, times.get(key(at)) ?? 0);
}

/** Monday is the fifth day of the era. */
const isWeekend = (at: number) => (Math.floor(at / DAY_MS) + 3) % 7 >= 5;

/** Days of few calls over all rows of which most is missing from values that were silent then say the same again, and less. */
export function withoutSilentParts(all: readonly Judgement[], parts: readonly Judgement[]): Judgement[] {
  return all.filter(({ stall }) => {
    if (stall?.kind !== 'drop') return true;
    const missing = new Map<string, number>();
    for (const { stall: own, segment } of parts) {
      if (own?.kind !== 'silence') continue;
      const both = Math.min(own.to, stall.to) - Math.max(own.from, stall.from);
      if (both <= 0) continue;
      const [column = ''] = Object.keys(segment);
      missing.set(column, (missing.get(column) ?? 0) + (own.expected * both) / (own.to - own.from));
    }
    return Math.max(0, ...missing.values()) < MOST_OF_IT * (stall.expected - stall.seen);
  });
}

const MOST_OF_IT = 0.6;
