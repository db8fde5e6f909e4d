import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import { judgeWorkflow, type Hour } from './judge.ts';
import { lastOf } from './last-change.ts';

/** Four weeks that ended now, a hundred runs a day. */
const nowMs = Date.parse('2026-06-29T00:00:00Z');
const startMs = nowMs - 28 * DAY_MS;
type Made = Partial<Pick<Hour, 'runs' | 'errors'>> & { ms?: number };
const stretch = (count: number, widthMs: number, fromMs: number, of: (n: number) => Made): Hour[] =>
  Array.from({ length: count }, (_, n) => {
    const { runs = 96, errors = 2, ms = 1000 + (n % 3) * 20 } = of(n);
    return { atMs: fromMs + n * widthMs, runs, errors, timed: runs, sumMs: runs * ms, sumLogMs: runs * Math.log(ms) };
  });
const none = { usedByDay: [], usedByHour: [] };
/** Of days, as if each hour of theirs were alike. */
const pastOf = (of: (day: number) => Made) => {
  const days = stretch(28, DAY_MS, startMs, of);
  const hours = stretch(168, HOUR_MS, nowMs - 7 * DAY_MS, (n) => {
    const { runs = 96, errors = 2, ms } = of(21 + Math.floor(n / 24));
    return { runs: runs / 24, errors: errors / 24, ...(ms !== undefined && { ms }) };
  });
  const pulse = days.flatMap(({ atMs, runs }) =>
    runs === 0 ? [] : Array.from({ length: 24 }, (_, hour) => ({ atMs: atMs + hour * HOUR_MS, runs: runs / 24 })),
  );
  return { days: days.filter(({ runs }) => runs > 0), hours: hours.filter(({ runs }) => runs > 0), pulse };
};
const judged = (of: (day: number) => Made, firstSeenMs = startMs - DAY_MS, lastSeenMs = nowMs - 60_000) => {
  const { state, sinceMs } = judgeWorkflow({ ...pastOf(of), firstSeenMs, lastSeenMs }, nowMs);
  return [state, sinceMs === null ? null : Math.round((sinceMs - startMs) / DAY_MS)];
};

test('what changed last is told, whatever metric it was, and nothing where nothing did', () => {
  expect(lastOf({ ...pastOf(() => ({})), ...none })).toBeNull();
  const rise = pastOf((day) => ({ errors: day < 14 ? 2 : 30 }));
  expect(lastOf({ ...rise, ...none })).toMatchObject({
    at: '2026-06-15T00:00:00.000Z',
    sentence: 'Error rate rose from 2.1 % to 31 % on 15 June 2026.',
    direction: 'worse',
    of: 'errorRate',
  });
  const thenSlower = pastOf((day) => ({ errors: day < 9 ? 2 : 30, ms: day < 18 ? 1000 : 3000 }));
  expect(lastOf({ ...thenSlower, ...none })).toMatchObject({ of: 'latency', direction: 'worse' });
  const swap = thenSlower.days.map(({ atMs, runs }, day) => ({
    workflow: 'w',
    atMs,
    model: day < 20 ? 'old' : 'new',
    calls: runs,
    costUsd: 1,
    tokens: 9,
  }));
  expect(lastOf({ ...thenSlower, usedByDay: swap, usedByHour: [] })).toMatchObject({
    of: 'model',
    sentence: expect.stringMatching(/^Model new in place of old on 21 June 2026/),
  });
});

test('a state says since when it has been so', () => {
  expect(judged(() => ({}))).toEqual(['healthy', null]);
  expect(judged((day) => ({ errors: day < 14 ? 2 : 12 }))).toEqual(['degraded', 14]);
  expect(judged((day) => ({ errors: day < 10 ? 2 : 60 }))).toEqual(['degraded', 10]);
  expect(judged(() => ({ errors: 60 }))).toEqual(['degraded', null]);
  // One good stretch among bad ones is chance, where it is known when they became so.
  expect(judged((day) => ({ errors: day < 19 ? 3 : day === 26 ? 16 : 29 }))).toEqual(['degraded', 19]);
  // Bad for a week, well again since.
  expect(judged((day) => ({ errors: day >= 8 && day < 16 ? 12 : 2 }))).toEqual(['healthy', 16]);
  // It had been silent.
  expect(judged((day) => (day >= 12 && day < 20 ? { runs: 0 } : {}))).toEqual(['healthy', 20]);
  expect(judged((day) => (day >= 20 ? { runs: 0 } : {}), startMs, startMs + 20 * DAY_MS)).toEqual(['no_data', 20]);
  // Began on a Monday: its first weekend may be rest, two days of its second week are none.
  expect(judged((day) => (day >= 21 && day < 26 ? {} : { runs: 0 }), startMs + 21 * DAY_MS, startMs + 26 * DAY_MS)[0]).toBe(
    'healthy',
  );
  expect(judged((day) => (day >= 11 && day < 23 ? {} : { runs: 0 }), startMs + 11 * DAY_MS, startMs + 23 * DAY_MS)).toEqual([
    'no_data',
    23,
  ]);
  const young = startMs + 26 * DAY_MS;
  expect(judged((day) => (day < 26 ? { runs: 0 } : { runs: 10, errors: 0 }), young)).toEqual(['too_early', 26]);
  expect(judged((day) => (day < 26 ? { runs: 0 } : {}), young)).toEqual(['healthy', 27]);
});

test('a state names the metric that made it', () => {
  const metricOf = (of: (day: number) => Made, lastSeenMs = nowMs - 60_000) =>
    judgeWorkflow({ ...pastOf(of), firstSeenMs: startMs - DAY_MS, lastSeenMs }, nowMs).metric;
  expect(metricOf(() => ({}))).toBeNull();
  expect(metricOf((day) => ({ ms: day < 18 ? 1000 : 3000 }))).toBe('latency');
  expect(metricOf((day) => ({ errors: day < 14 ? 2 : 12 }))).toBe('errorRate');
  expect(metricOf(() => ({ errors: 60 }))).toBe('errorRate');
  expect(metricOf((day) => (day >= 20 ? { runs: 0 } : {}), startMs + 20 * DAY_MS)).toBe('runs');
});
