import { findChanges, findStalls, type Bucket, type Change } from '../../../detect/index.ts';
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
  /** Since when it has been so; nothing: for all of the four weeks that are looked at. */
  sinceMs: number | null;
  /** What made it so; nothing where all is well, or nobody knows. */
  metric: Watched | null;
}
/** What a state is made of: the metric of a timeline that shows it. */
type Watched = 'errorRate' | 'latency' | 'runs';

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
  firstSeenMs: number;
  lastSeenMs: number;
}

/** The state of a workflow at a moment (ms), why, and since when: a silence outweighs everything, then what fails now, then what has changed. */
export function judgeWorkflow(
  { days, hours, pulse, firstSeenMs, lastSeenMs }: Past,
  nowMs: number,
  find: typeof finders = finders,
): Judged {
  const silence = silenceOf(pulse, lastSeenMs, nowMs);
  if (silence) return { state: 'no_data', reason: silence, sinceMs: lastSeenMs, metric: 'runs' };
  const runs = days.reduce((sum, day) => sum + day.runs, 0);
  const failing = recentFailures(hours);
  if (failing) return { state: 'degraded', reason: failing, sinceMs: sinceOf(days, hours, find), metric: 'errorRate' };
  // Nothing before its first run, whatever may have been before the four weeks.
  const sinceFirst = firstSeenMs >= (days[0]?.atMs ?? Infinity) ? firstSeenMs : null;
  if (runs < FEWEST_RUNS)
    return {
      state: 'too_early',
      reason: `Only ${counted(runs, 'run')} in four weeks: about ${FEWEST_RUNS - runs} more are needed before its health can be told.`,
      sinceMs: sinceFirst,
      metric: null,
    };
  if (pulse.length < FEWEST_HOURS)
    return {
      state: 'too_early',
      reason: `It has run in ${counted(pulse.length, 'hour')} so far: ${FEWEST_HOURS} are needed before a change can be told from chance.`,
      sinceMs: sinceFirst,
      metric: null,
    };
  const { worse, mendedMs } = find.latestChange(hours, days);
  if (worse) return { state: 'degraded', reason: worse.sentence, sinceMs: worse.at, metric: worse.metric };
  const errors = days.reduce((sum, hour) => sum + hour.errors, 0);
  const since = [mendedMs, find.endOfSilence(pulse), ...(sinceFirst === null ? [] : [enoughAt(pulse)])].filter(
    (ms) => ms !== null,
  );
  return {
    state: 'healthy',
    reason: `No change for the worse in ${counted(runs, 'run')} of four weeks; ${measured(errors / runs, 'rate')} failed.`,
    sinceMs: since.length > 0 ? Math.max(...since) : null,
    metric: null,
  };
}

const volumeOf = (pulse: Past['pulse']) => pulse.map(({ atMs, runs }) => ({ at: atMs, n: runs, sum: runs, sumSq: runs ** 2 }));

/** When it was heard again after it had been silent. */
function endOfSilence(pulse: Past['pulse']): number | null {
  const silences = findStalls(volumeOf(pulse), { bucketMs: HOUR_MS, silencesOnly: true });
  const ends = silences.filter(({ maybe }) => !maybe).map(({ to }) => to);
  return ends.length > 0 ? Math.max(...ends) : null;
}

/** When there was enough of it to be judged. */
function enoughAt(pulse: Past['pulse']): number | null {
  let runs = 0;
  for (const [n, hour] of pulse.entries()) {
    runs += hour.runs;
    if (runs >= FEWEST_RUNS && n + 1 >= FEWEST_HOURS) return hour.atMs + HOUR_MS;
  }
  return null;
}

/** A rise of failures that still holds says since when; a stretch of few runs may be good by chance. */
function sinceOf(days: readonly Hour[], hours: readonly Hour[], find: typeof finders): number | null {
  const sinceMs = failingSince(days, hours);
  if (sinceMs === null) return null;
  return Math.min(sinceMs, find.latestChange(hours, days).failsMoreMs ?? sinceMs);
}

/** Since when that much has failed, looked at in stretches of enough runs, backwards over hours and the days before those. */
function failingSince(days: readonly Hour[], hours: readonly Hour[]): number | null {
  const first = hours[0]?.atMs ?? Infinity;
  const all = [...days.filter(({ atMs }) => atMs + DAY_MS <= first), ...hours];
  let since: number | null = null;
  let [runs, errors] = [0, 0];
  for (const { atMs, ...hour } of all.toReversed()) {
    runs += hour.runs;
    errors += hour.errors;
    if (runs < RECENT_RUNS) continue;
    if (errors / runs < BAD_RATE) return since;
    since = atMs;
    [runs, errors] = [0, 0];
  }
  return null;
}

function silenceOf(pulse: Past['pulse'], lastSeenMs: number, nowMs: number): string | undefined {
  const silentMs = nowMs - lastSeenMs;
  if (silentMs > LONG_SILENCE_MS) return `Nothing has come for ${lasting(silentMs)}.`;
  if (silentMs < HOUR_MS) return undefined;
  const stalls = findStalls(volumeOf(pulse), { bucketMs: HOUR_MS, until: nowMs, silencesOnly: true });
  const stall = stalls.find(({ to }) => to >= nowMs);
  // The first weekend, or night, of a workflow may be rest: nobody knows yet.
  if (!stall || stall.maybe) return undefined;
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

/** What last became worse and still is; when something that had become worse was well again; and since when more runs fail. */
function latestChange(hours: readonly Hour[], days: readonly Hour[]) {
  // A change of today shows by the hour; one that is small for an hour, by the day.
  const found = [...lastChanges(hours, HOUR_MS), ...lastChanges(days, DAY_MS)].sort((a, b) => b.at - a.at);
  const [later, earlier] = found.filter(({ isWorse, metric }) => isWorse && metric === 'errorRate');
  // By the hour it is told closer than by the day, where both tell the same change.
  const failsMoreMs = later && earlier && later.at - earlier.at > 1.5 * DAY_MS ? earlier.at : (later?.at ?? null);
  return {
    worse: found.find(({ isWorse }) => isWorse),
    mendedMs: found.find(({ isWorse }) => !isWorse)?.at ?? null,
    failsMoreMs,
  };
}

/** The last change of each metric, where it is for the worse, or took back one that was. */
function lastChanges(
  hours: readonly Hour[],
  bucketMs: number,
): { at: number; sentence: string; isWorse: boolean; metric: Watched }[] {
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
  const told = (
    metric: Watched,
    buckets: readonly Bucket[],
    kind: 'rate' | 'value',
    sentenceOf: (change: Change) => string,
    minEffect?: number,
  ) => {
    const { changes } = findChanges(buckets, { kind, bucketMs, ...(minEffect !== undefined && { minEffect }) });
    const [before, last] = [changes.at(-2), changes.at(-1)];
    if (!last || (last.change <= 0 && !(before && before.change > 0))) return [];
    return [{ at: last.at, sentence: sentenceOf(last), isWorse: last.change > 0, metric }];
  };
  return [
    ...told(
      'errorRate',
      errors,
      'rate',
      ({ at, before, after }) =>
        `Failed runs rose from ${measured(before.mean, 'rate')} to ${measured(after.mean, 'rate')} on ${day(at)}.`,
    ),
    ...told(
      'latency',
      times,
      'value',
      ({ at, before, after }) =>
        `Runs take ${measured(after.mean, 'ms')} instead of ${measured(before.mean, 'ms')} since ${day(at)}.`,
      0.3,
    ),
  ];
}

/** What takes long to find: who asks often may remember what was found. */
export const finders = { latestChange, endOfSilence };
