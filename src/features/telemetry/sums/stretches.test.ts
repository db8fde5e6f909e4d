import { expect, test } from 'vitest';
import { DAY_MS } from '../../../platform/clock.ts';
import { stretchesOf } from './stretches.ts';

const days = (...of: [day: number, spans: number][]) => of.map(([day, spans]) => ({ day: day * DAY_MS, spans }));
const stretches = (...of: [day: number, spans: number][]) =>
  stretchesOf(days(...of)).map(({ fromMs, toMs }) => [fromMs / DAY_MS, toMs / DAY_MS]);

test('days that follow one another are summed up together, the latest first', () => {
  expect(stretches([10, 5], [12, 5], [11, 5], [14, 5])).toEqual([
    [14, 15],
    [10, 13],
  ]);
  expect(stretches()).toEqual([]);
});

test('no more than a week, nor than are read in a moment; a day of many spans stands alone', () => {
  const tenDays = Array.from({ length: 10 }, (_, n): [number, number] => [n, 1]);
  expect(stretches(...tenDays)).toEqual([
    [3, 10],
    [0, 3],
  ]);
  expect(stretches([1, 100], [2, 5_000_000], [3, 150_000], [4, 50_000], [5, 1])).toEqual([
    [4, 6],
    [3, 4],
    [2, 3],
    [1, 2],
  ]);
});
