import { expect, test } from 'vitest';
import { DAY, START } from '../generated.ts';
import { gaussian, seededRandom } from '../math/random.ts';
import { findSurges } from './find-surges.ts';

/** Weekdays 1,000 rows, weekends 50, times what a day has of it. */
const office = (days: number, times: (day: number) => number) => {
  const random = seededRandom(9);
  return Array.from({ length: days }, (_, day) => {
    const sum = Math.round((day % 7 > 4 ? 50 : 1000) * Math.exp(0.1 * gaussian(random)) * times(day));
    return { at: START + day * DAY, n: sum, sum, sumSq: sum };
  });
};
const found = (days: number, times: (day: number) => number) => findSurges(office(days, times), { bucketMs: DAY });

test('calls that came twice for three days are a surge, with what was expected', () => {
  const [surge, ...others] = found(70, (day) => (day >= 35 && day < 38 ? 2 : 1));
  expect(others).toEqual([]);
  expect(surge).toMatchObject({ from: START + 35 * DAY, to: START + 38 * DAY, buckets: 3 });
  expect(surge!.expected / 3000).toBeCloseTo(1, 0);
  expect(surge!.seen / 6000).toBeCloseTo(1, 0);
});

test('one day at four times is a surge', () => {
  expect(found(70, (day) => (day === 43 ? 4 : 1))).toMatchObject([{ from: START + 43 * DAY, to: START + 44 * DAY }]);
});

test.each<[string, (day: number) => number]>([
  ['a steady log', () => 1],
  ['growth', (day) => Math.exp(day / 30)],
  ['a peak that comes every month', (day) => (day % 30 === 20 ? 4 : 1)],
  ['peaks that come often', (day) => (day % 11 === 4 ? 3 : 1)],
  ['days that differ much by themselves', (day) => [1, 2, 0.6, 1.4, 0.8][(day * 7) % 5]!],
  ['what a log ends with', (day) => (day >= 67 ? 2 : 1)],
  ['a new level', (day) => (day >= 40 ? 2 : 1)],
])('%s has none', (_, times) => {
  expect(found(70, times)).toEqual([]);
});
