import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { joinRecoveries } from './episodes.ts';
import { metrics } from './metrics.ts';
import { judgePartEpisodes } from './part-episodes.ts';
import { judgement, START_MS } from './testing.ts';

const errors = metrics.find(({ name }) => name === 'error_rate')!;

/** Ten calls an hour, of which so many failed, in buckets of a width. */
function series(segment: Record<string, string>, days: number, failed: (hour: number) => number, width = DAY_MS) {
  const buckets = new Map<number, { at: number; n: number; sum: number; sumSq: number }>();
  for (let hour = 0; hour < days * 24; hour++) {
    const at = START_MS + Math.floor((hour * HOUR_MS) / width) * width;
    const { n, sum } = buckets.get(at) ?? { n: 0, sum: 0 };
    const now = sum + failed(hour) + (hour % 11 === 0 ? 1 : 0);
    buckets.set(at, { at, n: n + 10, sum: now, sumSq: now });
  }
  return { metric: errors, segment, buckets: [...buckets.values()] };
}

const out = (hour: number) => (hour >= 489 && hour < 496 ? 9 : 0);

test('an incident of one customer is told by its hours, and once for the column that tells it best', async () => {
  // A third of the calls of the workflow are of the customer.
  const parts = [
    series({ customer: 'acme' }, 45, out),
    series({ customer: 'beta' }, 45, () => 0),
    series({ workflow: 'triage' }, 45, (hour) => Math.round(out(hour) / 3)),
  ];
  const { judgements, tests } = await judgePartEpisodes(parts, DAY_MS, async ({ segment }) =>
    'customer' in segment ? series(segment, 45, out, HOUR_MS).buckets : [],
  );
  expect(tests).toBe(3);
  expect(judgements).toMatchObject([
    { kind: 'incident', segment: { customer: 'acme' }, at: START_MS + 489 * HOUR_MS, over: START_MS + 496 * HOUR_MS },
  ]);
});

test('in a short log too, whose buckets are hours', async () => {
  const parts = [series({ customer: 'acme' }, 10, (hour) => (hour >= 80 && hour < 90 ? 9 : 0), HOUR_MS)];
  const { judgements } = await judgePartEpisodes(parts, HOUR_MS, async () => []);
  expect(judgements).toMatchObject([{ kind: 'incident', at: START_MS + 80 * HOUR_MS, over: START_MS + 90 * HOUR_MS }]);
});

test('what became worse and was as before some days later is one incident', () => {
  const side = (mean: number) => ({ mean, sd: 0, n: 500, buckets: 24 });
  const step = (day: number, before: number, after: number) =>
    judgement({
      at: START_MS + day * DAY_MS,
      until: START_MS + day * DAY_MS,
      before: side(before),
      after: side(after),
      change: after - before,
      direction: after > before ? 'better' : 'worse',
      window: { from: START_MS, to: START_MS + 12 * DAY_MS },
    });
  expect(joinRecoveries([step(5, 0.9, 0.2), step(7, 0.2, 0.88)])).toMatchObject([
    { kind: 'incident', at: START_MS + 5 * DAY_MS, over: START_MS + 7 * DAY_MS, window: { to: START_MS + 7 * DAY_MS } },
  ]);
  // Half of it stayed; it took too long; it was a gain that went.
  for (const pair of [
    [step(5, 0.9, 0.2), step(7, 0.2, 0.55)],
    [step(2, 0.9, 0.2), step(9, 0.2, 0.9)],
    [step(5, 0.2, 0.9), step(7, 0.9, 0.2)],
  ])
    expect(joinRecoveries(pair)).toEqual(pair);
});
