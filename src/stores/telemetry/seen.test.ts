import { expect, test } from 'vitest';
import { openSeen } from './seen.ts';

const id = (n: number) => ({ traceId: (n >> 4).toString(16).padStart(32, '0'), spanId: n.toString(16).padStart(16, '0') });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => id(from + n));

test('a span is new once, for each client, also within one batch', () => {
  const seen = openSeen();
  expect(seen.note('a', [id(1), id(2), id(1)])).toMatchObject({ resent: [false, false, true], resentCount: 1 });
  expect(seen.note('a', [id(2), id(3)]).resent).toEqual([true, false]);
  expect(seen.note('b', [id(2)]).resent).toEqual([false]);
});

test('what was not kept is unknown again, and what had come before stays known', () => {
  const seen = openSeen();
  seen.note('a', [id(1)]);
  seen.note('a', [id(1), id(2), id(3)]).forget();
  expect(seen.note('a', [id(1), id(2), id(3)]).resent).toEqual([true, false, false]);
  expect(seen.note('a', [id(2)]).resent).toEqual([true]);
});

test('it grows without forgetting, up to its bound, and forgets the oldest first', () => {
  const seen = openSeen({ firstSlots: 16, largestSlots: 1024, mostSlots: 4096 });
  expect(seen.note('a', range(0, 1500)).resentCount).toBe(0);
  expect(seen.note('a', range(0, 1500)).resentCount).toBe(1500);
  expect(seen.note('a', range(1500, 20_000)).resentCount).toBe(0);
  expect(seen.note('a', range(18_000, 20_000)).resentCount).toBe(2000);
  expect(seen.note('a', range(0, 10)).resentCount).toBe(0);
});

test('half a million ids that differ in little are all told apart', () => {
  const seen = openSeen();
  expect(seen.note('a', range(0, 500_000)).resentCount).toBe(0);
  expect(seen.note('a', range(0, 500_000)).resentCount).toBe(500_000);
});
