import { expect, test } from 'vitest';
import { DAY, START } from '../generated.ts';
import { gaussian, seededRandom } from '../math/random.ts';
import { chanceOfFewer, dispersionOf } from './chance-of-fewer.ts';
import { findStalls } from './find-stalls.ts';

/** Calls of each day, by pure chance (Knuth 1969) around a level that itself differs by so much from day to day. */
function counts(random: () => number, days: number, mean: number, wander: number, kept: (day: number) => number = () => 1) {
  return Array.from({ length: days }, (_, day) => {
    const weekend = day % 7 >= 5 ? 0.6 : 1;
    const limit = Math.exp(-mean * weekend * Math.exp(wander * gaussian(random)) * kept(day));
    let [count, product] = [0, random()];
    while (product > limit) [count, product] = [count + 1, product * random()];
    return { at: START + day * DAY, n: count, sum: count, sumSq: count };
  }).filter(({ sum }) => sum > 0);
}

const SERIES = 8;
const days = (seed: number) => 15 + (seed % 5) * 9;

test('of three hundred quiet logs of eight series at most one in a hundred tells of a day of few calls', () => {
  for (const wander of [0, 0.1, 0.2]) {
    const loud = Array.from({ length: 100 }, (_, seed) => {
      const random = seededRandom(9000 + seed);
      const all = Array.from({ length: SERIES }, (_, i) => counts(random, days(seed), 10 + 8 * i, wander));
      return all
        .flatMap((buckets) => findStalls(buckets, { bucketMs: DAY, looks: SERIES }))
        .filter(({ kind }) => kind === 'drop');
    }).filter((drops) => drops.length > 0);
    expect(loud.length, `days that differ by ${wander}`).toBeLessThanOrEqual(1);
  }
});

test('a day that lost four fifths of two hundred calls is told, however many series are looked at', () => {
  const found = Array.from({ length: 20 }, (_, seed) => {
    const buckets = counts(seededRandom(700 + seed), 42, 200, 0.05, (day) => (day === 23 ? 0.2 : 1));
    return findStalls(buckets, { bucketMs: DAY, looks: 50 });
  });
  expect(found.filter((stalls) => stalls.some(({ from }) => from === START + 23 * DAY)).length).toBeGreaterThanOrEqual(19);
});

test('chance is that of Poisson, and grows with the dispersion', () => {
  expect(chanceOfFewer(8, 21, 1)).toBeCloseTo(0.0011, 3);
  expect(chanceOfFewer(8, 21, 2)).toBeGreaterThan(5 * chanceOfFewer(8, 21, 1));
  expect(chanceOfFewer(0, 0, 1)).toBe(1);
  const random = seededRandom(4);
  const dispersed = counts(random, 400, 100, 0.2).map(({ sum }) => sum);
  const expected = dispersed.map((_, day) => (day % 7 >= 5 ? 60 : 100));
  expect(dispersionOf(dispersed, expected)).toBeGreaterThan(3);
  expect(dispersionOf(expected, expected)).toBeLessThan(1.1);
});
