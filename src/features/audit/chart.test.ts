import { expect, test } from 'vitest';
import { DAY_MS } from '../../platform/clock.ts';
import { chartOf } from './chart.ts';
import { metrics, volume } from './metrics.ts';
import { dailyRate, judgement, START_MS } from './testing.ts';

const latency = metrics.find(({ name }) => name === 'latency_s')!;
const at = START_MS + 30 * DAY_MS;
const end = START_MS + 60 * DAY_MS;
const rates = dailyRate(
  Array.from({ length: 60 }, (_, day) => (day < 30 ? 0.9 : 0.6)),
  50,
);
const step = judgement({ at, until: at, interval: [at - DAY_MS, at + DAY_MS], window: { from: START_MS, to: end } });
const draw = (given = step, buckets = rates) => chartOf(given, buckets, DAY_MS, 'A', 'right answers');

test('a chart shows each day with its interval, both levels, and the change', () => {
  const chart = draw()!;
  expect(chart.points).toHaveLength(60);
  for (const { low, value, high } of chart.points) {
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
  }
  expect(chart.levels).toMatchObject([
    { from: START_MS, to: at, value: 0.9 },
    { from: at, to: end, value: step.after!.mean },
  ]);
  expect(chart.change).toEqual({ at, interval: [at - DAY_MS, at + DAY_MS], letter: 'A' });
  expect(chart.shaded).toEqual([]);
});

test('the levels are those of the finding, and the day in which it changed is in neither band', () => {
  const noon = at + DAY_MS / 2;
  const side = (mean: number) => ({ ...step.before!, mean });
  const incident = { ...step, at: noon, until: noon, before: side(0.91), after: side(0.4), over: noon + DAY_MS / 8 };
  const days = rates.map((bucket, day) => (day === 30 ? { ...bucket, sum: 0 } : bucket)).filter((_, day) => day <= 30);
  const [before] = draw({ ...incident, window: { from: START_MS, to: incident.over } }, days)!.levels;
  expect(before).toMatchObject({ value: 0.91, low: expect.closeTo(0.91, 1), high: expect.closeTo(0.91, 1) });
});

test("a day's interval is the one of Wilson, and never leaves 0 to 1", () => {
  const [day] = draw(step, dailyRate([0.9, 1, 0], 50))!.points;
  // 45 of 50: 0.7864 to 0.9565 (Wilson 1927).
  expect(day).toMatchObject({ low: expect.closeTo(0.7864, 3), high: expect.closeTo(0.9565, 3), n: 50 });
  const [, all, none] = draw(step, dailyRate([0.9, 1, 0], 50))!.points;
  expect([all!.high, none!.low]).toEqual([1, 0]);
});

test('a day without rows is a gap, not a zero', () => {
  const chart = draw(
    step,
    rates.filter((_, day) => day !== 10),
  )!;
  expect(chart.points).toHaveLength(59);
  expect(chart.points.some((point) => point.at === START_MS + 10 * DAY_MS)).toBe(false);
});

test('quantities have an interval that narrows with more rows', () => {
  const bucket = (n: number) => ({ at: START_MS, n, sum: 2 * n, sumSq: 5 * n });
  const [few, many] = draw({ ...step, metric: latency }, [bucket(10), bucket(1000)])!.points;
  expect(few!.value).toBe(2);
  expect(few!.high - few!.low).toBeGreaterThan(5 * (many!.high - many!.low));
});

test('a stall is shaded and has neither level nor change', () => {
  const stall = { kind: 'silence' as const, from: at, to: at + 3 * DAY_MS, usualGapMs: 0, expected: 150, seen: 0 };
  const stalled = judgement({ kind: 'stall', metric: volume, at, until: at + 3 * DAY_MS, window: null, stall });
  expect(draw(stalled)).toMatchObject({ shaded: [[at, at + 3 * DAY_MS]], change: null, levels: [] });
});

test('what has no date, or one bucket, has no chart', () => {
  expect(draw(judgement({ kind: 'cohort', at: null }))).toBeNull();
  expect(draw(step, rates.slice(0, 1))).toBeNull();
});

test('a long log shows its end', () => {
  const long = dailyRate(
    Array.from({ length: 500 }, () => 0.9),
    50,
  );
  const { points } = draw(step, long)!;
  expect(points).toHaveLength(400);
  expect(points.at(-1)!.at).toBe(long.at(-1)!.at);
});

test('a comparison shows every value of the column, and marks the two that were compared', () => {
  const peers = 'abcdefghijk'.split('').map((value, i) => ({
    value,
    buckets: [{ at: START_MS, n: 100 + i, sum: 90, sumSq: 90 }],
  }));
  const compared = judgement({ kind: 'cohort', at: null, segment: { model: 'b' }, against: 'a', peers });
  const chart = draw(compared)!;
  expect(chart.cohorts!.map(({ label, side }) => `${label} ${side}`).slice(0, 2)).toEqual(['a before', 'b after']);
  // The largest of the others.
  expect(chart.cohorts!.map(({ label }) => label).join('')).toBe('abfghijk');
  // 90 of 100, Wilson.
  expect(chart.cohorts![0]).toMatchObject({ value: 0.9, low: expect.closeTo(0.8256, 3), high: expect.closeTo(0.9448, 3) });
  expect(draw({ ...compared, peers: peers.slice(1) })).toBeNull();
});
