import { expect, test } from 'vitest';
import type { Bucket } from '../buckets.ts';
import { DAY, rateBuckets, repeated, START, valueBuckets } from '../generated.ts';
import { gaussian, seededRandom } from '../math/random.ts';
import { createMonitor } from './monitor.ts';
import type { MonitorOptions, Verdict } from './verdict.ts';

const watch = (kind: MonitorOptions['kind'], buckets: readonly Bucket[], options: Partial<MonitorOptions> = {}) => {
  const monitor = createMonitor({ kind, bucketMs: DAY, ...options });
  return buckets.map((bucket) => ({ day: (bucket.at - START) / DAY, ...monitor.update(bucket) }));
};
const news = (verdicts: readonly ({ day: number } & Verdict)[]) =>
  verdicts.filter(({ verdict }) => verdict === 'worse' || verdict === 'better').map(({ day, verdict }) => ({ day, verdict }));
const single = (value: number, day: number): Bucket => ({ at: START + day * DAY, n: 1, sum: value, sumSq: value * value });

test('a pass rate that falls from 90 % to 75 % is told within a week, once, dated to the day', () => {
  const monitor = createMonitor({ kind: 'rate', bucketMs: DAY });
  const verdicts = rateBuckets(seededRandom(1), 60, [...repeated(40, 0.9), ...repeated(40, 0.75)]).map((bucket) =>
    monitor.update(bucket),
  );
  const told = verdicts.flatMap((verdict, day) => (verdict.verdict === 'worse' ? [{ day, ...verdict }] : []));
  expect(told).toHaveLength(1);
  expect(told[0]!.day).toBeLessThan(47);
  expect(Math.abs(told[0]!.at - (START + 40 * DAY))).toBeLessThanOrEqual(2 * DAY);
  expect(told[0]!.change).toBeLessThan(-0.08);
});

test('the fall and the recovery are told as worse and as better', () => {
  const rates = [...repeated(40, 0.9), ...repeated(30, 0.7), ...repeated(30, 0.9)];
  expect(news(watch('rate', rateBuckets(seededRandom(2), 100, rates))).map(({ verdict }) => verdict)).toEqual([
    'worse',
    'better',
  ]);
});

test('two hundred steady monitors of half a year raise hardly any alarm', () => {
  const random = seededRandom(3);
  const alarms = Array.from({ length: 200 }, () => news(watch('rate', rateBuckets(random, 50, repeated(180, 0.88)))).length);
  expect(alarms.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(6);
});

test('days that resemble each other need more evidence', () => {
  const random = seededRandom(4);
  const alarms = Array.from({ length: 60 }, () => {
    let mood = 0;
    const values = Array.from({ length: 180 }, () => {
      mood = 0.7 * mood + 0.05 * gaussian(random);
      return 3 * Math.exp(mood);
    });
    return news(watch('value', values.map(single))).length;
  });
  // 60 series of half a year: 355 monitor-months.
  expect(alarms.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(12);
});

test('latency up by 30 % is worse, down by 30 % better, and one wild day neither', () => {
  const levels = (after: number) => [...repeated(40, 4), ...repeated(20, after)];
  const latency = (medians: readonly number[]) => news(watch('value', valueBuckets(seededRandom(5), 200, medians, 0.5)));
  expect(latency(levels(5.2)).map(({ verdict }) => verdict)).toEqual(['worse']);
  expect(latency(levels(2.8)).map(({ verdict }) => verdict)).toEqual(['better']);
  expect(latency([...repeated(40, 4), 20, ...repeated(20, 4)])).toEqual([]);
});

test('before there is a baseline it says how many rows are missing', () => {
  const [first] = watch('rate', rateBuckets(seededRandom(6), 10, [0.9]));
  expect(first).toMatchObject({ verdict: 'undecided', needs: 60 });
});

test('volume: a Monday like a Sunday is worse, a Sunday like a Sunday is not, growth never', () => {
  const random = seededRandom(7);
  const volume = (lost: number) =>
    Array.from({ length: 90 }, (_, day) => {
      const usual = (day % 7 > 4 ? 100 : 1000) * (1 + day / 60) * Math.exp(0.1 * gaussian(random));
      return single(Math.round(day === lost ? 100 : usual), day);
    });
  expect(news(watch('volume', volume(-1)))).toEqual([]);
  expect(news(watch('volume', volume(63)))).toEqual([{ day: 63, verdict: 'worse' }]);
});

test('freshness: stale data is told once per stall, at the first stale bucket', () => {
  const ages = Array.from({ length: 60 }, (_, day) => (day >= 30 && day < 33 ? 1440 * (day - 29) : 20 + (day % 5)));
  expect(news(watch('freshness', ages.map(single)))).toEqual([{ day: 30, verdict: 'worse' }]);
});

test('a monitor goes on from its stored state as if it had never stopped', () => {
  const buckets = rateBuckets(seededRandom(8), 60, [...repeated(70, 0.9), ...repeated(20, 0.75)]);
  const whole = createMonitor({ kind: 'rate', bucketMs: DAY });
  const answers = buckets.map((bucket) => whole.update(bucket));
  let state: Float64Array | undefined;
  const resumed = buckets.map((bucket) => {
    const monitor = createMonitor({ kind: 'rate', bucketMs: DAY }, state);
    const answer = monitor.update(bucket);
    state = Float64Array.from(monitor.state);
    return answer;
  });
  expect(resumed).toEqual(answers);
});

test('every kind of monitor fits in two kilobytes, by day and by hour', () => {
  for (const kind of ['rate', 'value', 'volume', 'freshness'] as const)
    for (const bucketMs of [DAY, DAY / 24]) expect(createMonitor({ kind, bucketMs }).state.byteLength).toBeLessThanOrEqual(2000);
});
