import { expect, test } from 'vitest';
import { HOUR_MS } from '../../platform/clock.ts';
import { judgeSeries } from './judge.ts';
import { metrics } from './metrics.ts';
import { asRhythmsMayBe } from './short-logs.ts';
import { START_MS } from './testing.ts';
import { severity } from './words.ts';

const latency = metrics.find(({ name }) => name === 'latency_s')!;

/** A time to answer that is this many times as long from an hour on, in a log of so many hours. */
const slower = (times: number, from: number, hours: number) => {
  const buckets = Array.from({ length: hours }, (_, hour) => {
    const mean = (3 + (hour % 5) / 20) * (hour >= from ? times : 1);
    return { at: START_MS + hour * HOUR_MS, n: 10, sum: 10 * mean, sumSq: 10.5 * mean * mean };
  });
  const { judgements } = judgeSeries([{ metric: latency, segment: {}, buckets }], HOUR_MS);
  expect(judgements).toHaveLength(1);
  return asRhythmsMayBe(judgements, hours * HOUR_MS)[0]!;
};

test('a time that rose for less than a day of a short log is different, not worse', () => {
  const late = slower(1.5, 50, 60);
  expect(late.direction).toBe('changed');
  expect(severity(late)).toBe('watch');
});

test('what doubled, lasts for a day, or stands in a log that knows its days is worse', () => {
  expect(slower(2.5, 50, 60).direction).toBe('worse');
  expect(slower(1.5, 30, 60).direction).toBe('worse');
  expect(slower(1.5, 110, 120).direction).toBe('worse');
});
