import { LangfuseClient } from '@langfuse/client';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { setLangfuseTracerProvider, startObservation } from '@langfuse/tracing';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, type TestServer } from '../../../testing/server.ts';

/** Langfuse's own clients, as they are, against a running server. */

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
});
afterAll(() => server.close());

interface Shown {
  totals: object;
  spans: { spanId: string; name: string; scores: object[] }[];
}
const show = async (traceId: string) => server.ask('telemetry.trace', { client: 'Acme', traceId }, acme.key);
const shown = async (traceId: string) => (await show(traceId)).json as unknown as Shown;

test('a trace by @langfuse/otel and scores by @langfuse/client', async () => {
  const access = { publicKey: 'pk-anything', secretKey: acme.key, baseUrl: server.url() };
  const processor = new LangfuseSpanProcessor({ ...access, environment: 'staging', release: 'r1' });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  setLangfuseTracerProvider(provider);
  const root = startObservation('answer', { input: { question: 'why?' } });
  const call = root.startObservation(
    'call',
    {
      model: 'gpt-4o',
      input: [{ role: 'user', content: 'why?' }],
      output: 'because',
      usageDetails: { input: 60, input_cached_tokens: 40, output: 20 },
      costDetails: { total: 0.01 },
      prompt: { name: 'greet', version: 3, isFallback: false },
    },
    { asType: 'generation' },
  );
  root.startObservation('search', { level: 'ERROR', statusMessage: 'boom' }, { asType: 'tool' }).end();
  call.end();
  root.end();
  await processor.forceFlush();
  await provider.shutdown();
  setLangfuseTracerProvider(null);

  const langfuse = new LangfuseClient(access);
  langfuse.score.create({
    traceId: root.traceId,
    observationId: call.id,
    name: 'correct',
    value: 1,
    dataType: 'BOOLEAN',
    comment: 'ok',
  });
  langfuse.score.create({ id: 'verdict', traceId: root.traceId, name: 'verdict', value: 'good', dataType: 'CATEGORICAL' });
  await langfuse.score.flush();

  await server.settled();
  const { totals, spans } = await shown(root.traceId);
  expect(totals).toMatchObject({ inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, costUsd: 0.01 });
  const byName = Object.fromEntries(spans.map((span) => [span.name, span]));
  expect(byName['call']).toMatchObject({
    kind: 'generation',
    model: 'gpt-4o',
    environment: 'staging',
    release: 'r1',
    costSource: 'given: langfuse.observation.cost_details',
    promptName: 'greet',
    promptVersion: '3',
    output: 'because',
    scores: [{ name: 'correct', value: 1, label: 'true', explanation: 'ok' }],
  });
  expect(byName['search']).toMatchObject({ kind: 'tool', status: 'error', statusMessage: 'boom' });
  expect(byName['answer']).toMatchObject({ scores: [{ id: 'verdict', spanId: null, value: null, label: 'good' }] });
});
