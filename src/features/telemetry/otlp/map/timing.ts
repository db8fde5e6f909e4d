import { isPlausibleTime } from '../plausible.ts';
import type { Flag, RawSpan, Time, Value } from '../wire.ts';
import { numberOf, type Facts } from './facts.ts';

const THIRTY_DAYS_MS = 30 * 86_400_000;

interface Timing {
  startedAt: number | null;
  durationMs: number | null;
}

/** Milliseconds since 1970; to the microsecond, which is as much as one number can hold. */
const millis = ({ ms, ns }: Time) => ms + Math.round(ns / 1000) / 1000;

export function timingOf({ start, end }: RawSpan, flags: Flag[]): Timing {
  if (start === null) flags.push('start_missing');
  if (end === null) flags.push('end_missing');
  if (start === null) return { startedAt: null, durationMs: null };
  if (isPlausibleTime(start.ms)) return { startedAt: millis(start), durationMs: durationOf(start, end, flags) };
  flags.push('time_invalid');
  return { startedAt: null, durationMs: null };
}

function durationOf(start: Time, end: Time | null, flags: Flag[]): number | null {
  if (end === null) return null;
  const durationMs = end.ms - start.ms + (end.ns - start.ns) / 1e6;
  if (durationMs > THIRTY_DAYS_MS) flags.push('longer_than_30_days');
  if (durationMs >= 0) return durationMs;
  flags.push('ends_before_start');
  return null;
}

/** How long until the first words came. Unknown when it would be negative, or weeks. */
export function firstTokenMs(facts: Facts, start: Time | null): number | null {
  const seconds = numberOf(facts.firstChunkS);
  const waited = sinceStart(facts.completionStart, start) ?? (seconds === null ? numberOf(facts.firstChunkMs) : seconds * 1000);
  return waited !== null && waited >= 0 && waited <= THIRTY_DAYS_MS ? waited : null;
}

function sinceStart(completionStart: Value, start: Time | null): number | null {
  if (typeof completionStart !== 'string' || start === null) return null;
  // Langfuse's clients write the date as JSON, quotes and all.
  const at = Date.parse(completionStart.replaceAll('"', ''));
  return Number.isNaN(at) ? null : at - millis(start);
}
