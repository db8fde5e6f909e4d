import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { chartKey } from './report/chart-key.ts';
import { chartOf } from './chart.ts';
import { volume } from './metrics.ts';
import { judgement, START_MS } from './testing.ts';
import { usualBand } from './usual-band.ts';

const calls = (length: number, width: number, of: (i: number) => number) =>
  Array.from({ length }, (_, i) => ({ at: START_MS + i * width, n: of(i), sum: of(i), sumSq: of(i) ** 2 }));
/** START_MS is a Monday. */
const office = (day: number) => (day % 7 > 4 ? 5 : 190 + (day % 3) * 10);

test('calls that follow the week have a range for each of its days', () => {
  const days = calls(42, DAY_MS, office);
  const band = usualBand(days, days, DAY_MS);
  expect(band).toHaveLength(42);
  for (const [i, { low, high }] of band.entries()) {
    expect(low).toBeLessThanOrEqual(office(i));
    expect(high).toBeGreaterThanOrEqual(office(i));
    expect(high).toBeLessThan(office(i) + 60);
  }
});

test('calls of a short log that follow the day have one for each hour', () => {
  const hours = calls(120, HOUR_MS, (hour) => (hour % 24 > 7 && hour % 24 < 18 ? 40 + (hour % 5) : 2));
  expect(usualBand(hours, hours, HOUR_MS)[3]!.high).toBeLessThan(20);
  expect(usualBand(hours, hours, HOUR_MS)[10]!.low).toBeGreaterThan(20);
});

test('nothing is told of calls that follow neither, or that are few', () => {
  const even = calls(42, DAY_MS, (day) => 100 + ((day * 13) % 17));
  expect(usualBand(even, even, DAY_MS)).toEqual([]);
  const short = calls(14, DAY_MS, office);
  expect(usualBand(short, short, DAY_MS)).toEqual([]);
  expect(usualBand([], short, DAY_MS)).toEqual([]);
});

test('a fall is drawn against what was usual before it, and its key says so', () => {
  const days = calls(70, DAY_MS, (day) => Math.round(office(day) * (day < 42 ? 1 : 0.3)));
  const at = START_MS + 42 * DAY_MS;
  const fall = judgement({ metric: volume, at, until: at, window: { from: START_MS, to: START_MS + 70 * DAY_MS } });
  const chart = chartOf(fall, days, DAY_MS, 'A', 'number of calls')!;
  expect(chart.usual).toHaveLength(70);
  // The last Monday to Friday lie far below.
  expect(chart.usual!.at(-3)!.low).toBeGreaterThan(2 * chart.points.at(-3)!.value);
  expect(chartKey(chart).map(({ words }) => words)).toContain('usual at such times');
});
