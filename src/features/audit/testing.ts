import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bucket } from '../../detect/index.ts';
import { DAY_MS } from '../../platform/clock.ts';
import type { Judgement } from './judge.ts';
import { metrics } from './metrics.ts';
import { seededRandom as seeded } from '../../detect/index.ts';

/** Logs as systems in trouble write them, from a seed. For tests. */

export type Row = Record<string, unknown>;
type Random = () => number;

interface Scenario {
  days: number;
  callsADay: number;
  /** One call of a day; nothing: it was not made. */
  row: (day: number, random: Random) => Row | null;
  /** Without it, rows carry a timestamp. */
  timeless?: true;
}

export const START_MS = Date.parse('2026-05-04T00:00:00.000Z');
/** When a day of a scenario begins. */
export const dayOf = (day: number) => new Date(START_MS + day * DAY_MS);

const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const round = (value: number, digits: number) => Number(value.toFixed(digits));
const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)]!;

const words = ['refund', 'parcel', 'invoice', 'address', 'order', 'carrier', 'account', 'amount', 'lamp', 'delay'];
const phrase = (random: Random, least: number, spread: number) =>
  Array.from({ length: least + Math.floor(spread * random()) }, () => pick(words, random)).join(' ');

/** A call that is right with this probability. */
const call = (random: Random, right: number, latency = 2): Row => ({
  model: 'gpt-4o',
  input: `A question about ${phrase(random, 3, 3)}`,
  output: `An answer on ${phrase(random, 10, 12)}.`,
  score: random() < right ? 1 : 0,
  latency_s: round(latency * Math.exp(0.4 * normal(random)), 3),
  cost_usd: round(0.01 * Math.exp(0.3 * normal(random)), 5),
});

const customers = ['globex', 'initech'];

export const scenarios = {
  /** Nothing happens, in six customers and two prompt versions. */
  clean: {
    days: 60,
    callsADay: 60,
    row: (_, random) => ({
      ...call(random, 0.9),
      customer: `c${Math.floor(random() * 6)}`,
      prompt_version: pick(['v1', 'v2'], random),
    }),
  },
  /** From day 30 on, fewer answers are right. */
  step: { days: 60, callsADay: 60, row: (day, random) => call(random, day < 30 ? 0.9 : 0.7) },
  /** Right answers slide from 95 % to 65 % between day 15 and day 65. */
  drift: {
    days: 90,
    callsADay: 80,
    row: (day, random) => call(random, 0.95 - (0.3 * Math.max(0, Math.min(50, day - 15))) / 50),
  },
  /** No call for three days from day 40 on. */
  stall: { days: 60, callsADay: 60, row: (day, random) => (day >= 40 && day < 43 ? null : call(random, 0.9)) },
  /** Each customer as good as ever; from day 30 on more of the calls come from the one with the hard questions. */
  mix: {
    days: 60,
    callsADay: 60,
    row: (day, random) => {
      const hard = random() < (day < 30 ? 0.2 : 0.7);
      return { ...call(random, hard ? 0.5 : 0.95), customer: hard ? 'acme' : 'globex' };
    },
  },
  /** A new prompt from day 35 on, and fewer right answers. */
  prompt: {
    days: 60,
    callsADay: 60,
    row: (day, random) => ({ ...call(random, day < 35 ? 0.9 : 0.75), prompt_version: day < 35 ? 'v3' : 'v4' }),
  },
  /** From day 30 on one small customer is served badly. */
  customer: {
    days: 60,
    callsADay: 120,
    row: (day, random) => {
      const customer = random() < 0.12 ? 'acme' : pick(customers, random);
      return { ...call(random, customer === 'acme' && day >= 30 ? 0.5 : 0.9), customer };
    },
  },
  /** From day 30 on one call in twelve fails: it takes long, costs little and is answered with nothing. */
  errors: {
    days: 60,
    callsADay: 60,
    row: (day, random) => {
      const failed = random() < (day < 30 ? 0.01 : 0.08);
      const answered = { ...call(random, 0.9), error: '' };
      return failed ? { ...answered, error: 'APITimeoutError', output: '', latency_s: 30, cost_usd: 0.001 } : answered;
    },
  },
  /** From day 30 on answers take 70 % longer. */
  slow: { days: 60, callsADay: 60, row: (day, random) => call(random, 0.9, day < 30 ? 2 : 3.4) },
  /** One customer sends nothing for six days from day 30 on. */
  feed: {
    days: 60,
    callsADay: 120,
    row: (day, random) => {
      const customer = random() < 0.3 ? 'acme' : pick(customers, random);
      return customer === 'acme' && day >= 30 && day < 36 ? null : { ...call(random, 0.9), customer };
    },
  },
  /** Four calls in five are missing on Saturdays and Sundays, as ever. */
  weekends: { days: 60, callsADay: 60, row: (day, random) => (day % 7 >= 5 && random() < 0.8 ? null : call(random, 0.9)) },
  /** A dozen rows. */
  tiny: { days: 3, callsADay: 4, row: (_, random) => call(random, 0.8) },
  /** No time; two models, the second worse and slower. */
  timeless: {
    days: 30,
    callsADay: 30,
    timeless: true,
    row: (_, random) =>
      random() < 0.5 ? { ...call(random, 0.9), model: 'gpt-4-0314' } : { ...call(random, 0.6, 4), model: 'gpt-4-0613' },
  },
  /** No score, but what was expected; from day 30 on fewer answers fit it. */
  expected: {
    days: 60,
    callsADay: 60,
    row: (day, random) => {
      const { score, ...rest } = call(random, day < 30 ? 0.9 : 0.6);
      const expected = pick(['billing', 'delivery', 'returns', 'other'], random);
      return { ...rest, expected, output: score === 1 ? expected : pick(['spam', 'unknown'], random) };
    },
  },
  /** Answers are JSON; from day 30 on one in five is a refusal in prose. */
  json: {
    days: 60,
    callsADay: 60,
    row: (day, random) => {
      const { score: _, ...rest } = call(random, 1);
      const reply = JSON.stringify({ category: pick(['billing', 'delivery', 'returns'], random), reply: rest['output'] });
      const refused = random() < (day < 30 ? 0.01 : 0.2);
      return { ...rest, output: refused ? "I'm sorry, but I can't help with that." : reply };
    },
  },
  /** Right answers stay; from day 30 on they are less faithful, and more of them are made up. */
  beside: {
    days: 60,
    callsADay: 60,
    row: (day, random) => ({
      ...call(random, 0.9),
      faithfulness: round(Math.min(1, (day < 30 ? 0.8 : 0.65) + 0.06 * normal(random)), 3),
      hallucination: random() < (day < 30 ? 0.03 : 0.15) ? 1 : 0,
    }),
  },
  /** Six busy days; fewer right answers from the fourth on. */
  hourly: { days: 6, callsADay: 2000, row: (day, random) => call(random, day < 3 ? 0.9 : 0.6) },
} as const satisfies Record<string, Scenario>;

/** The rows of a scenario in the order of time. */
export function rowsOf(scenario: Scenario, seed = 7): Row[] {
  const random = seeded(seed);
  return Array.from({ length: scenario.days }, (_, day) => day).flatMap((day) => {
    const calls = Math.round(scenario.callsADay * (0.9 + 0.2 * random()));
    const times = Array.from({ length: calls }, () => Math.floor(DAY_MS * random())).toSorted((a, b) => a - b);
    return times.flatMap((ms) => {
      const row = scenario.row(day, random);
      if (row === null) return [];
      return [scenario.timeless ? row : { timestamp: new Date(dayOf(day).getTime() + ms).toISOString(), ...row }];
    });
  });
}

/** Writes rows, an object per line, and answers the path. */
export function writeRows(path: string, rows: readonly Row[]): string {
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}

/** A bucket a day of a rate, as smooth as whole rows allow. */
export const dailyRate = (rates: readonly number[], rowsADay: number): Bucket[] =>
  rates.map((rate, day) => {
    const right = Math.round(rate * rowsADay);
    return { at: START_MS + day * DAY_MS, n: rowsADay, sum: right, sumSq: right };
  });

/** A judgement as the detectors make them: right answers fell by 20 points on day 30. */
export const judgement = (given: Partial<Judgement>): Judgement => ({
  kind: 'step',
  metric: metrics[0],
  segment: {},
  at: START_MS + 30 * DAY_MS,
  until: given.at === undefined ? START_MS + 30 * DAY_MS : given.at,
  interval: [START_MS + 29 * DAY_MS, START_MS + 31 * DAY_MS],
  before: { mean: 0.9, sd: 0.3, n: 1000, buckets: 30 },
  after: { mean: 0.7, sd: 0.46, n: 1000, buckets: 30 },
  change: -0.2,
  ci95: [-0.25, -0.15],
  p: 1e-9,
  q: 1e-9,
  direction: 'worse',
  window: null,
  ...given,
});

/** A directory of a test's own; `using` removes it. */
export function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'steward-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
