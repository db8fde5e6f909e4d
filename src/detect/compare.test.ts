import { expect, test } from 'vitest';
import type { Summary } from './buckets.ts';
import { compare, rowsNeeded } from './compare.ts';
import { gaussian, seededRandom } from './math/random.ts';
import { mean, variance } from './math/robust.ts';
import { benjaminiHochberg } from './multiple-testing.ts';

const rate = (hits: number, n: number): Summary => ({
  mean: hits / n,
  sd: Math.sqrt((hits / n) * (1 - hits / n)),
  n,
  buckets: 1,
});

test('two rates get the interval of Newcombe’s published example', () => {
  const { change, ci95 } = compare(rate(48, 80), rate(56, 70), 'rate');
  expect(change).toBeCloseTo(0.2, 10);
  expect(ci95[0]).toBeCloseTo(0.0524, 4);
  expect(ci95[1]).toBeCloseTo(0.3339, 4);
});

test('few failures are tested exactly, as Fisher’s tea tasting is, and many tables stay quick', () => {
  expect(compare(rate(1, 4), rate(3, 4), 'rate').p).toBeCloseTo(0.4857, 4);
  expect(compare(rate(1_000_000, 1_000_000), rate(999_996, 1_000_000), 'rate').p).toBeCloseTo(0.125, 2);
});

test('equal rates are rejected about one time in twenty, and no more', () => {
  const random = seededRandom(1);
  const draw = (n: number) =>
    rate(Array.from({ length: n }, () => (random() < 0.84 ? 1 : 0)).filter((hit) => hit === 1).length, n);
  const rejected = Array.from({ length: 2000 }, () => compare(draw(120), draw(200), 'rate').p < 0.05).filter(Boolean).length;
  expect(rejected / 2000).toBeGreaterThan(0.03);
  expect(rejected / 2000).toBeLessThan(0.065);
});

test('the interval of a value’s change holds the truth 95 times in 100, and agrees with its p', () => {
  const random = seededRandom(2);
  const sample = (median: number): Summary => {
    const values = Array.from({ length: 200 }, () => median * Math.exp(0.6 * gaussian(random)));
    return { mean: mean(values), sd: Math.sqrt(variance(values)), n: values.length, buckets: 1 };
  };
  const truth = (12 - 10) * Math.exp(0.18);
  const results = Array.from({ length: 500 }, () => compare(sample(10), sample(12), 'value'));
  const covered = results.filter(({ ci95: [low, high] }) => low <= truth && truth <= high).length;
  expect(covered / 500).toBeGreaterThan(0.92);
  // The p is of the ratio and the interval of the difference: they agree but at the border.
  for (const { ci95, p } of results.filter(({ p }) => p < 0.03 || p > 0.07)) expect(p < 0.05).toBe(ci95[0] > 0 || ci95[1] < 0);
  const collapsed = Array.from({ length: 500 }, () => compare(sample(600), sample(4), 'value'));
  const lost = (4 - 600) * Math.exp(0.18);
  expect(collapsed.filter(({ ci95: [low, high] }) => low <= lost && lost <= high).length / 500).toBeGreaterThan(0.92);
});

test('a side without rows proves nothing', () => {
  expect(compare(rate(5, 10), { mean: 0, sd: 0, n: 0, buckets: 0 }, 'rate').p).toBe(1);
});

test('the rows needed are those of the textbook', () => {
  expect(rowsNeeded({ mean: 0.85, sd: 0 }, 'rate', 0.03)).toBeGreaterThan(2350);
  expect(rowsNeeded({ mean: 0.85, sd: 0 }, 'rate', 0.03)).toBeLessThan(2450);
  expect(rowsNeeded({ mean: 10, sd: 10 }, 'value', 0.15)).toBeGreaterThan(rowsNeeded({ mean: 10, sd: 5 }, 'value', 0.15));
});

test('q-values grow with the number of tests and keep their order', () => {
  expect(benjaminiHochberg([0.01, 0.04, 0.03, 0.005])).toEqual([0.02, 0.04, 0.04, 0.02]);
  expect(benjaminiHochberg([])).toEqual([]);
});
