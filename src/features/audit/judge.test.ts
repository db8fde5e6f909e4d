import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import {
  adjust,
  chooseBucket,
  directionOf,
  joinSplit,
  judgeCohorts,
  judgeSeries,
  judgeStalls,
  near,
  ownOfSegments,
  PERIOD,
  type Judgement,
  wholeBuckets,
} from './judge.ts';
import { asGraded, leastChange, metrics, volume } from './metrics.ts';
import { dailyRate, judgement, START_MS } from './testing.ts';

const score = metrics.find(({ name }) => name === 'score')!;
const latency = metrics.find(({ name }) => name === 'latency_s')!;
const length = metrics.find(({ name }) => name === 'output_length')!;

test('more errors are worse, more right answers better, longer answers merely different', () => {
  expect(directionOf({ worse: 'up' }, 0.1)).toBe('worse');
  expect(directionOf({ worse: 'up' }, -0.1)).toBe('better');
  expect(directionOf(score, 0.1)).toBe('better');
  expect(directionOf(score, -0.1)).toBe('worse');
  expect(directionOf(length, 300)).toBe('changed');
  expect(directionOf(score, 0)).toBe('changed');
});

test('a step is dated, and compared between the changes around it', () => {
  const rates = Array.from({ length: 60 }, (_, day) => (day < 20 ? 0.9 : day < 40 ? 0.6 : 0.9));
  const { judgements, steady, undecided, tests } = judgeSeries(
    [{ metric: score, segment: { customer: 'acme' }, buckets: dailyRate(rates, 100) }],
    DAY_MS,
  );
  expect(judgements).toMatchObject([
    { kind: 'step', direction: 'worse', at: START_MS + 20 * DAY_MS, segment: { customer: 'acme' } },
    { kind: 'step', direction: 'better', at: START_MS + 40 * DAY_MS },
  ]);
  expect(judgements.map(({ window }) => window)).toEqual([
    { from: START_MS, to: START_MS + 40 * DAY_MS },
    { from: START_MS + 20 * DAY_MS, to: START_MS + 60 * DAY_MS },
  ]);
  expect({ steady, undecided, tests }).toEqual({ steady: [], undecided: [], tests: 1 });
});

test.each([
  { scale: 'a share', lowest: 0.1, highest: 0.98, from: 0.79, to: 0.71, sd: 0.12, least: 0.05 },
  { scale: 'points of a hundred', lowest: 31, highest: 100, from: 82, to: 73, sd: 12, least: 5 },
  { scale: 'stars of five', lowest: 1, highest: 5, from: 4.02, to: 3.52, sd: 0.95, least: 0.2 },
  { scale: 'points that lie close', lowest: 90, highest: 97, from: 95, to: 93, sd: 1.5, least: 1 },
  { scale: 'no usual scale', lowest: -40, highest: 160, from: 20, to: 5, sd: 30, least: 5 },
])('a graded score is judged by its scale: $scale', ({ lowest, highest, from, to, sd, least }) => {
  const graded = asGraded(score, { lowest, highest, inner: [-20, 80], sd });
  expect(leastChange(graded)).toBeCloseTo(least, 6);
  const of = (level: (day: number) => number) => [
    {
      metric: graded,
      segment: {},
      buckets: Array.from({ length: 50 }, (_, day) => {
        const [n, mean] = [100, level(day) + (sd / 10) * [0.6, -0.9, 0.2, 1.1, -1][day % 5]!];
        return { at: START_MS + day * DAY_MS, n, sum: n * mean, sumSq: n * (mean ** 2 + sd ** 2) };
      }),
    },
  ];
  const fell = judgeSeries(
    of((day) => (day < 25 ? from : to)),
    DAY_MS,
  ).judgements;
  expect(fell).toMatchObject([{ kind: 'step', direction: 'worse', at: START_MS + 25 * DAY_MS }]);
  expect(
    judgeSeries(
      of(() => from),
      DAY_MS,
    ).judgements,
  ).toEqual([]);
  const slightly = of((day) => (day < 25 ? from : from - 0.6 * least));
  expect(judgeSeries(slightly, DAY_MS).judgements).toEqual([]);
});

test('a series is steady, too short to tell, or empty and then not judged at all', () => {
  const flat = (days: number) =>
    dailyRate(
      Array.from({ length: days }, () => 0.9),
      100,
    );
  const judged = judgeSeries(
    [
      { metric: score, segment: {}, buckets: flat(60) },
      { metric: latency, segment: {}, buckets: [] },
      { metric: length, segment: {}, buckets: flat(2) },
    ],
    DAY_MS,
  );
  expect(judged.judgements).toEqual([]);
  expect(judged.steady).toEqual([score]);
  // Two points of a thousand answers a day is no finding, and no steadiness either.
  const slight = Array.from({ length: 60 }, (_, day) => {
    const sum = day < 30 ? 990 : 970;
    return { at: START_MS + day * DAY_MS, n: 1000, sum, sumSq: sum };
  });
  expect(judgeSeries([{ metric: score, segment: {}, buckets: slight }], DAY_MS).steady).toMatchObject([
    { plain: 'right answers', moved: '99.0 % → 97.0 %, less than 3 points' },
  ]);
  expect(judged.undecided).toMatchObject([{ metric: { name: 'output_length' } }]);
  expect(judged.undecided[0]!.needs).toBeGreaterThan(0);
  expect(judged.tests).toBe(2);
});

test('three silent days are a stall, with the calls that should have come', () => {
  const buckets = Array.from({ length: 60 }, (_, day) => ({ at: START_MS + day * DAY_MS, n: 50, sum: 50, sumSq: 50 }));
  const silent = buckets.filter((_, day) => day < 40 || day > 42);
  expect(judgeStalls({ metric: volume, segment: {}, buckets }, DAY_MS)).toEqual([]);
  expect(judgeStalls({ metric: volume, segment: {}, buckets: silent }, DAY_MS)).toMatchObject([
    {
      kind: 'stall',
      at: START_MS + 40 * DAY_MS,
      until: START_MS + 43 * DAY_MS,
      direction: 'worse',
      change: -150,
      stall: { kind: 'silence', seen: 0, expected: 150 },
    },
  ]);
});

const cohort = (value: string, right: number, n: number) => ({
  value,
  buckets: [{ at: 0, n, sum: right * n, sumSq: right * n }],
});

test('two cohorts differ, are alike, or are too few to tell', () => {
  const judge = (a: [number, number], b: [number, number]) =>
    judgeCohorts(score, 'model', cohort('old', ...a), cohort('new', ...b), true);
  const unordered = judgeCohorts(score, 'customer', cohort('acme', 0.84, 1000), cohort('globex', 0.5, 1000), false);
  expect(unordered.judgement).toMatchObject({ direction: 'changed', change: expect.closeTo(-0.34, 6) });
  expect(judge([0.84, 1000], [0.5, 1000]).judgement).toMatchObject({
    kind: 'cohort',
    segment: { model: 'new' },
    against: 'old',
    direction: 'worse',
    at: null,
  });
  expect(judge([0.84, 1000], [0.835, 1000])).toMatchObject({ judgement: null, needs: null, steady: true });
  // Alike so far, and too few to say so.
  expect(judge([0.84, 50], [0.84, 50])).toMatchObject({ judgement: null, needs: expect.any(Number), steady: false });
  const few = judge([0.8, 20], [0.6, 20]);
  expect(few.judgement).toBeNull();
  expect(few.needs).toBeGreaterThan(20);
  expect(judge([1, 1], [0, 1])).toEqual({ judgement: null, needs: null, steady: false, p: 1 });
});

test('what would be a find among two is noise among hundreds', () => {
  const list = [judgement({ p: 0.01 })];
  expect(adjust(list, 2)).toMatchObject([{ p: 0.01, q: 0.02 }]);
  expect(adjust(list, 200)).toEqual([]);
});

test('a segment is told apart only where it says more than all rows', () => {
  const at = (day: number): [number, number] => [START_MS + day * DAY_MS, START_MS + (day + 1) * DAY_MS];
  const whole = judgement({ interval: at(30) });
  const same = judgement({ interval: at(32), segment: { customer: 'acme' } });
  const later = judgement({ interval: at(40), segment: { customer: 'acme' } });
  const other = judgement({ interval: at(30), metric: latency, segment: { customer: 'acme' } });
  expect(ownOfSegments([same, later, other], [whole], DAY_MS)).toEqual([later, other]);
  expect(near(whole, judgement({ interval: null }), DAY_MS)).toBe(false);
});

test('weeks are judged by day, busy days by hour, thin logs in wide buckets', () => {
  const judged = (rows: number, days: number) => chooseBucket(rows, 0, days * DAY_MS);
  expect(judged(3600, 60)).toBe(DAY_MS);
  expect(judged(1_000_000, 60)).toBe(DAY_MS);
  expect(judged(100, 60)).toBe(DAY_MS);
  expect(judged(300, 365)).toBe(DAY_MS);
  expect(judged(5000, 900)).toBe(7 * DAY_MS);
  expect(judged(500, 5)).toBe(HOUR_MS);
  expect(judged(1, 0)).toBeGreaterThan(0);
});

test('a ramp in a segment that ends in the step of all rows is the same change', () => {
  const at = START_MS + 27 * DAY_MS;
  const whole = judgement({ at, until: at, interval: [at - DAY_MS / 2, at + DAY_MS / 2] });
  const ramp = (from: number, to: number) =>
    judgement({ kind: 'drift', segment: { customer: 'acme' }, at: from, until: to, interval: null });
  expect(ownOfSegments([ramp(at - 6 * DAY_MS, at)], [whole], DAY_MS)).toEqual([]);
  const earlier = ramp(at - 20 * DAY_MS, at - 10 * DAY_MS);
  expect(ownOfSegments([earlier], [whole], DAY_MS)).toEqual([earlier]);
});

test('a silence is told by a rule, however many series were tested beside it', () => {
  const stall = judgement({ kind: 'stall', p: null, q: null });
  expect(adjust([stall, judgement({ p: 0.01 })], 500)).toEqual([stall]);
});

test('a customer whose calls end before the log does has stopped', () => {
  const day = (at: number) => ({ at: START_MS + at * DAY_MS, n: 20, sum: 20, sumSq: 20 });
  const stopped = { metric: volume, segment: { customer: 'acme' }, buckets: Array.from({ length: 25 }, (_, at) => day(at)) };
  expect(judgeStalls(stopped, DAY_MS)).toEqual([]);
  expect(judgeStalls(stopped, DAY_MS, { until: START_MS + 40 * DAY_MS })).toMatchObject([
    { at: START_MS + 25 * DAY_MS, until: START_MS + 40 * DAY_MS },
  ]);
});

test('a segment that moves against all rows is told of its own', () => {
  const at = START_MS + 20 * DAY_MS;
  const interval: [number, number] = [at, at];
  const whole = judgement({ at, interval, change: 0.08 });
  const against = judgement({ at, interval, change: -0.5, segment: { customer: 'small' } });
  const along = judgement({ at, interval, change: 0.2, segment: { customer: 'big' } });
  expect(ownOfSegments([against, along], [whole], DAY_MS)).toEqual([against]);
});

test('a week that the log holds one day of is not a week of few calls', () => {
  const days = Array.from({ length: 9 }, (_, day) => ({ at: START_MS + day * DAY_MS, n: 5, sum: 5, sumSq: 5 }));
  const covered = wholeBuckets(days, DAY_MS, START_MS + HOUR_MS, START_MS + 8.5 * DAY_MS);
  expect(covered.map(({ at }) => (at - START_MS) / DAY_MS)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

describe('a split that was asked for and a dated change', () => {
  const periods = (given: Partial<Judgement> = {}) =>
    judgement({ kind: 'cohort', at: null, segment: { [PERIOD]: 'since 24 May 2026' }, against: 'before 24 May 2026', ...given });
  const dated = judgement({});

  test('are one finding where they show the same', () => {
    const split = periods();
    expect(joinSplit([dated], [split])).toEqual([{ ...dated, split }]);
  });

  test.each<[string, Judgement, Judgement]>([
    ['another metric', judgement({ metric: metrics[1] }), periods()],
    ['another direction', judgement({ change: 0.2 }), periods()],
    ['other rows', judgement({ segment: { customer: 'acme' } }), periods()],
    ['a comparison of a column', dated, periods({ segment: { model: 'a' } })],
  ])('stay two: %s', (_, change, split) => expect(joinSplit([change], [split])).toEqual([change, split]));
});

test('a length cannot fall by more than all of it, nor can its interval', () => {
  const side = (value: string, mean: number, sd: number) => ({
    value,
    buckets: [{ at: START_MS, n: 30, sum: 30 * mean, sumSq: 29 * sd * sd + 30 * mean * mean }],
  });
  const { judgement: found } = judgeCohorts(length, 'model', side('a', 640, 900), side('b', 4, 1), true);
  expect(found!.change).toBeCloseTo(-636);
  expect(found!.ci95![0]).toBe(-640);
});
