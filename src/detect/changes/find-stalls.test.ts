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

/** Calls of an hour in a log that begins on a Monday, when people work. */
const working = (days: number, volume: (day: number, hour: number) => number) => {
  const random = seededRandom(3);
  return Array.from({ length: days * 24 }, (_, i) => i).flatMap((i) => {
    const sum = Math.round(volume(Math.floor(i / 24), i % 24) * Math.exp(0.1 * gaussian(random)));
    return sum > 0 ? [{ at: MONDAY + i * HOUR, n: sum, sum, sumSq: sum }] : [];
  });
};
const MONDAY = START + ((7 - ((Math.floor(START / DAY) + 3) % 7)) % 7) * DAY;
const atWork = (hour: number) => hour >= 8 && hour < 18;

test('the only weekend of a log is marked as one, by whatever clock and weekend people work', () => {
  for (const [shift, rest] of [
    [0, [5, 6]],
    [-8, [5, 6]],
    [9, [5, 6]],
    [3, [4, 5]],
    [0, [6]],
  ] as const) {
    const office = working(10, (day, hour) => {
      const local = day * 24 + hour + shift + 7 * 24;
      return rest.some((one) => one === Math.floor(local / 24) % 7) || !atWork(local % 24) ? 0 : 40;
    });
    const stalls = findStalls(office, { bucketMs: HOUR });
    expect(stalls.filter(({ maybe }) => maybe !== 'weekend')).toEqual([]);
    expect(stalls.length).toBeLessThanOrEqual(1);
  }
});

test('hours without calls on a working day of a short log are a silence, beside an unknown weekend', () => {
  const out = (day: number, hour: number) => day === 2 && hour >= 10 && hour < 14;
  const office = working(10, (day, hour) => (day === 5 || day === 6 || !atWork(hour) || out(day, hour) ? 0 : 40));
  const sure = findStalls(office, { bucketMs: HOUR }).filter(({ maybe }) => !maybe);
  expect(sure).toMatchObject([{ kind: 'silence', from: MONDAY + 58 * HOUR, to: MONDAY + 62 * HOUR }]);
});

test('a weekend without calls is a silence where another weekend has them', () => {
  const calls = (day: number) => ({ at: MONDAY + day * DAY, n: 480, sum: 480, sumSq: 480 });
  const days = Array.from({ length: 24 }, (_, day) => day).filter((day) => day !== 12 && day !== 13);
  expect(findStalls(days.map(calls), { bucketMs: DAY })).toMatchObject([
    { kind: 'silence', from: MONDAY + 12 * DAY, to: MONDAY + 14 * DAY, maybe: null },
  ]);
});

test('calls that come in rare clumps leave gaps', () => {
  const random = seededRandom(5);
  const clumps = Array.from({ length: 180 }, (_, day) => ({ day, sum: day % 30 === 3 ? 200 : random() < 0.2 ? 1 : 0 }));
  const buckets = clumps.filter(({ sum }) => sum > 0).map(({ day, sum }) => ({ at: START + day * DAY, n: sum, sum, sumSq: sum }));
  expect(findStalls(buckets, { bucketMs: DAY, silencesOnly: true })).toEqual([]);
});
