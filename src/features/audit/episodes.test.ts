import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { judgeEpisodes, withoutEpisodes } from './episodes.ts';
import { judgeSeries } from './judge.ts';
import { metrics, type Metric } from './metrics.ts';
import { START_MS } from './testing.ts';
import { explanation, severity, title } from './words.ts';

const errors = metrics.find(({ name }) => name === 'error_rate')!;
const score = metrics.find(({ name }) => name === 'score')!;

/** Rows of an hour, gathered into buckets of a width. */
function series(metric: Metric, days: number, rate: (hour: number) => number, width: number) {
  const perHour = 10;
  const buckets = new Map<number, { at: number; n: number; sum: number; sumSq: number }>();
  for (let hour = 0; hour < days * 24; hour++) {
    const at = START_MS + Math.floor((hour * HOUR_MS) / width) * width;
    const bucket = buckets.get(at) ?? { at, n: 0, sum: 0, sumSq: 0 };
    // One of ten differs by the hour, so that hours are not all alike.
    const sum = Math.round(rate(hour) * perHour) + (hour % 7 === 0 ? (rate(hour) < 0.5 ? 1 : -1) : 0);
    buckets.set(at, { ...bucket, n: bucket.n + perHour, sum: bucket.sum + sum, sumSq: bucket.sumSq + sum });
  }
  return { metric, segment: {}, buckets: [...buckets.values()] };
}

test('an incident of some hours is told by its hours, and the rest of the log is steady', () => {
  const rate = (hour: number) => (hour >= 489 && hour < 496 ? 1 : 0);
  const daily = series(errors, 45, rate, DAY_MS);
  const hourly = { bucketMs: HOUR_MS, series: [series(errors, 45, rate, HOUR_MS)] };
  const { judgements, tests } = judgeEpisodes([daily], DAY_MS, [hourly]);
  expect(judgements).toMatchObject([
    { kind: 'incident', direction: 'worse', at: START_MS + 489 * HOUR_MS, over: START_MS + 496 * HOUR_MS },
  ]);
  const [incident] = judgements;
  expect(tests).toBe(2);
  expect(severity(incident!)).toBe('ticket');
  expect(title(incident!)).toBe('Calls that failed rose from 1.5 % to 99 % for 7 hours from 24 May 2026, 09:00 UTC');
  const told = explanation(incident!, { kind: 'incident', cause: null, because: null }, [], []);
  expect(told).toContain('It was over by 24 May 2026, 16:00 UTC; 70 calls came in that time.');
  const left = withoutEpisodes(daily, judgements, DAY_MS);
  expect(left.buckets).toHaveLength(44);
  expect(judgeSeries([left], DAY_MS).judgements).toEqual([]);
});

test('what holds until the end of a log is too recent to say whether it lasts', () => {
  const { judgements } = judgeEpisodes([series(score, 45, (hour) => (hour >= 42 * 24 ? 0.4 : 0.9), DAY_MS)], DAY_MS, []);
  expect(judgements).toMatchObject([{ kind: 'step', at: START_MS + 42 * DAY_MS, recent: { buckets: 3 } }]);
  expect(severity(judgements[0]!)).toBe('page');
  expect(title(judgements[0]!)).toMatch(/^Right answers are .* % instead of .* % since 15 June 2026$/);
});
