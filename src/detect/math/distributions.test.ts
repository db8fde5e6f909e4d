import { expect, test } from 'vitest';
import {
  chiSquareTail,
  kolmogorovTail,
  normalQuantileUpper,
  normalScore,
  normalTail,
  normalTwoSided,
  studentQuantile,
  studentTwoSided,
} from './distributions.ts';

test('tails agree with the printed tables', () => {
  expect(normalTwoSided(1.959964)).toBeCloseTo(0.05, 6);
  expect(studentTwoSided(2.228139, 10)).toBeCloseTo(0.05, 6);
  expect(chiSquareTail(3.841459, 1)).toBeCloseTo(0.05, 6);
  expect(chiSquareTail(18.307, 10)).toBeCloseTo(0.05, 4);
  expect(kolmogorovTail(1.3581)).toBeCloseTo(0.05, 4);
});

test('far tails keep their digits', () => {
  expect(normalTail(10) / 7.619853e-24).toBeCloseTo(1, 5);
  expect(normalTail(-3)).toBeCloseTo(0.9986501, 7);
});

test('quantiles undo their tails', () => {
  for (const p of [0.4, 0.05, 1e-4, 1e-12]) expect(normalTail(normalQuantileUpper(p)) / p).toBeCloseTo(1, 6);
  for (const df of [2, 7, 60]) expect(studentTwoSided(studentQuantile(0.05, df), df)).toBeCloseTo(0.05, 8);
});

test('the same t is weaker evidence with few degrees of freedom', () => {
  expect(normalScore(4, 5)).toBeLessThan(normalScore(4, 50));
  expect(normalScore(4, 1e6)).toBeCloseTo(4, 2);
});
