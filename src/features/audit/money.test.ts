import { expect, test } from 'vitest';
import { DAY_MS } from '../../platform/clock.ts';
import { metrics } from './metrics.ts';
import { callsPerMonth, moneyPerMonth } from './money.ts';
import { judgement } from './testing.ts';

const named = (name: string) => metrics.find((metric) => metric.name === name)!;
const span = 60 * DAY_MS;
const free = { perSuccessUsd: null };
const two = { perSuccessUsd: 2 };

test('calls a month follow the pace of the log', () => {
  expect(callsPerMonth(300, 30.44 * DAY_MS)).toBeCloseTo(300);
  expect(callsPerMonth(10, DAY_MS)).toBeCloseTo(304.4);
  expect(callsPerMonth(300, 0)).toBeNull();
});

test('each lost answer costs what it is worth', () => {
  const lost = judgement({ metric: named('score'), change: -0.2 });
  expect(moneyPerMonth(lost, 1000, span, two, true)).toBeCloseTo(400);
  expect(moneyPerMonth(lost, 1000, span, free, true)).toBeNull();
  const won = judgement({ metric: named('score'), change: 0.1 });
  expect(moneyPerMonth(won, 1000, span, two, true)).toBeCloseTo(-200);
});

test('failed calls cost as lost answers do, unless the score of the event is priced already', () => {
  const failed = judgement({ metric: named('error_rate'), change: 0.07 });
  expect(moneyPerMonth(failed, 1000, span, two, false)).toBeCloseTo(140);
  expect(moneyPerMonth(failed, 1000, span, two, true)).toBe(0);
});

test('cost per call has a price of its own, in both directions', () => {
  const dearer = judgement({ metric: named('cost_usd'), change: 0.004 });
  expect(moneyPerMonth(dearer, 10_000, span, free, false)).toBeCloseTo(40);
  expect(moneyPerMonth({ ...dearer, change: -0.004 }, 10_000, span, two, true)).toBeCloseTo(-40);
});

test('time, length and a log without time have no price', () => {
  expect(moneyPerMonth(judgement({ metric: named('latency_s'), change: 3 }), 1000, span, two, false)).toBeNull();
  expect(moneyPerMonth(judgement({ metric: named('output_length'), change: 9 }), 1000, span, two, false)).toBeNull();
  expect(moneyPerMonth(judgement({ metric: named('score'), change: -0.2 }), null, span, two, false)).toBeNull();
});

test('a stall costs the calls that did not come, spread over the months of the log', () => {
  const stall = { kind: 'silence' as const, from: 0, to: DAY_MS, usualGapMs: 0, expected: 100, seen: 0 };
  const stalled = judgement({ kind: 'stall', change: -100, stall });
  expect(moneyPerMonth(stalled, 0, 2 * 30.44 * DAY_MS, two, false)).toBeCloseTo(100);
  // A log shorter than a month is not taken for a month's worth of stalls.
  expect(moneyPerMonth(stalled, 0, 7 * DAY_MS, two, false)).toBeCloseTo(200);
  expect(moneyPerMonth(stalled, 0, span, free, false)).toBeNull();
});
