import { createOpenAI as openaiOf7 } from '@ai-sdk/openai';
import { LegacyOpenTelemetry, OpenTelemetry } from '@ai-sdk/otel';
import * as ai7 from 'ai';
import * as ai4 from 'ai-4';
import * as ai5 from 'ai-5';
import * as ai6 from 'ai-6';
import { createAnthropic } from 'ai-sdk-anthropic-2';
import { createOpenAI as openaiOf4 } from 'ai-sdk-openai-1';
import { createOpenAI as openaiOf5 } from 'ai-sdk-openai-2';
import { createOpenAI as openaiOf6 } from 'ai-sdk-openai-3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instrumentedApp, ofKind, type ShownTrace } from '../../../../testing/clients.ts';

/** Vercel's AI SDK in each of its versions, as an application uses it, against a running server. */

const app = await instrumentedApp('shop');
afterAll(() => app.close());

const provider = { baseURL: app.models.url, apiKey: 'any' };
const telemetry = {
  isEnabled: true,
  tracer: app.tracer,
  functionId: 'forecast',
  metadata: { userId: 'u1', sessionId: 's1', tags: ['x'] },
};
const asked = { prompt: 'How is the weather in Oslo?', experimental_telemetry: telemetry };
const refused = { ...asked, prompt: 'please fail', maxRetries: 0 };

const city = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
} as const;
interface City {
  city: string;
}
const lookedUp = async () => ({ sky: 'rainy' });

const made = {
  '4': {
    'with a tool': () =>
      ai4.generateText({
        ...asked,
        model: openaiOf4(provider)('gpt-4o'),
        maxSteps: 3,
        tools: { weather: ai4.tool({ parameters: ai4.jsonSchema<City>(city), execute: lookedUp }) },
      }),
    streamed: () =>
      ai4.streamText({ ...asked, model: openaiOf4({ ...provider, compatibility: 'strict' })('gpt-4o') }).consumeStream(),
    refused: () => ai4.generateText({ ...refused, model: openaiOf4(provider)('gpt-4o') }),
  },
  '5': {
    'with a tool': () =>
      ai5.generateText({
        ...asked,
        model: openaiOf5(provider)('gpt-4o'),
        stopWhen: ai5.stepCountIs(3),
        tools: { weather: ai5.tool({ inputSchema: ai5.jsonSchema<City>(city), execute: lookedUp }) },
      }),
    streamed: () => ai5.streamText({ ...asked, model: openaiOf5(provider).chat('gpt-4o') }).consumeStream(),
    refused: () => ai5.generateText({ ...refused, model: openaiOf5(provider)('gpt-4o') }),
  },
  '6': {
    'with a tool': () =>
      ai6.generateText({
        ...asked,
        model: openaiOf6(provider)('gpt-4o'),
        stopWhen: ai6.stepCountIs(3),
        tools: { weather: ai6.tool({ inputSchema: ai6.jsonSchema<City>(city), execute: lookedUp }) },
      }),
    streamed: () => ai6.streamText({ ...asked, model: openaiOf6(provider)('gpt-4o') }).consumeStream(),
    refused: () => ai6.generateText({ ...refused, model: openaiOf6(provider)('gpt-4o') }),
  },
  '7': of7(new OpenTelemetry({ tracer: app.tracer, runtimeContext: true })),
  '7, with its older telemetry': of7(new LegacyOpenTelemetry({ tracer: app.tracer })),
};

function of7(integration: OpenTelemetry | LegacyOpenTelemetry) {
  const asked = {
    prompt: 'How is the weather in Oslo?',
    runtimeContext: { userId: 'u1', sessionId: 's1' },
    telemetry: {
      functionId: 'forecast',
      integrations: [integration],
      includeRuntimeContext: { userId: true as const, sessionId: true as const },
    },
    model: openaiOf7(provider)('gpt-4o'),
  };
  return {
    'with a tool': () =>
      ai7.generateText({
        ...asked,
        stopWhen: ai7.stepCountIs(3),
        tools: { weather: ai7.tool({ inputSchema: ai7.jsonSchema<City>(city), execute: lookedUp }) },
      }),
    streamed: () => ai7.streamText(asked).consumeStream(),
    refused: () => ai7.generateText({ ...asked, prompt: 'please fail', maxRetries: 0 }),
  };
}

type Version = keyof typeof made;
/** What a version itself does not tell. */
const untold: Partial<Record<Version, Partial<Record<'cached' | 'reasoning' | 'firstToken', true>>>> = {
  '5': { cached: true, reasoning: true },
  '7': { reasoning: true, firstToken: true },
};

const further = {
  'a call of Anthropic': () => ai5.generateText({ ...asked, model: createAnthropic(provider)('claude-sonnet-4-5') }),
  'a streamed call of Anthropic': () =>
    ai5.streamText({ ...asked, model: createAnthropic(provider)('claude-sonnet-4-5') }).consumeStream(),
  'an embedding': () =>
    ai5.embed({
      value: 'rain',
      model: openaiOf5(provider).embedding('text-embedding-3-small'),
      experimental_telemetry: telemetry,
    }),
};

const shown: Record<string, ShownTrace> = {};
beforeAll(async () => {
  const all = Object.entries(made).flatMap(([version, works]) =>
    Object.entries(works).map(([name, work]) => [`${version} ${name}`, work] as const),
  );
  Object.assign(shown, await app.tracesOf<string>(Object.fromEntries([...all, ...Object.entries(further)])));
});

describe.each(Object.keys(made) as Version[])('version %s', (version) => {
  const of = (name: string) => shown[`${version} ${name}`]!;
  const lacks = untold[version] ?? {};

  test('two calls and a tool between them: each counted once, whatever stands around them', () => {
    const trace = of('with a tool');
    const [first, second, ...others] = ofKind(trace, 'generation');
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      provider: 'openai',
      requestModel: 'gpt-4o',
      model: 'gpt-4o-2024-08-06',
      inputTokens: 100,
      cachedInputTokens: lacks.cached ? null : 40,
      outputTokens: 20,
      reasoningTokens: lacks.reasoning ? null : 5,
      costUsd: lacks.cached ? 0.00045 : 0.0004,
      workflow: 'shop',
      status: 'ok',
    });
    // Version 7 says it where the agent is invoked, not at each call.
    expect(trace.spans).toContainEqual(expect.objectContaining({ user: 'u1', session: 's1' }));
    expect(first!.output).toContain('Oslo');
    expect(second).toMatchObject({ inputTokens: 150, outputTokens: 30, costUsd: 0.000675 });
    expect(second!.input).toContain('rainy');
    expect(second!.output).toContain('It is raining.');
    expect(ofKind(trace, 'tool')).toMatchObject([{ input: '{"city":"Oslo"}', output: '{"sky":"rainy"}', costUsd: null }]);
    expect(trace.totals).toMatchObject({
      inputTokens: 250,
      outputTokens: 50,
      costUsd: expect.closeTo(lacks.cached ? 0.001125 : 0.001075, 9) as number,
    });
  });

  test('a streamed answer: the same, and when it began', () => {
    const trace = of('streamed');
    expect(ofKind(trace, 'generation')).toMatchObject([
      { model: 'gpt-4o-2024-08-06', inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, finishReasons: ['stop'] },
    ]);
    expect(ofKind(trace, 'generation')[0]!.timeToFirstTokenMs === null).toBe(lacks.firstToken ?? false);
    expect(trace.totals).toMatchObject({ inputTokens: 100, outputTokens: 20, costUsd: 0.0004 });
  });

  test('a refusal of the provider is an error in its words, and costs nothing', () => {
    expect(ofKind(of('refused'), 'generation')).toMatchObject([
      { status: 'error', statusMessage: 'the provider refuses this', inputTokens: null, costUsd: null },
    ]);
    expect(of('refused').totals.costUsd).toBeNull();
  });
});

test.each(['a call of Anthropic', 'a streamed call of Anthropic'])('%s: input includes what came from the cache', (name) => {
  expect(ofKind(shown[name]!, 'generation')).toMatchObject([
    {
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      inputTokens: 100,
      cachedInputTokens: 40,
      outputTokens: 20,
      costUsd: 0.000492,
    },
  ]);
  expect(shown[name]!.totals).toMatchObject({ inputTokens: 100, cachedInputTokens: 40, costUsd: 0.000492 });
});

test('an embedding', () => {
  expect(ofKind(shown['an embedding']!, 'embedding')).toMatchObject([{ model: 'text-embedding-3-small', inputTokens: 8 }]);
  expect(shown['an embedding']!.totals).toMatchObject({ inputTokens: 8, costUsd: 1.6e-7 });
});
