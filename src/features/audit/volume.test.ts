import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import { groupByTime } from './explain.ts';
import { chooseBucket, ownOfSegments } from './judge.ts';
import { metrics, volume } from './metrics.ts';
import { judgement, START_MS } from './testing.ts';
import { carrierOf, judgeVolume, movesOf } from './volume.ts';
import { explanation, severity, title } from './words.ts';

/** Calls of a day whose number is as chance has it (Knuth's product of uniforms). */
function poisson(mean: number, random: () => number): number {
  let calls = -1;
  for (let product = 1; product > Math.exp(-mean); product *= random()) calls += 1;
  return Math.max(0, calls);
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
    expect(found).toMatchObject([{ kind: 'step', metric: { name: 'volume', unit: 'calls/day' }, direction }]);
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

  const half = (value: string, before: number, after: number) =>
    days(60, (day) => (day < 30 ? before : after) + (day % 3), { workflow: value });

  test.each([
    ['step', half('easy', 80, 30), [half('hard', 40, 90)]],
    ['stall', days(60, (day) => (day < 30 ? 80 : 0), { workflow: 'easy' }), [half('hard', 40, 118)]],
    [
      'stall',
      days(60, (day) => (day < 30 ? 80 : 0), { workflow: 'easy' }),
      [days(60, (day) => (day < 30 ? 0 : 81), { workflow: 'hard' })],
    ],
  ])('that moved to another value are no loss: told once, as a move', (kind, from, others) => {
    const all = [from, ...others];
    const end = START_MS + 60 * DAY_MS;
    const found = all.flatMap((one) => judgeVolume(one, DAY_MS, end));
    expect(found.map((one) => one.kind)).toContain(kind);
    const [move, ...rest] = movesOf(found, all, DAY_MS);
    expect(rest).toEqual([]);
    expect(move).toMatchObject({ kind: 'mix', segment: { workflow: 'easy' }, direction: 'changed', at: START_MS + 30 * DAY_MS });
    expect(title(move!)).toBe('Calls moved from workflow easy to hard on 3 June 2026');
    expect(severity(move!)).toBe('watch');
  });

  test('that bring nearly all of a rise are named with it', () => {
    const all = days(60, (day) => (day < 30 ? 120 : 200) + (day % 3));
    const [rise] = judgeVolume(all, DAY_MS);
    const columns = [{ name: 'workflow', says: 'input' as const }];
    const carrier = carrierOf(rise!, columns, [all, half('easy', 60, 60), half('hard', 60, 140)], DAY_MS);
    expect(carrier).toMatchObject({ cause: { dimension: 'workflow', value: 'hard' } });
    expect(carrier!.because).toBe('nearly all of it in workflow "hard" (61 → 140 calls a day)');
    // Half of the calls bring half of it.
    expect(carrierOf(rise!, columns, [all, half('easy', 60, 100), half('hard', 60, 100)], DAY_MS)).toBeNull();
    expect(carrierOf(rise!, columns, [all, half('easy', 10, 20), half('hard', 110, 180)], DAY_MS)).toBeNull();
  });

  test.each([
    ['another column gained', [{ ...half('hard', 40, 90), segment: { customer: 'hard' } }]],
    ['the others gained little', [half('hard', 40, 48)]],
    ['a large one grew a little', [half('hard', 900, 960)]],
  ])('that fell while %s are lost', (_, others) => {
    const fallen = half('easy', 80, 30);
    const found = judgeVolume(fallen, DAY_MS);
    expect(movesOf(found, [fallen, ...others], DAY_MS)).toEqual(found);
  });

  test('that are lost are told beside a small fall of all', () => {
    const small = judgement({ metric: volume, change: -45, direction: 'changed' });
    expect(ownOfSegments([fall], [small], DAY_MS)).toEqual([fall]);
    expect(ownOfSegments([fall], [{ ...small, direction: 'worse' }], DAY_MS)).toEqual([]);
  });
});

/** Calls by the hour from a Monday on, kept in the buckets an audit would choose. */
function logOf(days: number, callsOf: (day: number, hour: number) => number, seed: number) {
  const random = seededRandom(seed);
  const hours = Array.from({ length: days * 24 }, (_, i) => ({
    at: START_MS + i * HOUR_MS,
    n: poisson(callsOf(Math.floor(i / 24), i % 24), random),
  }));
  const rows = hours.reduce((sum, { n }) => sum + n, 0);
  const bucketMs = Math.max(HOUR_MS, chooseBucket(rows, START_MS, START_MS + days * DAY_MS));
  const sums = new Map<number, number>();
  for (const { at, n } of hours) sums.set(at - (at % bucketMs), (sums.get(at - (at % bucketMs)) ?? 0) + n);
  const buckets = [...sums].filter(([, n]) => n > 0).map(([at, n]) => ({ at, n, sum: n, sumSq: n * n }));
  return judgeVolume({ metric: volume, segment: {}, buckets }, bucketMs);
}

const atWork = (day: number, hour: number) => day % 7 < 5 && hour >= 8 && hour < 18;

describe('logs too short to show their week', () => {
  const rhythms: [string, (day: number, hour: number) => number][] = [
    ['people at work', (day, hour) => (atWork(day, hour) ? 30 : 0)],
    ['people at work, a few at weekends', (day, hour) => (atWork(day, hour) ? 30 : hour === 12 ? 2 : 0)],
    ['a shop that is quiet at weekends', (day, hour) => (hour < 6 ? 3 : 20) * (day % 7 < 5 ? 1 : 0.35)],
    ['round the clock', () => 15],
  ];
  test.each(rhythms)('%s: nothing is worse in 4 to 27 days in which nothing happened', (_, callsOf) => {
    for (const days of [4, 6, 9, 12, 16, 20, 27]) {
      for (let seed = 1; seed <= 3; seed++)
        expect(logOf(days, callsOf, 31 * days + seed).filter(({ direction }) => direction === 'worse')).toEqual([]);
    }
  });

  test.each(rhythms)('%s: a Wednesday without calls is a ticket', (_, callsOf) => {
    for (const days of [11, 24]) {
      const [found, ...others] = logOf(days, (day, hour) => (day === 9 ? 0 : callsOf(day, hour)), days);
      expect(others).toEqual([]);
      expect(found).toMatchObject({ kind: 'stall', direction: 'worse' });
      expect(severity(found!)).toBe('ticket');
    }
  });

  test('the only weekend of a log that is busy at night is told with what is not known', () => {
    const [found, ...others] = logOf(12, (day) => (day === 5 || day === 6 ? 0 : 15), 1);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'stall', direction: 'changed' });
    expect(severity(found!)).toBe('watch');
    expect(explanation(found!, { kind: 'stall', cause: null, because: null }, [], [])).toContain('no more than a weekend');
  });

  test('a fall in three weeks of working days is found and measured without weekends', () => {
    const found = logOf(26, (day, hour) => (atWork(day, hour) ? (day < 14 ? 30 : 10) : 0), 2);
    expect(found).toMatchObject([{ kind: 'step', direction: 'worse', at: START_MS + 14 * DAY_MS }]);
    expect(Math.abs(found[0]!.before!.mean / 300 - 1)).toBeLessThan(0.1);
    expect(Math.abs(found[0]!.after!.mean / 100 - 1)).toBeLessThan(0.1);
  });
});

describe('a number of calls that changed a few days ago', () => {
  const since = (day: number, factor: number) => (at: number) => (at < day ? 50 : 50 * factor);
  test.each([
    ['fell', 0.35, 'worse', 'ticket'],
    ['rose', 3, 'changed', 'watch'],
  ] as const)('%s: told since then, and that nobody knows whether it lasts', (_, factor, direction, loud) => {
    const found = judgeVolume(noisy(since(56, factor)), DAY_MS);
    expect(found).toMatchObject([{ kind: 'step', direction, at: START_MS + 56 * DAY_MS, recent: { buckets: 4 } }]);
    expect(severity(found[0]!)).toBe(loud);
    expect(title(found[0]!)).toMatch(/^Number of calls is [\d,]+ a day instead of \d+ since 29 June 2026$/);
    expect(explanation(found[0]!, { kind: 'step', cause: null, because: null }, [], [])).toContain('The log ends 4 days later');
  });

  test('a last weekend is no change', () => {
    expect(
      judgeVolume(
        noisy((day) => (day % 7 > 4 ? 5 : 50)),
        DAY_MS,
      ),
    ).toEqual([]);
  });
});

test('a trickle that stays is a step, not a silence', () => {
  const found = judgeVolume(
    days(60, (day) => (day < 30 ? 400 : day % 3)),
    DAY_MS,
  );
  expect(found).toMatchObject([{ kind: 'step', direction: 'worse' }]);
});

test('few calls while calls begin in earnest are part of that', () => {
  const found = judgeVolume(
    noisy((day) => (day < 14 ? 6 : Math.min(200, 200 * ((day - 14) / 20)))),
    DAY_MS,
  );
  expect(found.filter(({ kind }) => kind === 'stall')).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
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

describe('hours without calls in a log of weeks', () => {
  /** Calls of each hour, by the hour and by the day; so many of them come at once. */
  const log = (length: number, meanOf: (hour: number) => number, clump = 1) => {
    const random = seededRandom(3);
    const hours = Array.from({ length: length * 24 }, (_, hour) => poisson(meanOf(hour) / clump, random) * clump);
    const buckets = (width: number) =>
      Array.from({ length: hours.length / width }, (_, i) => ({
        at: START_MS + i * width * HOUR_MS,
        n: hours.slice(i * width, (i + 1) * width).reduce((sum, n) => sum + n, 0),
      }))
        .filter(({ n }) => n > 0)
        .map(({ at, n }) => ({ at, n, sum: n, sumSq: n * n }));
    return { daily: { metric: volume, segment: {}, buckets: buckets(24) }, hourly: buckets(1) };
  };
  const office = (hour: number) => (hour % 24 >= 8 && hour % 24 < 18 && Math.floor(hour / 24) % 7 < 5 ? 12 : 0);
  const out = (hour: number) => hour >= 23 * 24 + 10 && hour < 23 * 24 + 15;

  test('are told with their hours, day and night or in office hours', () => {
    for (const usual of [() => 12, office]) {
      const { daily, hourly } = log(42, (hour) => (out(hour) ? 0 : usual(hour)));
      const found = judgeVolume(daily, DAY_MS, undefined, hourly);
      expect(found).toMatchObject([
        {
          kind: 'stall',
          direction: 'worse',
          at: START_MS + (23 * 24 + 10) * HOUR_MS,
          until: START_MS + (23 * 24 + 15) * HOUR_MS,
        },
      ]);
      expect(title(found[0]!)).toBe('No calls for 5 hours from 27 May 2026, 10:00 UTC');
    }
  });

  test('are nothing where calls come seldom, in clumps, or by day only', () => {
    for (const [usual, clump] of [
      [() => 0.3, 1],
      [() => 1, 10],
      [office, 1],
      [(hour: number) => (hour % 24 === 2 ? 40 : 0), 1],
    ] as const) {
      const { daily, hourly } = log(42, usual, clump);
      expect(judgeVolume(daily, DAY_MS, undefined, hourly).filter(({ kind }) => kind === 'stall')).toEqual([]);
    }
  });

  test('take the place of a day with few calls, and a day with few calls that of its empty hours', () => {
    const stopped = log(42, (hour) => (hour >= 23 * 24 + 4 && hour < 24 * 24 - 2 ? 0 : 12));
    expect(judgeVolume(stopped.daily, DAY_MS, undefined, stopped.hourly)).toMatchObject([
      { stall: { kind: 'silence', seen: 0 } },
    ]);
    const holiday = log(42, (hour) => office(hour) * (Math.floor(hour / 24) === 23 ? 0.05 : 1));
    expect(judgeVolume(holiday.daily, DAY_MS, undefined, holiday.hourly)).toHaveLength(1);
  });
});

test('more calls for some days are told with their days, as different', () => {
  const found = judgeVolume(
    noisy((day) => (day >= 33 && day < 36 ? 100 : 50)),
    DAY_MS,
  );
  expect(found).toMatchObject([
    { kind: 'incident', direction: 'changed', at: START_MS + 33 * DAY_MS, over: START_MS + 36 * DAY_MS },
  ]);
  expect(severity(found[0]!)).toBe('watch');
  expect(title(found[0]!)).toMatch(/^Number of calls rose from (4|5)\d to (9|10)\d a day for 3 days from 6 June 2026$/);
});
