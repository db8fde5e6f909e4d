import { expect, test } from 'vitest';
import { gaussian, seededRandom } from '../math/random.ts';
import { changePoints } from './change-points.ts';

const noise = (random: () => number, n: number, level: (i: number) => number = () => 0) =>
  Array.from({ length: n }, (_, i) => level(i) + gaussian(random));

test('levels that change are found where they change', () => {
  const random = seededRandom(1);
  const found = changePoints(noise(random, 300, (i) => (i < 100 ? 0 : i < 220 ? 4 : 1)));
  expect(found).toHaveLength(2);
  expect(Math.abs(found[0]! - 100)).toBeLessThanOrEqual(2);
  expect(Math.abs(found[1]! - 220)).toBeLessThanOrEqual(2);
});

test('noise has no change points, nor has a wandering series many', () => {
  const random = seededRandom(2);
  expect(Array.from({ length: 60 }, () => changePoints(noise(random, 250)).length).filter((n) => n > 0)).toEqual([]);
  const wandering = Array.from({ length: 60 }, () => {
    let level = 0;
    return changePoints(Array.from({ length: 250 }, () => (level = 0.6 * level + gaussian(random)))).length;
  });
  expect(wandering.filter((n) => n > 0).length).toBeLessThanOrEqual(6);
});

test('fifty thousand values take a moment, and their change is still found to the row', () => {
  const found = changePoints(noise(seededRandom(3), 50_000, (i) => (i < 23_457 ? 0 : 2)));
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]! - 23_457)).toBeLessThanOrEqual(6);
});

test('constant, tiny, empty and broken series are no reason to throw', () => {
  expect(changePoints(Array.from({ length: 50 }, () => 7))).toEqual([]);
  expect(changePoints([1])).toEqual([]);
  expect(changePoints([])).toEqual([]);
  expect(changePoints([1, NaN, 2, Infinity, 1, 2])).toEqual([]);
});

test('unit and offset do not matter', () => {
  const series = noise(seededRandom(4), 200, (i) => (i < 90 ? 0 : 3));
  expect(changePoints(series.map((value) => 1e6 * value - 5e7))).toEqual(changePoints(series));
});
