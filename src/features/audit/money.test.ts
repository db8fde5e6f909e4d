import { expect, test } from 'vitest';
import { DAY_MS } from '../../platform/clock.ts';
import { metrics } from './metrics.ts';
import { callsPerMonth, moneyPerMonth, priceOnce } from './money.ts';
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
  expect(moneyPerMonth(lost, 1000, span, two)).toBeCloseTo(400);
  expect(moneyPerMonth(lost, 1000, span, free)).toBeNull();
  const won = judgement({ metric: named('score'), change: 0.1 });
  expect(moneyPerMonth(won, 1000, span, two)).toBeCloseTo(-200);
});

test('failed calls cost as lost answers do; one event is priced once, by its score', () => {
  const failed = judgement({ metric: named('error_rate'), change: 0.07 });
  expect(moneyPerMonth(failed, 1000, span, two)).toBeCloseTo(140);
  const members = [
    { judgement: failed, money: 140 },
    { judgement: judgement({ metric: named('score'), change: -0.1 }), money: 120 },
    { judgement: judgement({ metric: named('empty_rate'), change: 0.07 }), money: 140 },
    { judgement: judgement({ metric: named('cost_usd'), change: 0.1 }), money: 9 },
  ];
  expect(priceOnce(members).map(({ money }) => money)).toEqual([0, 120, 0, 9]);
  expect(priceOnce(members.filter((_, i) => i !== 1)).map(({ money }) => money)).toEqual([140, 0, 9]);
});

test('cost per call has a price of its own, in both directions', () => {
  const dearer = judgement({ metric: named('cost_usd'), change: 0.004 });
  expect(moneyPerMonth(dearer, 10_000, span, free)).toBeCloseTo(40);
  expect(moneyPerMonth({ ...dearer, change: -0.004 }, 10_000, span, two)).toBeCloseTo(-40);
});

test('time, length and a log without time have no price', () => {
  expect(moneyPerMonth(judgement({ metric: named('latency_s'), change: 3 }), 1000, span, two)).toBeNull();
  expect(moneyPerMonth(judgement({ metric: named('output_length'), change: 9 }), 1000, span, two)).toBeNull();
  expect(moneyPerMonth(judgement({ metric: named('score'), change: -0.2 }), null, span, two)).toBeNull();
});

test('a stall costs the calls that did not come, spread over the months of the log', () => {
  const stall = { kind: 'silence' as const, from: 0, to: DAY_MS, usualGapMs: 0, expected: 100, seen: 0 };
  const stalled = judgement({ kind: 'stall', change: -100, stall });
  expect(moneyPerMonth(stalled, 0, 2 * 30.44 * DAY_MS, two)).toBeCloseTo(100);
  // A log shorter than a month is not taken for a month's worth of stalls.
  expect(moneyPerMonth(stalled, 0, 7 * DAY_MS, two)).toBeCloseTo(200);
  expect(moneyPerMonth(stalled, 0, span, free)).toBeNull();
});
