import { expect, test } from 'vitest';
import { DAY_MS } from '../../platform/clock.ts';
import { aroundChange, datedByItsOwn } from './causes.ts';
import { failuresOf } from './failures.ts';
import { changedBehindItsName, explainChange, groupByTime, movedColumns, type Sides, isCalendar } from './explain.ts';
import { metrics, type Series } from './metrics.ts';
import { roleOf } from './outcome.ts';
import { judgement, START_MS } from './testing.ts';

const sides = (dimension: string, before: Record<string, [number, number]>, after: Record<string, [number, number]>): Sides => {
  const map = (side: Record<string, [number, number]>) =>
    new Map(Object.entries(side).map(([value, [n, mean]]) => [value, { n, mean }]));
  return { dimension, before: map(before), after: map(after) };
};
const named = (name: string) => metrics.find((metric) => metric.name === name)!;

test('a version that is new since the change explains it', () => {
  const prompt = sides('prompt_version', { v3: [1000, 0.9] }, { v4: [950, 0.75], v3: [50, 0.9] });
  expect(explainChange(judgement({}), [prompt])).toMatchObject({
    kind: 'step',
    cause: { dimension: 'prompt_version', value: 'v4' },
    because: 'since prompt_version "v4" is in use',
  });
});

test('a new value with few of the rows explains nothing', () => {
  const prompt = sides('prompt_version', { v3: [1000, 0.9] }, { v3: [900, 0.7], v4: [100, 0.7] });
  expect(explainChange(judgement({}), [prompt]).cause?.value).not.toBe('v4');
});

test('steady segments whose shares moved are a mix, and nobody got worse', () => {
  const customer = sides('customer', { easy: [1600, 0.95], hard: [400, 0.5] }, { easy: [600, 0.95], hard: [1400, 0.5] });
  const { kind, cause, because } = explainChange(judgement({}), [customer]);
  expect({ kind, cause }).toMatchObject({ kind: 'mix', cause: { dimension: 'customer', value: 'hard' } });
  expect(cause!.share).toBeGreaterThan(0.9);
  expect(because).toContain('each customer by itself is steady');
});

test('where the segments themselves got worse, a moved mix does not excuse it', () => {
  const customer = sides('customer', { easy: [1600, 0.95], hard: [400, 0.5] }, { easy: [600, 0.7], hard: [1400, 0.3] });
  expect(explainChange(judgement({}), [customer]).kind).toBe('step');
});

test('a new prompt of one customer is the cause, and what that customer lost is told', () => {
  const prompt = sides('prompt_version', { p2: [15000, 0.88] }, { p2: [12500, 0.88], p3: [2500, 0.7] });
  const customer = sides(
    'customer',
    { birch: [2500, 0.88], acme: [6000, 0.88], elm: [6500, 0.88] },
    { birch: [2500, 0.7], acme: [6000, 0.88], elm: [6500, 0.88] },
  );
  const both = explainChange(judgement({}), [prompt, customer]);
  expect(both).toMatchObject({
    cause: { dimension: 'prompt_version', value: 'p3' },
    own: { column: 'customer', value: 'birch', before: 0.88, after: 0.7 },
    beside: 'since prompt_version "p3" is in use there',
  });
  // Alone it is told with what it has, which is what it is judged by.
  expect(explainChange(judgement({}), [prompt])).toMatchObject({
    cause: { value: 'p3' },
    own: { column: 'prompt_version', before: 0.88, after: 0.7, isNew: true },
  });
});

test('a change that one customer carries is dated by its calls', () => {
  const metric = named('score');
  const days = (of: (day: number) => number, n: number) =>
    Array.from({ length: 60 }, (_, day) => ({ at: START_MS + day * DAY_MS, n, sum: n * of(day), sumSq: n * of(day) }));
  const off = (day: number) => 0.012 * [0, 1, -1, 2, -2][day % 5]!;
  const birch = days((day) => (day < 30 ? 0.88 : 0.6) + off(day), 100);
  const others = days((day) => (day < 27 ? 0.885 : 0.875) + off(day), 900);
  const all = others.map((one, i) => ({ ...one, n: 1000, sum: one.sum + birch[i]!.sum, sumSq: one.sum + birch[i]!.sum }));
  const series: Series[] = [
    { metric, segment: {}, buckets: all },
    { metric, segment: { customer: 'birch' }, buckets: birch },
  ];
  const blurred = judgement({
    at: START_MS + 27 * DAY_MS,
    interval: [START_MS + 24 * DAY_MS, START_MS + 29 * DAY_MS],
    window: { from: START_MS, to: START_MS + 60 * DAY_MS },
    own: { column: 'customer', value: 'birch', before: 0.88, after: 0.6 },
  });
  expect(datedByItsOwn(blurred, series, DAY_MS).at).toBe(START_MS + 30 * DAY_MS);
  // Without a value that carries it, the date stays.
  const { own: _, ...spread } = blurred;
  expect(datedByItsOwn(spread, series, DAY_MS)).toEqual(spread);
});

test('calls of a customer who is new are other calls, and what it has from the start is told', () => {
  const before: Record<string, [number, number]> = { a: [600, 0.9], b: [600, 0.9], c: [600, 0.91] };
  const tenant = (c: number) => sides('tenant', before, { a: [360, 0.9], b: [360, 0.9], c: [360, c], mega: [720, 0.65] });
  expect(explainChange(judgement({}), [tenant(0.9)])).toMatchObject({
    kind: 'mix',
    cause: { dimension: 'tenant', value: 'mega' },
    because: 'because tenant "mega" is new, from 0 % to 40 % of the calls; each tenant that was there before is steady',
    newcomer: { value: 'mega', mean: 0.65 },
  });
  // One that is served as well as the others, or better, wants no look.
  const cheap = explainChange(judgement({ metric: named('refusal_rate') }), [tenant(0.9)]);
  expect(cheap).toMatchObject({ kind: 'mix' });
  expect(cheap).not.toHaveProperty('newcomer');
  // An old customer that is served worse now is no other calls.
  expect(explainChange(judgement({}), [tenant(0.4)]).kind).toBe('step');
});

test.each<[string, Record<string, [number, number]>, Record<string, [number, number]>]>([
  ['provider', { a: [900, 0.9] }, { a: [500, 0.9], b: [400, 0.6] }],
  ['deployment', { eu: [900, 0.9] }, { eu: [500, 0.9], us: [400, 0.6] }],
  ['lane', { old: [900, 0.9] }, { new: [900, 0.6] }],
  ['lane', { other: [500, 0.9], 'search-v1': [400, 0.9] }, { other: [500, 0.9], 'search-v2': [400, 0.6] }],
  ['lane', { 'search-v1': [900, 0.9] }, { 'search-v1': [500, 0.9], 'search-v2': [400, 0.6] }],
])('a new value of a part of the system, or one that takes the place of another, is a change: %s', (name, before, after) => {
  const { kind, because } = explainChange(judgement({}), [sides(name, before, after)]);
  expect({ kind, because }).toEqual({ kind: 'step', because: expect.stringContaining('is in use') as string });
});

test('one customer that carries the change is named; many that share it are not', () => {
  const one = sides('customer', { acme: [300, 0.9], globex: [1000, 0.9] }, { acme: [300, 0.4], globex: [1000, 0.9] });
  expect(explainChange(judgement({}), [one])).toMatchObject({
    kind: 'step',
    cause: { dimension: 'customer', value: 'acme' },
    because: 'nearly all of it in customer "acme" (90 % → 40 %)',
  });
  const all = sides('customer', { acme: [1000, 0.9], globex: [1000, 0.9] }, { acme: [1000, 0.6], globex: [1000, 0.6] });
  expect(explainChange(judgement({}), [all])).toEqual({ kind: 'step', cause: null, because: null });
});

test('columns whose make-up moved are told, steady ones are not', () => {
  const shares = (acme: number, globex: number) => new Map(Object.entries({ acme, globex }));
  expect(
    movedColumns([
      { dimension: 'customer', before: shares(500, 500), after: shares(900, 100) },
      { dimension: 'region', before: shares(500, 500), after: shares(510, 490) },
    ]),
  ).toEqual(['customer']);
});

const dated = (day: number, kind: 'step' | 'drift' | 'stall' = 'step') => ({
  judgement: judgement({ kind, at: START_MS + day * DAY_MS }),
});

test('what changed within two days is one event; a stall and a later change are their own', () => {
  const list = [dated(30), dated(31), dated(45), dated(30, 'stall')];
  const groups = groupByTime(list, 2 * DAY_MS);
  expect(groups.map((group) => group.map((item) => list.indexOf(item)))).toEqual([[0, 1], [3], [2]]);
});

test('a change that is dated to some days only is one with another that lies among them', () => {
  const loose = dated(33);
  loose.judgement.interval = [dated(28).judgement.at!, dated(34).judgement.at!];
  expect(groupByTime([dated(30), loose], 2 * DAY_MS)).toHaveLength(1);
  loose.judgement.interval = [dated(32).judgement.at!, dated(34).judgement.at!];
  expect(groupByTime([dated(30), loose], 2 * DAY_MS)).toHaveLength(2);
});

test('a slide joins slides only', () => {
  expect(groupByTime([dated(30), dated(30, 'drift'), dated(34, 'drift')], 2 * DAY_MS).map((group) => group.length)).toEqual([
    1, 2,
  ]);
});

test('cohorts join by the two values compared', () => {
  const cohort = (segment: Record<string, string>, against: string) => ({
    judgement: judgement({ kind: 'cohort', at: null, interval: null, segment, against }),
  });
  const list = [cohort({ model: 'b' }, 'a'), cohort({ model: 'b' }, 'a'), cohort({ model: 'c' }, 'a')];
  expect(groupByTime(list, DAY_MS).map((group) => group.length)).toEqual([2, 1]);
});

const moved = (...names: string[]) => names.map((name) => judgement({ metric: named(name) }));
const oneModel = sides('model', { 'gpt-4': [1000, 0] }, { 'gpt-4': [1000, 0] });

test('three marks of one model at once: it changed behind its name', () => {
  const marks = moved('score', 'latency_s', 'output_length');
  expect(changedBehindItsName(marks, oneModel)).toEqual({ dimension: 'model', value: 'gpt-4', share: 1 });
});

test('more refused answers are shorter, quicker and alike: that is one mark and not five', () => {
  expect(changedBehindItsName(moved('refusal_rate', 'output_tokens', 'output_length', 'latency_s'), oneModel)).toBeNull();
});

test('a provider that turns calls away is no model that changed', () => {
  const failures = failuresOf([{ message: 'RateLimitError', n: 90 }]);
  const failed = judgement({ metric: named('error_rate'), direction: 'worse', failures: failures! });
  expect(changedBehindItsName([failed, ...moved('score', 'latency_s', 'output_length')], oneModel)).toBeNull();
});

test.each([
  ['limit', ['RateLimitError', 'Error code: 429 - too many requests', '429', 'insufficient_quota']],
  ['timeout', ['APITimeoutError', 'Request timed out.', '504', 'DEADLINE_EXCEEDED']],
  ['outage', ['overloaded_error', '503', 'Internal Server Error', 'HTTP 502 Bad Gateway', 'APIConnectionError']],
  [null, ['KeyError: refund', 'could not parse order 5003', '400', 'ValidationError']],
] as const)('what failed calls say names a fault of the provider: %s', (fault, messages) => {
  for (const message of messages)
    expect({ message, found: failuresOf([{ message, n: 9 }])?.fault }).toEqual({ message, found: fault });
});

test('several faults of a provider at once are an outage; a flag says nothing, and one fault among many names none', () => {
  const list = (...all: [string, number][]) => all.map(([message, n]) => ({ message, n }));
  expect(failuresOf(list(['RateLimitError', 50], ['APITimeoutError', 40], ['KeyError', 10]))).toEqual({
    fault: 'outage',
    message: 'RateLimitError',
    share: 0.5,
  });
  expect(failuresOf(list(['true', 90]))).toBeNull();
  expect(failuresOf(list(['KeyError', 90], ['RateLimitError', 10]))?.fault).toBeNull();
});

test.each([
  ['two marks', moved('score', 'latency_s'), oneModel],
  ['three times the same mark', moved('score', 'score', 'score'), oneModel],
  ['questions that changed too', moved('score', 'latency_s', 'output_length', 'input_length'), oneModel],
  ['a model that is new', moved('score', 'latency_s', 'output_length'), sides('model', { a: [9, 0] }, { b: [9, 0] })],
  ['a log without models', moved('score', 'latency_s', 'output_length'), undefined],
])('the model is not accused by %s', (_, marks, models) => {
  expect(changedBehindItsName(marks, models)).toBeNull();
});

test('a mix that moved no more than chance moves it excuses nothing', () => {
  const few = sides('customer', { easy: [10, 0.9], hard: [10, 0.5] }, { easy: [8, 0.9], hard: [12, 0.5] });
  expect(explainChange(judgement({}), [few]).kind).toBe('step');
});

test('a column that only says when is no cause', () => {
  expect(isCalendar('month', ['May', 'June'])).toBe(true);
  expect(isCalendar('bucket', ['2026-05', '2026-06'])).toBe(true);
  expect(isCalendar('build week', ['a', 'b'])).toBe(true);
  expect(isCalendar('customer', ['Acme', 'June Ltd'])).toBe(false);
  expect(isCalendar('prompt_version', ['v3', 'v4'])).toBe(false);
});

test.each([
  ['a column of the answer', 'output.category', { says: 'outcome' as const }, 'other', 'billing'],
  ['what was not written', 'intent', {}, '', 'billing'],
  ['a word for nothing', 'intent', {}, 'None', 'billing'],
  ['how a call was handled', 'cache', { says: 'handling' as const }, 'miss', 'hit'],
])('%s never makes a loss a mix', (_, dimension, role, bad, good) => {
  const broken = sides(
    dimension,
    { [good]: [700, 0.97], also: [280, 0.97], [bad]: [60, 0.3] },
    { [good]: [480, 0.97], also: [180, 0.97], [bad]: [340, 0.3] },
  );
  expect(explainChange(judgement({}), [{ ...broken, says: 'input' }])).toMatchObject(
    dimension === 'intent' ? { kind: 'step' } : { kind: 'mix' },
  );
  expect(explainChange(judgement({}), [{ ...broken, ...role }])).toEqual({ kind: 'step', cause: null, because: null });
});

test('a column that says of each row how it came out is no mix', () => {
  const told = sides('guarded', { no: [940, 0], yes: [60, 1] }, { no: [700, 0], yes: [300, 1] });
  expect(explainChange(judgement({ metric: named('refusal_rate') }), [told]).kind).toBe('step');
});

test('a mix of the rows with a value does not excuse what those without one lost', () => {
  const gone = sides(
    'customer',
    { easy: [800, 0.95], hard: [200, 0.8], '': [10, 0] },
    { easy: [500, 0.95], hard: [350, 0.8], '': [150, 0] },
  );
  expect(explainChange(judgement({}), [gone]).kind).toBe('step');
});

test('a value that was in use before is not said to be in use since', () => {
  const tier = sides('release', { gold: [985, 0.95], free: [15, 0.5] }, { gold: [700, 0.95], free: [300, 0.5] });
  expect(explainChange(judgement({}), [tier]).because).toBe('as release "free" went from 1.5 % to 30 % of the calls');
});

test('a version that came within the time in which the change may lie explains it', () => {
  const late = sides('prompt_version', { v1: [1500, 0.87], v2: [50, 0.7] }, { v2: [1450, 0.7] });
  const { before, after } = sides('prompt_version', { v1: [1450, 0.87] }, { v2: [1400, 0.7] });
  expect(explainChange(judgement({}), [late]).cause?.value).not.toBe('v2');
  expect(explainChange(judgement({}), [{ ...late, around: { before, after } }])).toMatchObject({
    cause: { dimension: 'prompt_version', value: 'v2' },
    because: 'since prompt_version "v2" is in use',
  });
});

test('a change may have come in its interval, and a bucket before or after its date', () => {
  const stretches = { from: 0, at: 30, until: 30, to: 60 };
  expect(aroundChange({ interval: [27, 30] }, stretches, 1)).toEqual({ from: 0, at: 27, until: 31, to: 60 });
  expect(aroundChange({ interval: null }, stretches, 1)).toEqual({ from: 0, at: 29, until: 31, to: 60 });
});

test('a column is an outcome where it stands in the answer or is named for one', () => {
  const output = { name: 'output', column: 3, path: [] };
  const role = (name: string, column = 4, path: string[] = []) =>
    roleOf({ name, column, path }, { fields: { output }, conversation: false });
  expect(role('json.category', 3, ['category'])).toBe('outcome');
  expect(['resolution', 'guardrail', 'parsed_intent', 'predictedLabel', 'http_status'].map((name) => role(name))).toEqual(
    Array.from({ length: 5 }, () => 'outcome'),
  );
  expect(['cache', 'n_docs', 'retrieved_chunks'].map((name) => role(name))).toEqual(['handling', 'handling', 'handling']);
  expect(role('output.system_fingerprint', 3, ['system_fingerprint'])).toBe('input');
  expect(['customer', 'workflow', 'response_format', 'customer_status', 'task'].map((name) => role(name))).toEqual(
    Array.from({ length: 5 }, () => 'input'),
  );
});
