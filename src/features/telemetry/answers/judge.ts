import { findChanges, findStalls, type Bucket } from '../../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import { counted, day, lasting, measured } from './words.ts';

/** How a workflow is, judged by what it sent. Pure. */

export type State = 'healthy' | 'degraded' | 'no_data' | 'too_early';

/** One hour, or one day, in which a workflow sent something. */
export interface Hour {
  atMs: number;
  runs: number;
  errors: number;
  /** Of runs whose length is known: how many, and the sum of the logarithms of their ms. */
  timed: number;
  sumMs: number;
  sumLogMs: number;
}

export interface Judged {
  state: State;
  /** One sentence. */
  reason: string;
}

/** What is too little to be judged. */
const FEWEST_RUNS = 50;
const FEWEST_HOURS = 14;
/** Without a rhythm of its own, a workflow is silent after this. */
const LONG_SILENCE_MS = 7 * DAY_MS;
/** A share of failed runs that is bad whatever it was before, and the runs it takes to say so. */
const BAD_RATE = 0.2;
const RECENT_RUNS = 20;

/** What a workflow did in four weeks, each oldest first. */
export interface Past {
  days: readonly Hour[];
  /** Of the last week. */
  hours: readonly Hour[];
  /** The hours of four weeks in which it did anything, and about how often. */
  pulse: readonly { atMs: number; runs: number }[];
  lastSeenMs: number;
}

export function judgeWorkflow({ days, hours, pulse, lastSeenMs }: Past, nowMs: number): Judged {
  const silence = silenceOf(pulse, lastSeenMs, nowMs);
  if (silence) return { state: 'no_data', reason: silence };
  const runs = days.reduce((sum, day) => sum + day.runs, 0);
  const failing = recentFailures(hours);
  if (failing) return { state: 'degraded', reason: failing };
  if (runs < FEWEST_RUNS)
    return {
      state: 'too_early',
      reason: `Only ${counted(runs, 'run')} in four weeks: about ${FEWEST_RUNS - runs} more are needed before its health can be told.`,
    };
  if (pulse.length < FEWEST_HOURS)
    return {
      state: 'too_early',
      reason: `It has run in ${counted(pulse.length, 'hour')} so far: ${FEWEST_HOURS} are needed before a change can be told from chance.`,
    };
  const worse = latestWorsening(hours, days);
  if (worse) return { state: 'degraded', reason: worse };
  const errors = days.reduce((sum, hour) => sum + hour.errors, 0);
  return {
    state: 'healthy',
    reason: `No change for the worse in ${counted(runs, 'run')} of four weeks; ${measured(errors / runs, 'rate')} failed.`,
  };
}

function silenceOf(pulse: Past['pulse'], lastSeenMs: number, nowMs: number): string | undefined {
  const silentMs = nowMs - lastSeenMs;
  if (silentMs > LONG_SILENCE_MS) return `Nothing has come for ${lasting(silentMs)}.`;
  if (silentMs < HOUR_MS) return undefined;
  const volume = pulse.map(({ atMs, runs }) => ({ at: atMs, n: runs, sum: runs, sumSq: runs ** 2 }));
  const stall = findStalls(volume, { bucketMs: HOUR_MS, until: nowMs }).find(({ kind, to }) => kind === 'silence' && to >= nowMs);
  if (!stall) return undefined;
  return `Nothing has come for ${lasting(silentMs)}; its longest usual pause is ${lasting(Math.max(HOUR_MS, stall.usualGapMs))}.`;
}

/** The latest runs, whatever came before: a workflow that has always failed is not well. */
function recentFailures(hours: readonly Hour[]): string | undefined {
  let [runs, errors] = [0, 0];
  for (const hour of hours.toReversed()) {
    runs += hour.runs;
    errors += hour.errors;
    if (runs >= RECENT_RUNS) break;
  }
  if (runs < RECENT_RUNS || errors / runs < BAD_RATE) return undefined;
  return `${measured(errors / runs, 'rate')} of its latest ${counted(runs, 'run')} failed.`;
}

function latestWorsening(hours: readonly Hour[], days: readonly Hour[]): string | undefined {
  // A change of today shows by the hour; one that is small for an hour, by the day.
  const found = [...worsenings(hours, HOUR_MS), ...worsenings(days, DAY_MS)].sort((a, b) => b.at - a.at);
  return found[0]?.sentence;
}

/** Changes for the worse that still hold: no later change of the same metric took them back. */
function worsenings(hours: readonly Hour[], bucketMs: number): { at: number; sentence: string }[] {
  const errors = hours.map(({ atMs, runs, errors: failed }): Bucket => ({ at: atMs, n: runs, sum: failed, sumSq: failed }));
  const times = hours
    .filter(({ timed }) => timed > 0)
    .map(({ atMs, timed, sumMs, sumLogMs }): Bucket => ({
      at: atMs,
      n: timed,
      sum: sumMs,
      sumSq: sumMs ** 2 / timed,
      sumLog: sumLogMs,
    }));
  const last = (buckets: readonly Bucket[], kind: 'rate' | 'value', minEffect?: number) =>
    findChanges(buckets, { kind, bucketMs, ...(minEffect !== undefined && { minEffect }) }).changes.at(-1);
  const [failed, slow] = [last(errors, 'rate'), last(times, 'value', 0.3)];
  return [
    ...(failed && failed.change > 0
      ? [
          {
            at: failed.at,
            sentence: `Failed runs rose from ${measured(failed.before.mean, 'rate')} to ${measured(failed.after.mean, 'rate')} on ${day(failed.at)}.`,
          },
        ]
      : []),
    ...(slow && slow.change > 0
      ? [
          {
            at: slow.at,
            sentence: `Runs take ${measured(slow.after.mean, 'ms')} instead of ${measured(slow.before.mean, 'ms')} since ${day(slow.at)}.`,
          },
        ]
      : []),
  ];
}
