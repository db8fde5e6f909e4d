import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import type { Judgement } from './judge.ts';
import { metrics, text } from './metrics.ts';
import { judgement, START_MS } from './testing.ts';
import { action, explanation, list, severity, title, verdict } from './words.ts';

const named = (name: string) => metrics.find((metric) => metric.name === name)!;
const at = START_MS + 30 * DAY_MS;
const side = (mean: number) => ({ mean, sd: 0, n: 1000, buckets: 30 });
const fell = judgement({ at, before: side(0.84), after: side(0.5), change: -0.34 });
const stalled = (length: number, kind: 'silence' | 'drop' = 'silence', seen = 0): Judgement =>
  judgement({
    kind: 'stall',
    at,
    until: at + length,
    change: seen - 150,
    stall: { kind, from: at, to: at + length, usualGapMs: 2 * HOUR_MS, expected: 150, seen },
  });

test.each([
  [fell, 'Right answers fell from 84 % to 50 % on 3 June 2026'],
  [{ ...fell, segment: { customer: 'acme' } }, 'Right answers fell from 84 % to 50 % on 3 June 2026 for customer acme'],
  [
    { ...fell, kind: 'drift' as const, until: at + 20 * DAY_MS },
    'Right answers slid from 84 % to 50 % between 3 June 2026 and 23 June 2026',
  ],
  [
    judgement({ metric: named('latency_s'), at, before: side(2.2), after: side(3.7), change: 1.5 }),
    'Time to answer rose from 2.2 s to 3.7 s on 3 June 2026',
  ],
  [
    { ...fell, kind: 'cohort' as const, at: null, segment: { model: 'gpt-4-0613' }, against: 'gpt-4-0314', ordered: true },
    'Right answers fell from 84 % with gpt-4-0314 to 50 % with gpt-4-0613',
  ],
  [stalled(3 * DAY_MS), 'No calls for 3 days from 3 June 2026'],
  [{ ...stalled(5 * HOUR_MS), segment: { customer: 'acme' } }, 'No calls for customer acme for 5 hours from 3 June 2026'],
  [
    { ...stalled(5 * HOUR_MS, 'drop', 40), interval: [at, at + HOUR_MS] as [number, number] },
    'Far fewer calls than usual for 5 hours from 3 June 2026',
  ],
  [
    { ...stalled(DAY_MS, 'drop', 40), interval: [at, at + DAY_MS] as [number, number] },
    'Far fewer calls than usual on 3 June 2026',
  ],
  [
    { ...stalled(2 * DAY_MS, 'drop', 40), interval: [at, at + DAY_MS] as [number, number] },
    'Far fewer calls than usual between 3 June 2026 and 4 June 2026',
  ],
  [judgement({ metric: text, at }), 'The wording of answers changed on 3 June 2026'],
])('a finding has a title that can be read aloud (%#)', (given, expected) => {
  expect(title(given)).toBe(expected);
});

test('an explanation tells what, why, and what moved with it', () => {
  const because = 'since prompt_version "v4" is in use';
  const also = judgement({ metric: named('latency_s') });
  expect(explanation(fell, { kind: 'step', cause: null, because }, ['region'], [also])).toBe(
    `Right answers fell from 84 % to 50 % on 3 June 2026, ${because}. Time to answer changed at the same time. The make-up of the calls by region moved too.`,
  );
  expect(explanation(stalled(3 * DAY_MS), { kind: 'stall', cause: null, because: null }, [], [])).toContain(
    'about 150 calls would have been expected',
  );
});

test.each<[string, Judgement, string]>([
  ['wrong answers by the dozen', fell, 'page'],
  ['a little more wrong', { ...fell, change: -0.04 }, 'ticket'],
  ['more right answers', { ...fell, change: 0.34, direction: 'better' }, 'watch'],
  ['a moved mix', { ...fell, kind: 'mix' }, 'watch'],
  ['twice as slow', judgement({ metric: named('latency_s'), before: side(2), change: 2 }), 'page'],
  ['a little slower', judgement({ metric: named('latency_s'), before: side(2), change: 0.8 }), 'ticket'],
  [
    'longer answers',
    judgement({ metric: named('output_length'), direction: 'changed', before: side(100), change: 900 }),
    'watch',
  ],
  ['silence', stalled(DAY_MS), 'ticket'],
  ['fewer calls', stalled(DAY_MS, 'drop', 40), 'ticket'],
])('%s: how loud', (_, given, loud) => {
  expect(severity(given)).toBe(loud);
});

test('the next step fits the cause', () => {
  const cause = (dimension: string, value: string) => ({ dimension, value, share: 1 });
  expect(action(fell, cause('model', 'gpt-4'))).toContain('Test gpt-4 against the version before');
  expect(action(fell, cause('prompt_version', 'v4'))).toContain('before "v4"');
  expect(action(fell, cause('customer', 'acme'))).toContain('customer "acme" first');
  expect(action(fell, null)).toContain('what was changed that day');
  expect(action({ ...fell, kind: 'mix' }, cause('customer', 'acme'))).toContain('nothing got worse in itself');
  expect(action({ ...fell, direction: 'better' }, cause('model', 'gpt-4'))).toContain('Keep the change');
  expect(action(stalled(DAY_MS), null)).toContain('integration');
});

const log = { rows: 1000, from: START_MS };
const first = { title: 'Right answers fell', because: 'since v4', moneyPerMonthUsd: 528, direction: 'worse' as const };

test.each([
  [
    'what matters first, with its price',
    first,
    8,
    11,
    log,
    /^Right answers fell, since v4\. That costs about \$528 a month\. 7 more findings below\.$/,
  ],
  ['one more', first, 2, 11, log, /One more finding below\.$/],
  ['no price', { ...first, moneyPerMonthUsd: null }, 1, 11, log, /^Right answers fell, since v4\.$/],
  [
    'good news only',
    { ...first, direction: 'better' as const, moneyPerMonthUsd: -9 },
    1,
    11,
    log,
    /^Nothing got worse\. Right answers fell/,
  ],
  ['steady', null, 0, 11, log, /^Nothing got worse: every metric that could be judged held steady\.$/],
  [
    'moved by less than counts',
    null,
    0,
    11,
    { ...log, moved: ['right answers moved (99 % → 96 %, less than 3 points)'] },
    /^Nothing changed by as much as counts, though right answers moved \(99 % → 96 %, less than 3 points\)\. Nothing else/,
  ],
  [
    'texts only',
    null,
    0,
    8,
    { ...log, textsOnly: true },
    /^No score, time to answer, cost or error was found.*did not get worse\.$/,
  ],
  [
    'texts only, in part',
    null,
    0,
    8,
    { ...log, textsOnly: true, open: ['refused answers'] },
    /^No score.*did not get worse as far as can be told\.$/,
  ],
  [
    'texts only, and something else',
    { ...first, direction: 'changed' as const },
    1,
    8,
    { ...log, textsOnly: true },
    /^No score, time to answer, cost or error was found.*cannot be told\. Right answers fell/,
  ],
  ['texts only, and worse', first, 1, 8, { ...log, textsOnly: true }, /^Right answers fell/],
  ['too few rows', null, 0, 0, log, /^Too early to tell/],
  ['one moment', null, 0, 0, { rows: 400, from: 9, to: 9 }, /one and the same moment/],
  [
    'alike groups',
    null,
    0,
    3,
    { rows: 1000, from: null, compared: 2 },
    /no times, and its groups do not differ by more than chance\.$/,
  ],
  [
    'groups alike in part',
    null,
    0,
    3,
    { rows: 1000, from: null, compared: 2, open: ['right answers'] },
    /by more than chance in what could be judged\.$/,
  ],
  [
    'groups too small',
    null,
    0,
    0,
    { rows: 9, from: null, compared: 2 },
    /groups hold too few rows to tell whether they differ\.$/,
  ],
  ['no time', null, 0, 0, { rows: 1000, from: null }, /neither times nor a column to compare by/],
  ['no rows', null, 0, 0, { rows: 0, from: null }, /^No row could be used/],
  [
    'a moved mix',
    { ...first, kind: 'mix' as const, direction: 'changed' as const },
    1,
    11,
    log,
    /^Nothing got worse in itself\. /,
  ],
])('the verdict of %s', (_, finding, found, judged, overview, expected) => {
  expect(verdict(finding && { kind: 'step' as const, ...finding }, found, judged, overview)).toMatch(expected);
});

test('words are joined as in a sentence', () => {
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c']);
});

test('what is better beside a loss is not to be kept for itself', () => {
  const cheaper = judgement({ metric: named('cost_usd'), direction: 'better', change: -0.01 });
  expect(action(cheaper, null)).toContain('Keep the change');
  expect(action(cheaper, null, { ...fell, direction: 'worse' })).toBe(
    'It came with what got worse (right answers): weigh both before you keep it or go back.',
  );
});

test('calls that the provider turned away are no matter of a model or a prompt', () => {
  const failed = judgement({
    metric: named('error_rate'),
    direction: 'worse',
    failures: { fault: 'limit', message: 'RateLimitError', share: 0.98 },
  });
  expect(action(failed, { dimension: 'model', value: 'gpt-4', share: 1 })).toContain('rate limits and quota');
});

test('what one value carries nearly all of weighs as it weighs there, and the title says so', () => {
  const refused = judgement({
    metric: named('refusal_rate'),
    direction: 'worse',
    at,
    before: side(0.0004),
    after: side(0.0415),
    change: 0.041,
  });
  const legal = { ...refused, own: { column: 'team', value: 'legal', before: 0.001, after: 0.12 } };
  expect([severity(refused), severity(legal)]).toEqual(['ticket', 'page']);
  expect(title(legal)).toBe('Refused answers rose from 0.040 % to 4.2 % on 3 June 2026, for team legal from 0.10 % to 12 %');
});

test('a customer who is new and served worse is to be looked at by itself', () => {
  const mix = judgement({
    kind: 'mix',
    direction: 'changed',
    before: side(0.9),
    newcomer: { column: 'tenant', value: 'mega', mean: 0.65 },
  });
  expect(action(mix, null)).toBe(
    'Look at tenant "mega" by itself: it is at 65 % from the start, and nothing got worse for the others.',
  );
  expect(explanation(mix, { kind: 'mix', cause: null, because: null }, [], [])).toContain(
    'Right answers of tenant "mega": 65 % from the start, against 90 % of the others before; that is worth a look.',
  );
});

test.each([
  [DAY_MS, true],
  [2 * DAY_MS, false],
])('a single silent weekday may be a holiday (%#)', (length, asked) => {
  const told = explanation(stalled(length), { kind: 'stall', cause: null, because: null }, [], []);
  expect(told.includes('public holiday')).toBe(asked);
});
