import { createRequire } from 'node:module';
import { context } from '@opentelemetry/api';
import type * as AnthropicModule from '@anthropic-ai/sdk';
import { setSession, setUser } from '@arizeai/openinference-core';
import { AnthropicInstrumentation as OpenInferenceAnthropic } from '@arizeai/openinference-instrumentation-anthropic';
import { OpenAIInstrumentation as OpenInferenceOpenAI } from '@arizeai/openinference-instrumentation-openai';
import { OpenAIInstrumentation as OpenTelemetryOpenAI } from '@opentelemetry/instrumentation-openai';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { AnthropicInstrumentation as TraceloopAnthropic } from '@traceloop/instrumentation-anthropic';
import { OpenAIInstrumentation as TraceloopOpenAI } from '@traceloop/instrumentation-openai';
import type * as OpenAIModule from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drain, instrumentedApp, ofKind, type ShownTrace } from '../../../../testing/clients.ts';

/** The clients of OpenAI and Anthropic, watched by each of three instrumentations as they are, against a running server. */

const app = await instrumentedApp('shop');
afterAll(() => app.close());

const require = createRequire(import.meta.url);
/** A copy that no other instrumentation has touched. */
function fresh(name: string): unknown {
  for (const path of Object.keys(require.cache)) if (path.includes(`/node_modules/${name}/`)) delete require.cache[path];
  return require(name);
}
const freshOpenAI = () => fresh('openai') as typeof OpenAIModule;
const freshAnthropic = () => fresh('@anthropic-ai/sdk') as typeof AnthropicModule;

const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'How is the weather in Oslo?' },
];
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } } };
const weather = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
const model = 'gpt-4o';

const callsOf = (openai: OpenAIModule.OpenAI) => ({
  'a chat': () => openai.chat.completions.create({ model, messages }),
  'a chat with a tool': () => openai.chat.completions.create({ model, messages, tools: weather }),
  'a streamed chat': () =>
    drain(openai.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })),
  'a response': () => openai.responses.create({ model, input: 'How is the weather in Oslo?' }),
  'a streamed response': () => drain(openai.responses.create({ model, input: 'How is the weather in Oslo?', stream: true })),
  'an embedding': () => openai.embeddings.create({ model: 'text-embedding-3-small', input: 'rain' }),
  'a chat that is refused': () => openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'please fail' }] }),
});

const claude = {
  model: 'claude-haiku-4-5',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'How is the weather?' }],
};
const messagesOf = (anthropic: AnthropicModule.Anthropic) => ({
  'a message': () => anthropic.messages.create({ ...claude, system: 'Be brief.' }),
  'a message with a tool': () => anthropic.messages.create({ ...claude, tools: [{ name: 'weather', input_schema: parameters }] }),
  'a streamed message': () => drain(anthropic.messages.create({ ...claude, stream: true })),
  'a message that is refused': () =>
    anthropic.messages.create({ ...claude, messages: [{ role: 'user', content: 'please fail' }] }),
});

const openaiOf = ({ OpenAI }: typeof OpenAIModule) => new OpenAI({ apiKey: 'any', baseURL: app.models.url, maxRetries: 0 });
const anthropicOf = ({ Anthropic }: typeof AnthropicModule) =>
  new Anthropic({ apiKey: 'any', baseURL: app.models.url.replace('/v1', ''), maxRetries: 0 });

const { tracing: tracerProvider, logging: loggerProvider } = app;
/** Sets up one instrumentation, and gives the clients that it watches. */
const watched = {
  OpenInference() {
    const [openai, anthropic] = [freshOpenAI(), freshAnthropic()];
    new OpenInferenceOpenAI({ tracerProvider }).manuallyInstrument(openai.OpenAI);
    new OpenInferenceAnthropic({ tracerProvider }).manuallyInstrument(anthropic.Anthropic);
    return { openai: openaiOf(openai), anthropic: anthropicOf(anthropic) };
  },
  Traceloop() {
    const [openai, anthropic] = [freshOpenAI(), freshAnthropic()];
    for (const [instrumentation, module] of [
      [new TraceloopOpenAI(), openai.OpenAI],
      [new TraceloopAnthropic(), anthropic],
    ] as const) {
      instrumentation.setTracerProvider(tracerProvider);
      (instrumentation.manuallyInstrument as (module: unknown) => void).call(instrumentation, module);
    }
    return { openai: openaiOf(openai), anthropic: anthropicOf(anthropic) };
  },
  OpenTelemetry() {
    const instrumentation = new OpenTelemetryOpenAI({ captureMessageContent: true });
    instrumentation.setTracerProvider(tracerProvider);
    // Its types are of a later release than those of the other libraries.
    instrumentation.setLoggerProvider(loggerProvider as never);
    instrumentation.setMeterProvider(new MeterProvider());
    instrumentation.enable();
    // Anthropic's own client, without any instrumentation, sends a span itself.
    return {
      openai: openaiOf(freshOpenAI()),
      anthropic: anthropicOf(freshAnthropic()),
    };
  },
};
type Library = keyof typeof watched;
const libraries = Object.keys(watched) as Library[];

const shown = {} as Record<Library, Record<keyof ReturnType<typeof callsOf> | keyof ReturnType<typeof messagesOf>, ShownTrace>>;
beforeAll(async () => {
  const as = setSession(setUser(context.active(), { userId: 'u1' }), { sessionId: 's1' });
  for (const library of libraries) {
    const { openai, anthropic } = watched[library]();
    shown[library] = await context.with(as, () => app.tracesOf({ ...callsOf(openai), ...messagesOf(anthropic) }));
  }
});

/** What each library tells of a call of OpenAI; what it does not tell is unknown in Steward, too. */
const tells: Record<Library, { cached: number | null; reasoning: number | null; costUsd: number; usageOfStreams: boolean }> = {
  OpenInference: { cached: 40, reasoning: 5, costUsd: 0.0004, usageOfStreams: false },
  Traceloop: { cached: null, reasoning: null, costUsd: 0.00045, usageOfStreams: false },
  OpenTelemetry: { cached: null, reasoning: null, costUsd: 0.00045, usageOfStreams: true },
};

describe.each(libraries)('OpenAI watched by %s', (library) => {
  const { cached, reasoning, costUsd, usageOfStreams } = tells[library];

  test.each(['a chat', 'a response'] as const)('%s', (name) => {
    const { totals, spans } = shown[library][name];
    expect(spans).toMatchObject([
      { kind: 'generation', provider: 'openai', model: 'gpt-4o-2024-08-06', status: 'ok', workflow: 'shop' },
    ]);
    expect(totals).toMatchObject({
      inputTokens: 100,
      cachedInputTokens: cached,
      outputTokens: 20,
      reasoningTokens: reasoning,
      costUsd: expect.closeTo(costUsd, 9) as number,
    });
  });

  test('what was said, and which tool was called', () => {
    const [said] = shown[library]['a chat'].spans;
    expect(said!.input).toContain('Be brief.');
    expect(said!.input).toContain('How is the weather in Oslo?');
    expect(said!.output).toContain('It is raining.');
    expect(shown[library]['a chat with a tool'].spans[0]!.output).toContain('Oslo');
  });

  test.each(['a streamed chat', 'a streamed response'] as const)('%s', (name) => {
    const { totals, spans } = shown[library][name];
    expect(spans).toMatchObject([{ kind: 'generation', provider: 'openai', status: 'ok' }]);
    if (usageOfStreams) expect(totals).toMatchObject({ inputTokens: 100, outputTokens: 20 });
  });
});

// The other two never end the span of a call of this client that fails, so that nothing of it is sent.
test('a chat that is refused, watched by OpenTelemetry', () => {
  expect(shown.OpenTelemetry['a chat that is refused'].spans).toMatchObject([
    { kind: 'generation', status: 'error', inputTokens: null, costUsd: null },
  ]);
});

test('OpenInference says of which user and session a call is', () => {
  expect(shown.OpenInference['a chat'].spans).toMatchObject([{ user: 'u1', session: 's1' }]);
});

test.each(['OpenInference', 'OpenTelemetry'] as const)('an embedding watched by %s', (library) => {
  expect(ofKind(shown[library]['an embedding'], 'embedding')).toMatchObject([{ model: 'text-embedding-3-small' }]);
});

describe.each(libraries)('Anthropic watched by %s and by itself', (library) => {
  test.each(['a message', 'a message with a tool', 'a streamed message'] as const)(
    '%s is counted once, its cache in the input',
    (name) => {
      const { totals, spans } = shown[library][name];
      for (const span of spans)
        expect(span).toMatchObject({
          kind: 'generation',
          provider: 'anthropic',
          inputTokens: 100,
          cachedInputTokens: 40,
          outputTokens: 20,
        });
      expect(totals).toMatchObject({
        inputTokens: 100,
        cachedInputTokens: 40,
        outputTokens: 20,
        costUsd: expect.closeTo(0.000164, 9) as number,
      });
    },
  );

  test('a refusal is an error', () => {
    for (const span of shown[library]['a message that is refused'].spans)
      expect(span).toMatchObject({ status: 'error', costUsd: null });
  });
});
