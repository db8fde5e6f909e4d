import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../detect/index.ts';
import { DAY_MS } from '../../platform/clock.ts';
import { groupByTime } from './explain.ts';
import { ownOfSegments } from './judge.ts';
import { metrics, volume } from './metrics.ts';
import { judgement, START_MS } from './testing.ts';
import { judgeVolume, withoutMoved } from './volume.ts';
import { explanation, severity, title } from './words.ts';

/** Calls of a day whose number is as chance has it (Knuth's product of uniforms). */
function poisson(mean: number, random: () => number): number {
  let calls = -1;
  for (let product = 1; product > Math.exp(-mean); product *= random()) calls += 1;
  return calls;
}

const days = (length: number, callsOf: (day: number) => number, segment: Record<string, string> = {}) => ({
  metric: volume,
  segment,
  buckets: Array.from({ length }, (_, day) => ({ day, n: callsOf(day) }))
    .filter(({ n }) => n > 0)
    .map(({ day, n }) => ({ at: START_MS + day * DAY_MS, n, sum: n, sumSq: n * n })),
});

const noisy = (meanOf: (day: number) => number, seed = 1) => {
  const random = seededRandom(seed);
  return days(60, (day) => poisson(meanOf(day), random));
};

describe('a number of calls that changes for good', () => {
  test.each<[string, number, number, string, string]>([
    ['falls to two fifths', 50, 19, 'worse', 'ticket'],
    ['falls to a twelfth', 50, 4, 'worse', 'ticket'],
    ['falls to next to nothing, with days without any', 50, 2, 'worse', 'ticket'],
    ['falls by two fifths', 65, 39, 'changed', 'watch'],
    ['rises', 50, 150, 'changed', 'watch'],
    ['rises from a pilot with days without any', 0.4, 50, 'changed', 'watch'],
  ])('%s: one step, dated, and no stall', (_, before, after, direction, loud) => {
    const found = judgeVolume(
      noisy((day) => (day < 30 ? before : after)),
      DAY_MS,
    );
    expect(found).toMatchObject([{ kind: 'step', metric: { name: 'volume' }, direction, per: 'a day' }]);
    expect(Math.abs(found[0]!.at! - START_MS - 30 * DAY_MS)).toBeLessThanOrEqual(DAY_MS);
    expect(severity(found[0]!)).toBe(loud);
    expect(found[0]!.before!.mean / before).toBeCloseTo(1, 0);
    expect(found[0]!.after!.mean / after).toBeCloseTo(1, 0);
  });

  test('is told by the day', () => {
    const [fall] = judgeVolume(
      days(60, (day) => (day < 30 ? 50 : 19) + (day % 2)),
      DAY_MS,
    );
    expect(title(fall!)).toMatch(/^Number of calls fell from 5[01] to (19|20) a day on /);
  });

  test('keeps the rhythm of its week: no weekend is a stall, neither before nor after', () => {
    const random = seededRandom(4);
    const office = (level: number) => (day: number) => poisson(level * (day % 7 > 4 ? 0.05 : 1), random);
    const found = judgeVolume(
      days(50, (day) => office(day < 25 ? 100 : 35)(day)),
      DAY_MS,
    );
    expect(found).toMatchObject([{ kind: 'step', direction: 'worse' }]);
  });
});

describe('what is no change for good', () => {
  test('thirty quiet logs, and thirty with quiet weekends, have no finding', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const mean = [3, 10, 50][seed % 3]!;
      expect(
        judgeVolume(
          noisy(() => mean, seed),
          DAY_MS,
        ),
      ).toEqual([]);
      expect(
        judgeVolume(
          noisy((day) => mean * (day % 7 > 4 ? 0.3 : 1), seed),
          DAY_MS,
        ).filter((one) => severity(one) !== 'watch'),
      ).toEqual([]);
    }
  });

  test('three, six or twelve days without calls are a stall and no step', () => {
    for (const length of [3, 6, 12]) {
      const found = judgeVolume(
        noisy((day) => (day >= 30 && day < 30 + length ? 0 : 50)),
        DAY_MS,
      );
      expect(found).toMatchObject([{ kind: 'stall', at: START_MS + 30 * DAY_MS, until: START_MS + (30 + length) * DAY_MS }]);
    }
  });

  test('calls that stop and never come back are a stall up to the end of the log, told once', () => {
    const end = START_MS + 60 * DAY_MS;
    const found = judgeVolume(
      noisy((day) => (day < 40 ? 50 : 0)),
      DAY_MS,
      end,
    );
    expect(found).toMatchObject([{ kind: 'stall', at: START_MS + 40 * DAY_MS, until: end }]);
  });

  test('three days without calls after a fall are judged by the level since then', () => {
    const stalled = (after: number) =>
      judgeVolume(
        days(60, (day) => (day < 25 ? 200 : day >= 40 && day < 43 ? 0 : after + (day % 3))),
        DAY_MS,
      ).filter(({ kind }) => kind === 'stall');
    expect(stalled(50)).toMatchObject([{ at: START_MS + 40 * DAY_MS, until: START_MS + 43 * DAY_MS }]);
    expect(stalled(50)[0]!.stall!.expected).toBeLessThan(160);
    expect(stalled(1)).toEqual([]);
  });
});

describe('calls of a segment', () => {
  const fall = judgement({ metric: volume, segment: { workflow: 'easy' }, change: -40, direction: 'worse' });

  test('that moved to another value are not lost', () => {
    const rise = judgement({ metric: volume, segment: { workflow: 'hard' }, change: 39, direction: 'changed' });
    expect(withoutMoved([fall, rise], DAY_MS)).toEqual([]);
    const little = { ...rise, change: 5 };
    expect(withoutMoved([fall, little], DAY_MS)).toEqual([fall, little]);
    const other = { ...rise, segment: { customer: 'hard' } };
    expect(withoutMoved([fall, other], DAY_MS)).toEqual([fall, other]);
  });

  test('that are lost are told beside a small fall of all', () => {
    const small = judgement({ metric: volume, change: -45, direction: 'changed' });
    expect(ownOfSegments([fall], [small], DAY_MS)).toEqual([fall]);
    expect(ownOfSegments([fall], [{ ...small, direction: 'worse' }], DAY_MS)).toEqual([]);
  });
});

test('fewer calls are an event of their own, whatever changed on the same day', () => {
  const fall = { judgement: judgement({ metric: volume, change: -40 }) };
  const score = { judgement: judgement({ metric: metrics[0] }) };
  expect(groupByTime([fall, score], DAY_MS)).toHaveLength(2);
});

test('a log without gaps has no longest usual gap of a minute', () => {
  const [stall] = judgeVolume(
    days(60, (day) => (day >= 30 && day < 33 ? 0 : 50)),
    DAY_MS,
  );
  const told = explanation(stall!, { kind: 'stall', cause: null, because: null }, [], []);
  expect(told).toContain('Calls came without such gaps before and after');
  expect(told).not.toContain('minute');
});
