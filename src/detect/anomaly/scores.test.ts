import { expect, test } from 'vitest';
import { HOUR, START } from '../generated.ts';
import { gaussian, seededRandom } from '../math/random.ts';
import { ANOMALY_THRESHOLD, anomalyScores, COOL_DOWN_ROWS, type Point } from './scores.ts';
import { Tail } from './tail.ts';

const daily = (random: () => number, rows: number, change: (i: number, usual: number) => number = (_, usual) => usual): Point[] =>
  Array.from({ length: rows }, (_, i) => ({
    at: START + i * (HOUR / 4),
    value: change(i, 100 + 30 * Math.sin((i * 2 * Math.PI) / 96) + 3 * gaussian(random)),
  }));

const found = (points: readonly Point[]) => {
  const scores = anomalyScores(points);
  return [...scores.keys()].filter((i) => scores[i]! >= ANOMALY_THRESHOLD);
};

test('a month of daily ups and downs raises no alarm', () => {
  expect(found(daily(seededRandom(1), 2880))).toEqual([]);
});

test('a spike is an anomaly at its row', () => {
  expect(found(daily(seededRandom(2), 2000, (i, usual) => (i === 1500 ? 400 : usual)))).toEqual([1500]);
});

test('a usual value at the wrong time of day, for hours, is an anomaly though it is no extreme', () => {
  const [first] = found(daily(seededRandom(3), 2880, (i, usual) => (i >= 2400 && i < 2448 ? 100 : usual)));
  expect(first).toBeGreaterThanOrEqual(2400);
  expect(first).toBeLessThan(2460);
});

test('no row is judged by what comes after it', () => {
  const points = daily(seededRandom(4), 1500, (i, usual) => (i > 1000 && i < 1020 ? usual + 90 : usual));
  const whole = anomalyScores(points);
  for (const end of [500, 1005, 1200]) expect(anomalyScores(points.slice(0, end))).toEqual(whole.slice(0, end));
});

test('after an alarm there is quiet for the cool-down, then alarms again', () => {
  const wild = (i: number) => (i === 1000 ? 500 : i === 1050 ? 900 : i === 1000 + COOL_DOWN_ROWS ? 2000 : null);
  expect(found(daily(seededRandom(5), 1400, (i, usual) => wild(i) ?? usual))).toEqual([1000, 1000 + COOL_DOWN_ROWS]);
});

test('a value far beyond the anomaly that began the quiet is told, and begins another', () => {
  const random = seededRandom(8);
  const change = (i: number) => (i === 250 || i === 300 ? 5000 : 0) + (i >= 150 ? 40 : 0);
  const points = Array.from({ length: 500 }, (_, i) => ({ at: START + i * HOUR, value: 100 + 3 * gaussian(random) + change(i) }));
  expect(found(points)).toEqual([150, 250]);
});

test('missing and constant values score nothing', () => {
  const points = daily(seededRandom(6), 600, (i, usual) => (i % 50 === 0 ? NaN : usual));
  expect(points.every(({ value }, i) => Number.isFinite(value) || anomalyScores(points.slice(0, i + 1))[i] === 0)).toBe(true);
  const flat = anomalyScores(Array.from({ length: 500 }, (_, i) => ({ at: START + i * HOUR, value: 5 })));
  expect(Math.max(...flat)).toBeLessThan(1);
});

test('a surprise of k happens about once in ten to the k', () => {
  const random = seededRandom(7);
  const tail = new Tail();
  const surprises = Array.from({ length: 40_000 }, () => {
    const value = Math.abs(gaussian(random));
    const surprise = tail.surprise(value);
    tail.learn(value);
    return surprise;
  });
  const share = (k: number) => surprises.filter((surprise) => surprise >= k).length / surprises.length;
  expect(share(1)).toBeCloseTo(0.1, 1);
  expect(share(2)).toBeGreaterThan(0.006);
  expect(share(2)).toBeLessThan(0.014);
  expect(share(4)).toBeLessThan(0.0005);
});
