import { expect, test } from 'vitest';
import { countedSpans, traceTotals } from './index.ts';

const span = (spanId: string, parentSpanId: string | null, costable: boolean, inputTokens: number | null = null) => ({
  spanId,
  parentSpanId,
  costable,
  inputTokens,
  cachedInputTokens: null,
  outputTokens: inputTokens,
  reasoningTokens: null,
  givenCostUsd: null,
});
const counted = (...spans: ReturnType<typeof span>[]) => countedSpans(spans).map(({ spanId }) => spanId);

test('calls count, wrappers above them do not, whatever the order', () => {
  expect(counted(span('call', 'step', true, 1), span('agent', null, false, 1), span('step', 'agent', false, 1))).toEqual([
    'call',
  ]);
});

test('of wrappers without a call, the outermost counts, once', () => {
  const spans = [span('inner', 'middle', false, 1), span('middle', 'outer', false), span('outer', null, false, 1)];
  expect(counted(...spans)).toEqual(['outer']);
  expect(counted(...spans, span('other', null, false, 2))).toEqual(['outer', 'other']);
});

test('a wrapper beside a call, and below nothing that counts, counts', () => {
  expect(counted(span('call', 'root', true, 1), span('agent', 'root', false, 1), span('root', null, false, 9))).toEqual([
    'call',
    'agent',
  ]);
});

test('the same call watched by two libraries counts once', () => {
  expect(counted(span('framework', null, true, 5), span('client', 'framework', true, 5))).toEqual(['client']);
  expect(counted(span('outer', null, true, 5), span('inner', 'outer', true, 3))).toEqual(['outer', 'inner']);
});

test('circles and a hundred thousand levels end', () => {
  expect(counted(span('a', 'b', false, 1), span('b', 'a', false, 1), span('c', 'c', true, 1))).toEqual(['c']);
  const chain = Array.from({ length: 100_000 }, (_, i) => span(`s${i}`, i ? `s${i - 1}` : null, false, i % 2 ? 1 : null));
  expect(counted(...chain)).toEqual(['s1']);
  expect(traceTotals(chain)).toMatchObject({ inputTokens: 1, cachedInputTokens: null });
});
