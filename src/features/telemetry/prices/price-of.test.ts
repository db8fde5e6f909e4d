import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import type { OwnPrice } from './model.ts';
import { priceOf } from './price-of.ts';
import type { Priced } from './rates.ts';

const at = new Date('2026-06-01T00:00:00Z');
const call = (provider: string | null, model: string | null, more: Partial<Priced> = {}): Priced => ({
  provider,
  model,
  inputTokens: 1000,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens: 200,
  reasoningTokens: null,
  givenCostUsd: null,
  givenCostSource: null,
  costable: true,
  ...more,
});
const own = (more: Partial<OwnPrice>): OwnPrice => ({
  id: '00000000-0000-4000-8000-000000000001',
  model: 'gpt-4o',
  provider: null,
  inputUsdPerMillion: 1,
  cachedInputUsdPerMillion: null,
  cacheWriteUsdPerMillion: null,
  outputUsdPerMillion: 10,
  reasoningUsdPerMillion: null,
  usdPerRequest: null,
  validFrom: new Date('2026-01-01T00:00:00Z'),
  ...more,
});
const cost = (span: Priced, prices: readonly OwnPrice[] = [], when = at) => priceOf(span, prices, when)?.costUsd ?? null;

test('public prices: input includes the cache, whose tokens have prices of their own', () => {
  expect(priceOf(call('openai', 'gpt-4o', { cachedInputTokens: 400 }), [], at)).toEqual({ costUsd: 0.004, source: CATALOGUE });
  expect(cost(call('anthropic', 'claude-sonnet-4-5', { inputTokens: 2000, cachedInputTokens: 600, cacheWriteTokens: 400 }))).toBe(
    // 1000 fresh at 3, 600 read at 0.3, 400 written at 3.75, 200 out at 15, per million
    0.00768,
  );
  expect(cost(call('openai', 'text-embedding-3-small', { outputTokens: null }))).toBe(0.00002);
});

test('a price that rises with the length of the input, and one that changed on a day', () => {
  expect(cost(call('gcp.gemini', 'gemini-2.5-pro', { inputTokens: 300_000, outputTokens: 1000 }))).toBe(0.765);
  expect(cost(call('gcp.gemini', 'gemini-2.5-pro'))).toBe(0.00325);
  const [before, after] = ['2025-05-01T00:00:00Z', '2025-08-01T00:00:00Z'].map((day) =>
    cost(call('openai', 'o3'), [], new Date(day)),
  );
  expect(before).not.toBeNull();
  expect(after).not.toBeNull();
  expect(before).toBeGreaterThan(after!);
});

test('providers and models under the names that clients give them', () => {
  const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
  const cases: [string | null, string, number][] = [
    ['azure.ai.openai', 'gpt-4o', 0.0045],
    ['aws.bedrock', `us.${sonnet}`, 0.0066],
    [null, `eu.${sonnet}`, 0.0066],
    [null, `arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${sonnet}`, 0.0066],
    ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929', 0.006],
    ['gcp.gen_ai', 'models/gemini-2.5-pro', 0.00325],
    [null, 'models/gemini-2.5-pro', 0.00325],
    ['x_ai', 'grok-4', 0.006],
    ['gateway', 'openai/gpt-4o', 0.0045],
    [null, 'gpt-4o', 0.0045],
  ];
  for (const [provider, model, usd] of cases)
    expect([provider, model, cost(call(provider, model))]).toEqual([provider, model, usd]);
});

test('an unknown price is unknown, never zero', () => {
  const unknown: Priced[] = [
    call('aws.bedrock', 'amazon.titan-embed-text-v2:0', { outputTokens: null }),
    call('databricks', 'databricks-claude-sonnet-4'),
    call('snowflake', 'claude-4-sonnet'),
    call('openai', 'whisper-1'),
    call('openai', 'no-such-model'),
    call('openai', null),
    call(null, '__proto__'),
    call('openai', 'gpt-4o', { inputTokens: null, outputTokens: null }),
    call('openai', 'gpt-4o', { outputTokens: null }),
    call('openai', 'gpt-4o', { inputTokens: null }),
    call('openai', 'g'.repeat(1_000_000)),
    call('openai', 'gpt-4o', { costable: false }),
  ];
  expect(unknown.map((span) => priceOf(span, [], at))).toEqual(unknown.map(() => null));
  expect(cost(call('aws.bedrock', 'amazon.titan-embed-text-v1', { outputTokens: null }))).toBe(0.0001);
});

test('more cached tokens than there are tokens cost no more than all of them', () => {
  expect(cost(call('anthropic', 'claude-sonnet-4-5', { cachedInputTokens: 5000, cacheWriteTokens: 900 }))).toBe(0.0033);
});

test('what the client gave wins over every price, also on a wrapper', () => {
  const given = { givenCostUsd: 0, givenCostSource: 'llm.cost.total', costable: false };
  expect(priceOf(call('openai', 'gpt-4o', given), [own({})], at)).toEqual({ costUsd: 0, source: 'given: llm.cost.total' });
});

test('an own price: its kinds of tokens, its time, and the most exact of several', () => {
  const span = call('azure.ai.openai', 'GPT-4o', { cachedInputTokens: 400, reasoningTokens: 50 });
  expect(priceOf(span, [own({})], at)).toEqual({ costUsd: 0.003, source: 'own price 00000000-0000-4000-8000-000000000001' });
  const every = own({ cachedInputUsdPerMillion: 0.5, reasoningUsdPerMillion: 20, usdPerRequest: 0.01 });
  expect(cost(span, [every])).toBe(0.0133);
  expect(cost(span, [own({ validFrom: new Date('2026-07-01T00:00:00Z') })])).toBe(0.004);
  const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
  const several = [
    own({ id: id(1), model: 'gpt-*' }),
    own({ id: id(2), model: 'gpt-4*' }),
    own({ id: id(3), provider: 'azure' }),
    own({ id: id(4) }),
    own({ id: id(5), provider: 'openai' }),
    own({ id: id(6), provider: 'Azure', validFrom: new Date('2026-02-01T00:00:00Z') }),
  ];
  const chosen = (prices: OwnPrice[]) => priceOf(span, prices, at)?.source.slice(-1);
  expect(chosen(several)).toBe('6');
  expect(chosen(several.filter(({ provider }) => provider === null))).toBe('4');
  expect(chosen(several.slice(0, 2))).toBe('2');
  expect(
    cost(call('openai', 'gpt-4o', { inputTokens: null, outputTokens: null }), [
      own({ usdPerRequest: 0.5, inputUsdPerMillion: null, outputUsdPerMillion: null }),
    ]),
  ).toBe(0.5);
});

test('the version that stands on spans is the one that is installed', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  expect(CATALOGUE).toBe(`genai-prices ${dependencies['@pydantic/genai-prices']}`);
});

test('of many own prices the most exact holds, whatever their order', () => {
  const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const named = [
    { model: 'g*' },
    { model: 'GPT-4*' },
    { model: 'gpt-4o', provider: 'azure' },
    { model: 'gpt-4o', validFrom: new Date('2026-03-01T00:00:00Z') },
    { model: 'gpt-4o' },
    { model: 'gpt-4o', validFrom: new Date('2027-01-01T00:00:00Z') },
    { model: 'o*', provider: 'openai' },
    ...Array.from({ length: 300 }, (_, n) => ({ model: `other-${n}` })),
  ].map((price, n) => own({ ...price, id: id(n) }));
  const sourceOf = (provider: string | null, model: string, when = at) =>
    [named, named.toReversed()].map((prices) => priceOf(call(provider, model), prices, when)?.source);
  const both = (n: number) => [`own price ${id(n)}`, `own price ${id(n)}`];
  expect(sourceOf('azure.ai.openai', 'gpt-4o')).toEqual(both(2));
  expect(sourceOf('openai', ' GPT-4o ')).toEqual(both(3));
  expect(sourceOf('openai', 'gpt-4o', new Date('2026-02-01T00:00:00Z'))).toEqual(both(4));
  expect(sourceOf('openai', 'gpt-4.1')).toEqual(both(1));
  expect(sourceOf('openai', 'gpt-5')).toEqual(both(0));
  expect(sourceOf('openai', 'o9')).toEqual(both(6));
  expect(sourceOf('anthropic', 'o9')).toEqual([undefined, undefined]);
  expect(sourceOf('openai', 'other-299')).toEqual(both(306));
});

test('a framework that names itself as the provider leaves it to the name of the model, as an embedding without a provider does', () => {
  const claude = 'us.anthropic.claude-sonnet-4-20250514-v1:0';
  expect(cost(call('strands-agents', claude))).toBe(cost(call('aws.bedrock', claude)));
  expect(cost(call('langchain', 'gpt-4o'))).toBe(cost(call('openai', 'gpt-4o')));
  expect(cost(call('gcp.vertex.agent', 'gemini-2.0-flash'))).toBe(cost(call('gcp.gemini', 'gemini-2.0-flash')));
  expect(cost(call(null, 'text-embedding-3-small', { outputTokens: null }))).toBe(0.00002);
  // Somebody who serves a model by themselves is no framework.
  expect(cost(call('ollama', 'gpt-4o'))).toBeNull();
});
