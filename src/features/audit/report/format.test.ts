import { expect, test } from 'vitest';
import { change, dated, fromTo, money, perMonth, quantity, span, withInterval } from './format.ts';

test.each([
  [0.84, 'rate', '84 %'],
  [0.0312, 'rate', '3.1 %'],
  [0.9973, 'rate', '99.7 %'],
  [0.99997, 'rate', '99.997 %'],
  [1, 'rate', '100 %'],
  [0, 'rate', '0 %'],
  [8, 'seconds', '8.0 s'],
  [0.042, 'seconds', '0.042 s'],
  [0.0138, 'usd', '$0.0138'],
  [0.5, 'usd', '$0.50'],
  [13.8, 'usd', '$13.80'],
  [1873, 'characters', '1,900 characters'],
  [-4, 'score', '−4.0'],
  [Number.NaN, 'rate', '–'],
  [Infinity, 'seconds', '–'],
] as const)('%d as %s is written %s', (value, unit, written) => {
  expect(quantity(value, unit)).toBe(written);
});

test('an interval decides how many digits are shown', () => {
  expect(withInterval(0.5, 0.46, 0.54, 'rate')).toBe('50 % (46–54)');
  expect(withInterval(0.841, 0.838, 0.844, 'rate')).toBe('84.1 % (83.8–84.4)');
  expect(withInterval(1873, 1861, 1885, 'characters')).toBe('1,870 characters (1,860–1,890)');
});

test('rates change in points, values in per cent, scores in themselves', () => {
  expect(change({ before: 0.84, change: -0.34, ci95: [-0.38, -0.3], unit: 'rate' })).toBe('−34 points (−38 to −30)');
  expect(change({ before: 8, change: -5.6, ci95: [-5.8, -5.4], unit: 'seconds' })).toBe('−70 % (−72 to −67)');
  expect(change({ before: 0, change: 5, ci95: null, unit: 'tokens' })).toBe('+5.0 tokens');
  expect(change({ before: 3, change: -0.5, ci95: [-0.7, -0.3], unit: 'score' })).toBe('−0.50 (−0.70 to −0.30)');
  expect(change({ before: 1, change: null, ci95: null, unit: 'rate' })).toBeNull();
  expect(change({ before: 1, change: 0.1, ci95: [-Infinity, Infinity], unit: 'rate' })).toBe('+10 points');
});

test('a noun is said once', () => {
  expect(fromTo(1873, 312, 'characters')).toBe('1,900 → 310 characters');
  expect(fromTo(0.84, 0.5, 'rate')).toBe('84 % → 50 %');
  expect(fromTo(null, 0.5, 'rate')).toBe('none → 50 %');
});

test('money is whole from a hundred dollars', () => {
  expect(money(2140.4)).toBe('$2,140');
  expect(money(-310)).toBe('−$310');
  expect(perMonth(-310)).toBe('saves $310 a month');
  expect(perMonth(2140)).toBe('costs $2,140 a month');
  expect(perMonth(0)).toBeNull();
});

test('dates are UTC and say how sure they are', () => {
  expect(dated('2026-06-03T00:00:00.000Z', ['2026-06-02T00:00:00.000Z', '2026-06-04T00:00:00.000Z'])).toBe(
    '3 June 2026 (2–4 June)',
  );
  expect(dated('2026-06-03T14:00:00Z', ['2026-06-03T13:00:00Z', '2026-06-03T15:00:00Z'])).toBe(
    '3 June 2026, 14:00 UTC (3 Jun 13:00 – 3 Jun 15:00)',
  );
  expect(dated('2026-06-03T14:00:00Z', null)).toBe('3 June 2026, 14:00 UTC');
  expect(dated(null, null)).toBeNull();
  expect(dated('no date', null)).toBe('unknown date');
  expect(span('2026-05-30T00:00:00Z', '2026-06-04T00:00:00Z')).toBe('30 May – 4 June 2026');
  expect(span('2025-12-30T00:00:00Z', '2026-01-04T00:00:00Z')).toBe('30 December 2025 – 4 January 2026');
});
