import { expect, test } from 'vitest';
import { DAY, HOUR, START } from '../generated.ts';
import { gaussian, seededRandom } from '../math/random.ts';
import { findStalls } from './find-stalls.ts';

/** Weekdays 1,000 rows, weekends 50. */
const office = (days: number, volume: (day: number) => number | null) => {
  const random = seededRandom(9);
  return Array.from({ length: days }, (_, day) => day).flatMap((day) => {
    const factor = volume(day);
    const sum = Math.round((day % 7 > 4 ? 50 : 1000) * Math.exp(0.1 * gaussian(random)) * (factor ?? 0));
    return factor === null ? [] : [{ at: START + day * DAY, n: sum, sum, sumSq: sum }];
  });
};

test('a steady log has no stall, weekends or not', () => {
  expect(
    findStalls(
      office(70, () => 1),
      { bucketMs: DAY },
    ),
  ).toEqual([]);
});

test('three working days without rows are a silence, with the rows that were expected', () => {
  const [stall, ...others] = findStalls(
    office(70, (day) => (day >= 35 && day < 38 ? null : 1)),
    { bucketMs: DAY },
  );
  expect(others).toEqual([]);
  expect(stall).toMatchObject({ kind: 'silence', from: START + 35 * DAY, to: START + 38 * DAY, seen: 0 });
  expect(stall!.expected).toBeGreaterThan(2700);
});

test('days at a tenth of the usual volume are a drop', () => {
  const [stall, ...others] = findStalls(
    office(70, (day) => (day === 43 || day === 44 ? 0.1 : 1)),
    { bucketMs: DAY },
  );
  expect(others).toEqual([]);
  expect(stall).toMatchObject({ kind: 'drop', from: START + 43 * DAY, to: START + 45 * DAY });
});

test('empty weekends are usual, an empty Monday is not', () => {
  const weekdays = (lost: number) => office(56, (day) => (day % 7 > 4 || day === lost ? null : 1));
  expect(findStalls(weekdays(-1), { bucketMs: DAY })).toEqual([]);
  expect(findStalls(weekdays(28), { bucketMs: DAY })).toMatchObject([{ kind: 'silence' }]);
});

test('a log that stopped before its end is silent up to there', () => {
  const hours = Array.from({ length: 240 }, (_, hour) => ({ at: START + hour * HOUR, n: 20, sum: 20, sumSq: 20 }));
  const until = START + 260 * HOUR;
  expect(findStalls(hours, { bucketMs: HOUR })).toEqual([]);
  expect(findStalls(hours, { bucketMs: HOUR, until })).toMatchObject([{ kind: 'silence', from: START + 240 * HOUR, to: until }]);
});

test('gaps of a thin log are no stall', () => {
  const random = seededRandom(2);
  const thin = Array.from({ length: 24 * 60 }, (_, hour) => hour)
    .filter(() => random() < 0.3)
    .map((hour) => ({ at: START + hour * HOUR, n: 1, sum: 1, sumSq: 1 }));
  expect(findStalls(thin, { bucketMs: HOUR })).toEqual([]);
});

test('days before calls began in earnest are no silence', () => {
  const pilot = Array.from({ length: 26 }, (_, day) => ({ day, sum: day === 0 ? 1 : day < 6 ? 0 : 50 }));
  const buckets = pilot.filter(({ sum }) => sum > 0).map(({ day, sum }) => ({ at: START + day * DAY, n: sum, sum, sumSq: sum }));
  expect(findStalls(buckets, { bucketMs: DAY })).toEqual([]);
});

test('what is usual goes with a level that changed for good', () => {
  const silent = (day: number) => day >= 40 && day < 43;
  const buckets = Array.from({ length: 60 }, (_, day) => ({ day, sum: day < 30 ? 200 : silent(day) ? 0 : 20 }))
    .filter(({ sum }) => sum > 0)
    .map(({ day, sum }) => ({ at: START + day * DAY, n: sum, sum, sumSq: sum }));
  const levelAt = (at: number) => (at < START + 30 * DAY ? 200 : 20);
  expect(findStalls(buckets, { bucketMs: DAY, levelAt })).toMatchObject([{ kind: 'silence', expected: 60 }]);
});
