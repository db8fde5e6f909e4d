import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeTraces } from '../otlp/testing/encode.ts';
import { spanIdOf, traceIdOf } from './ids.ts';

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
});
afterAll(() => server.close());

const basic = (key: string) => `Basic ${Buffer.from(`pk-lf-1:${key}`).toString('base64')}`;
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  server.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: basic(acme.key), ...headers },
    body: body instanceof Uint8Array ? body : JSON.stringify(body),
  });
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();
const event = (type: string, second: number, body: object) => ({ id: randomUUID(), type, timestamp: at(second), body });
const ingest = async (...batch: object[]) => {
  const reply = await post('/api/public/ingestion', { batch });
  return [reply.status, reply.json as unknown] as const;
};
const show = (trace: string) => server.ask('telemetry.trace', { client: 'Acme', traceId: traceIdOf(trace) }, acme.key);
interface Shown {
  totals: object;
  spans: ({ spanId: string; name: string; durationMs: number | null; scores: object[] } & Record<string, unknown>)[];
}
const shown = async (trace: string) => (await show(trace)).json as unknown as Shown;
const spanOf = async (trace: string, id: string) => (await shown(trace)).spans.find(({ spanId }) => spanId === spanIdOf(id));

test('an older client: a trace, its observations in several batches, and its scores', async () => {
  const [trace, outer, call] = [randomUUID(), randomUUID(), 'call-1'];
  const first = await ingest(
    event('trace-create', 0, {
      id: trace,
      name: 'answering',
      userId: 'u1',
      sessionId: 's1',
      tags: ['a'],
      input: { q: 'why?' },
      timestamp: at(0),
    }),
    event('span-create', 1, { id: outer, traceId: trace, name: 'retrieve', startTime: at(1) }),
    event('generation-create', 2, {
      id: call,
      traceId: trace,
      parentObservationId: outer,
      name: 'call',
      startTime: at(2),
      model: 'gpt-4o',
      input: [{ role: 'user', content: 'why?' }],
      promptName: 'greet',
      promptVersion: 2,
    }),
    event('event-create', 3, { id: 'cache-hit', traceId: trace, name: 'cache hit', startTime: at(3) }),
  );
  expect(first).toMatchObject([207, { successes: [{ status: 201 }, {}, {}, {}], errors: [] }]);
  const second = await ingest(
    event('span-update', 5, { id: outer, traceId: trace, endTime: at(4), level: 'ERROR', statusMessage: 'too slow' }),
    event('generation-update', 5, {
      id: call,
      traceId: trace,
      endTime: at(4),
      output: 'because',
      usage: { promptTokens: 1000, completionTokens: 200 },
    }),
    event('score-create', 6, { id: 'n1', traceId: trace, name: 'helpful', value: 0.75, comment: 'fine' }),
    event('score-create', 6, {
      id: 'n2',
      traceId: trace,
      observationId: call,
      name: 'ok',
      value: 0,
      dataType: 'BOOLEAN',
      source: 'ANNOTATION',
    }),
    event('trace-create', 7, { id: trace, output: 'because' }),
  );
  expect(second[0]).toBe(207);
  await server.settled();
  const { totals, spans } = await shown(trace);
  expect(totals).toMatchObject({ inputTokens: 1000, outputTokens: 200, costUsd: 0.0045 });
  expect(spans.map(({ name }) => name)).toEqual(['answering', 'retrieve', 'call', 'cache hit']);
  const [root, retrieve] = spans;
  expect(root).toMatchObject({
    user: 'u1',
    session: 's1',
    tags: ['a'],
    workflow: 'answering',
    input: '{"q":"why?"}',
    output: 'because',
    scores: [{ id: 'n1', value: 0.75, spanId: null, explanation: 'fine' }],
  });
  expect(retrieve).toMatchObject({ parentSpanId: root!.spanId, durationMs: 3000, status: 'error', statusMessage: 'too slow' });
  expect(await spanOf(trace, call)).toMatchObject({
    parentSpanId: spanIdOf(outer),
    kind: 'generation',
    workflow: 'answering',
    user: 'u1',
    startedAt: '2026-11-20T10:00:02.000000Z',
    durationMs: 2000,
    input: '[{"role":"user","content":"why?"}]',
    promptName: 'greet',
    promptVersion: '2',
    scores: [{ id: 'n2', value: 0, label: 'false', source: 'person' }],
  });
});

test('what cannot be read of a batch is told by event, and the rest is kept', async () => {
  const trace = randomUUID();
  const good = event('trace-create', 0, { id: trace, name: 'kept' });
  const bad = [
    event('trace-create', 0, { name: 'no id' }),
    event('sdk-log', 0, { log: 'x' }),
    event('score-create', 0, { name: 'of a session', sessionId: 's', value: 1 }),
    event('span-create', 0, { id: 'x', traceId: trace, startTime: 'yesterday' }),
  ];
  const [status, answer] = await ingest(good, ...bad, null as never);
  expect(status).toBe(207);
  expect(answer).toMatchObject({
    successes: [{ id: good.id }],
    errors: [...bad.map(({ id }) => ({ id, status: 400 })), { id: '' }],
  });
  await server.settled();
  expect((await show(trace)).status).toBe(200);
});

test('a single score, OTLP by Langfuse’s path, and its health', async () => {
  const traceId = randomUUID().replaceAll('-', '');
  const otlp = gzipSync(encodeTraces(traces([span({ 'langfuse.observation.type': 'generation' }, { traceId })])));
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  expect(await post('/api/public/otel/v1/traces', otlp, headers)).toMatchObject({ status: 200, text: '' });
  expect((await post('/api/public/scores', { id: 'one', traceId, name: 'fit', value: 'good' })).json).toEqual({ id: 'one' });
  await server.settled();
  expect((await shown(traceId)).spans[0]!.scores).toHaveLength(1);
  expect((await server.send('/api/public/health')).json).toMatchObject({ status: 'OK' });
});

test('what is not there, or not open, says so', async () => {
  for (const path of ['/api/public/v2/prompts/greet', '/api/public/traces', '/api/public/dataset-items'])
    expect(await server.send(path)).toMatchObject({
      status: 404,
      json: { message: expect.stringContaining('/api/public/ingestion') },
    });
  const reader = (await server.key(acme.id, ['read'])).key;
  expect((await post('/api/public/scores', {}, { authorization: basic(reader) })).status).toBe(403);
  expect((await post('/api/public/ingestion', {}, { authorization: basic('nobody') })).status).toBe(401);
  const malformed: unknown[] = [
    { batch: 1 },
    {},
    Buffer.from('{'),
    Buffer.from('[]'),
    { batch: Array.from({ length: 10_001 }, () => 0) },
  ];
  for (const body of malformed) expect((await post('/api/public/ingestion', body)).status).toBe(400);
  expect((await post('/api/public/scores', { name: 'fit', value: 1 })).status).toBe(400);
});

test('hostile values neither fail nor stay in the way of others', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const trace = randomUUID();
  const batch = [
    event('generation-create', 0, {
      id: '__proto__',
      traceId: 'constructor',
      name: '\uD800',
      input: 'DEEP',
      usage: { input: 1e300, __proto__: 1 },
    }),
    event('generation-create', 0, {
      id: 'x'.repeat(500),
      traceId: 'y',
      startTime: '9999-12-31T00:00:00Z',
      endTime: '0001-01-01T00:00:00Z',
    }),
    event('score-create', 0, { traceId: 'z', name: 'a\uD800\u0000', value: '\uDFFF', timestamp: '+275760-09-13T00:00:00.000Z' }),
    event('trace-create', 0, { id: trace, name: 'behind them' }),
  ];
  expect((await post('/api/public/ingestion', Buffer.from(JSON.stringify({ batch }).replace('"DEEP"', deep)))).status).toBe(207);
  await server.settled();
  expect((await show(trace)).status).toBe(200);
  expect(server.log.filter((line) => line.includes('refuses'))).toEqual([]);
});

test('a batch of thousands of events is kept', async () => {
  const batch = Array.from({ length: 3000 }, (_, n) => event('span-create', 1, { id: `span-${n}`, traceId: `many-${n % 1500}` }));
  const [status, answered] = await ingest(...batch);
  expect([status, (answered as { successes: object[] }).successes.length]).toEqual([207, 3000]);
});

test('updates of one span right after one another, and at once, lose nothing of each other', async () => {
  const [trace, call] = [randomUUID(), 'call-3'];
  await ingest(
    event('trace-create', 0, { id: trace, name: 'hurried', userId: 'u2', timestamp: at(0) }),
    event('generation-create', 1, { id: call, traceId: trace, name: 'call', startTime: at(1), model: 'gpt-4o', input: 'why?' }),
  );
  await server.settled();
  const update = (body: object) => ingest(event('generation-update', 2, { id: call, traceId: trace, ...body }));
  await update({ output: 'because', endTime: at(3) });
  await update({ usage: { promptTokens: 1000, completionTokens: 200 } });
  await Promise.all([update({ statusMessage: 'fine' }), update({ promptName: 'greet', promptVersion: 2 })]);
  await server.settled();
  expect(await spanOf(trace, call)).toMatchObject({
    user: 'u2',
    input: 'why?',
    output: 'because',
    durationMs: 2000,
    inputTokens: 1000,
    outputTokens: 200,
    statusMessage: 'fine',
    promptName: 'greet',
  });
});
