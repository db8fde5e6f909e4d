import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enginePid } from '../../../stores/testing/pids.ts';
import { testServer, type Reply, type TestServer } from '../../../testing/server.ts';
import { defaultLimits } from '../otlp/index.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { fixture } from '../otlp/testing/documents.ts';
import { encodeJson, encodeTraces } from '../otlp/testing/encode.ts';

/** The way of a trace, from what a client's exporter sends to what is answered about it. */

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
});
afterAll(() => server.close());

const traceIdOf = (n: number) => n.toString(16).padStart(32, 'a');
const spanIdOf = (n: number) => n.toString(16).padStart(16, 'b');

const send = (body: Uint8Array | string, headers: Record<string, string> = {}, path = '/v1/traces') =>
  server.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${acme.key}`, ...headers },
    body,
  });
const asJson = { 'content-type': 'application/json' };

interface Traces {
  traces: { traceId: string; spanCount: number; workflow: string | null; name: string }[];
}
const list = async (input: object = {}, key = acme.key) =>
  ((await server.ask('telemetry.traces', { client: 'Acme', limit: 200, ...input }, key)).json as unknown as Traces).traces;
/** In the list, once all is in the store. */
const arrived = async (traceId: string) => {
  await server.settled();
  expect((await list()).map((trace) => trace.traceId)).toContain(traceId);
};
const show = async (traceId: string) =>
  (await server.ask('telemetry.trace', { client: 'Acme', traceId }, acme.key)) as Reply & { json: Record<string, unknown> };

/** A wrapper and the model call in it, which says the same tokens. */
const batch = (n: number) =>
  traces(
    [
      span(
        { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 100 },
        { traceId: traceIdOf(n), spanId: spanIdOf(1), name: 'agent' },
      ),
      span(
        {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-5',
          'gen_ai.response.model': 'gpt-5-2026',
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.cache_read.input_tokens': 40,
          'gen_ai.usage.output_tokens': 7,
          'gen_ai.usage.cost': 0.25,
          'acme.attempt': 1,
          'acme.attempt.text': '1',
        },
        { traceId: traceIdOf(n), spanId: spanIdOf(2), parentSpanId: spanIdOf(1), name: 'chat gpt-5' },
      ),
    ],
    { 'service.name': 'support', 'user.id': 'u1' },
  );

test('what a client sends is shown, with one meaning per field and nothing counted twice', async () => {
  expect(await send(gzipSync(encodeTraces(batch(1))), { 'content-encoding': 'gzip' })).toMatchObject({
    status: 200,
    text: '',
    headers: { 'content-type': 'application/x-protobuf' },
  });
  await arrived(traceIdOf(1));
  const totals = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 7, reasoningTokens: null, costUsd: 0.25 };
  expect((await list({ workflow: 'support' })).find(({ traceId }) => traceId === traceIdOf(1))).toMatchObject({
    ...totals,
    name: 'agent',
    workflow: 'support',
    spanCount: 2,
    status: 'ok',
    durationMs: 1000,
    startedAt: '2026-11-21T00:43:03.834000Z',
    models: ['gpt-5-2026'],
  });
  expect((await show(traceIdOf(1).toUpperCase())).json).toMatchObject({
    client: acme.id,
    traceId: traceIdOf(1),
    totals,
    spanCount: 2,
    spans: [
      { spanId: spanIdOf(1), parentSpanId: null, kind: 'agent' },
      {
        spanId: spanIdOf(2),
        parentSpanId: spanIdOf(1),
        kind: 'generation',
        provider: 'openai',
        requestModel: 'gpt-5',
        model: 'gpt-5-2026',
        costUsd: 0.25,
        costSource: 'given: gen_ai.usage.cost',
        // A number and a text stay what they were.
        attributes: { 'acme.attempt': 1, 'acme.attempt.text': '1' },
        resource: { 'service.name': 'support' },
      },
    ],
  });
  expect((await server.ask('workflows.list', { client: 'Acme' }, acme.key)).json).toMatchObject({
    workflows: [{ name: 'support', stage: 'discovered', owner: null }],
  });
  expect(await list({ workflow: 'another' })).toEqual([]);
  expect(await list({ to: '2026-11-21T00:43:03Z' })).toEqual([]);
});

test('messages, which a row keeps once, are shown and found as the attributes that they were sent as', async () => {
  const question = `What of "this"? ${'word '.repeat(20)}`;
  const answer = `=input ${'word '.repeat(20)}é`;
  const sent = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.input.messages': question,
    'gen_ai.output.messages': answer,
    'acme.same': question,
    'acme.named': '=input',
  };
  const body = traces([span(sent, { traceId: traceIdOf(40), spanId: spanIdOf(1) })]);
  expect((await send(encodeJson(body), asJson)).status).toBe(200);
  await arrived(traceIdOf(40));
  expect((await show(traceIdOf(40))).json).toMatchObject({
    spans: [{ input: question, output: answer, attributes: sent }],
  });
  const found = async (attribute: string) => (await list({ attribute })).map(({ traceId }) => traceId);
  expect(await found(`acme.same=${question}`)).toEqual([traceIdOf(40)]);
  expect(await found(`gen_ai.output.messages=${answer}`)).toEqual([traceIdOf(40)]);
  expect(await found(`gen_ai.output.messages=${question}`)).toEqual([]);
  expect(await found('gen_ai.output.messages==output')).toEqual([]);
});

test('bodies of stock exporters are taken, protobuf and JSON, gzipped and plain, under both paths', async () => {
  const replies = [
    await send(fixture('otel-js-exporters-1.pb')),
    await send(fixture('otel-js-exporters-2.json'), asJson, '/api/otel/v1/traces'),
    await send(fixture('otel-js-exporters-3.pb.gz'), { 'content-encoding': 'gzip' }),
    await send(fixture('vercel-ai-5-1.json'), asJson),
    await send(fixture('openinference-openai-1.pb')),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(replies[1]!.json).toEqual({});
});

test('the same batch three times, and once more in the next hour, is there once', async () => {
  const timeless = traces([span({}, { traceId: traceIdOf(2), startTimeUnixNano: '0', name: 'no time' })]);
  for (let n = 0; n < 3; n += 1) {
    expect((await send(encodeJson(batch(3)), asJson)).status).toBe(200);
    expect((await send(encodeJson(timeless), asJson)).status).toBe(200);
    // Each in a segment of its own.
    await server.settled();
  }
  server.later(3_600_000);
  await send(encodeJson(timeless), asJson);
  await send(encodeJson(traces([span({}, { traceId: traceIdOf(4) })])), asJson);
  await arrived(traceIdOf(4));
  const counts = (await list()).map(({ traceId, spanCount }) => [traceId, spanCount]);
  expect(counts.filter(([id]) => id === traceIdOf(3))).toEqual([[traceIdOf(3), 2]]);
  expect(counts.filter(([id]) => id === traceIdOf(2))).toEqual([[traceIdOf(2), 1]]);
  expect((await show(traceIdOf(3))).json).toMatchObject({ spanCount: 2, totals: { inputTokens: 100 } });
});

test('what cannot be told from other spans is refused by count, and the rest is kept', async () => {
  const body = encodeJson(traces([span({}, { traceId: traceIdOf(5) }), span({}, { traceId: '0'.repeat(32) })]));
  expect((await send(body, asJson)).json).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: '1 rejected: trace_id_invalid' },
  });
  await arrived(traceIdOf(5));
});

test('what nobody may send, or nobody can read, is refused in the words and the type of the request', async () => {
  const body = encodeTraces(batch(6));
  const reader = (await server.key(acme.id, ['read'])).key;
  const bomb = gzipSync(Buffer.alloc(defaultLimits.bodyBytes + 1));
  const cases: [Promise<Reply>, number, number][] = [
    [send(body, { authorization: `Bearer ${reader}`, ...asJson }), 403, 7],
    [send(body, { authorization: `Bearer ${server.ownerKey()}`, ...asJson }), 403, 7],
    [send(body, { authorization: 'Bearer nobody', ...asJson }), 401, 16],
    [send('{', asJson), 400, 3],
    [send('not gzip', { ...asJson, 'content-encoding': 'gzip' }), 400, 3],
    [send('{}', { ...asJson, 'content-encoding': 'br' }), 415, 3],
    [send('<a/>', { 'content-type': 'text/xml' }), 415, 3],
    [send(bomb, { ...asJson, 'content-encoding': 'gzip' }), 413, 8],
    [send(Buffer.alloc(defaultLimits.bodyBytes + 1), asJson), 413, 8],
  ];
  for (const [reply, status, code] of cases) expect(await reply).toMatchObject({ status, json: { code } });
  const malformed = await send(Buffer.from([0xff, 0xff, 0xff]));
  expect(malformed).toMatchObject({ status: 400, headers: { 'content-type': 'application/x-protobuf' } });
  expect(malformed.text.startsWith('\b\u0003')).toBe(true);
  expect((await server.send('/v1/traces')).status).toBe(405);
});

test('a resource that would be repeated past all measure is refused', async () => {
  const many = Array.from({ length: 2000 }, (_, n) => span({}, { traceId: traceIdOf(7), spanId: spanIdOf(n) }));
  const reply = await send(encodeJson(traces(many, { note: 'x'.repeat(60_000) })), asJson);
  expect(reply).toMatchObject({ status: 413, json: { code: 8, message: expect.stringContaining('smaller batches') } });
});

test('another client sees nothing of it', async () => {
  const other = await server.client('Other');
  await arrived(traceIdOf(1));
  const ask = (name: string, input: object) => server.ask(name, input, other.key);
  expect((await ask('telemetry.traces', { client: 'Other' })).json).toMatchObject({ traces: [] });
  expect((await ask('workflows.list', { client: 'Other' })).json).toMatchObject({ workflows: [] });
  expect(await ask('telemetry.trace', { client: 'Other', traceId: traceIdOf(1) })).toMatchObject({ status: 404 });
  expect(await ask('telemetry.traces', { client: 'Acme' })).toMatchObject({ status: 404 });
});

test('kill -9 of the store between acknowledgement and load loses nothing', async () => {
  for (let n = 0; n < 3; n += 1) {
    const engine = enginePid(server.dataDir);
    // Stopped, it can take nothing: what is acknowledged now is in the spool alone.
    process.kill(engine, 'SIGSTOP');
    expect((await send(encodeTraces(batch(10 + n)))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 300 * n));
    process.kill(engine, 'SIGKILL');
    await arrived(traceIdOf(10 + n));
    expect((await show(traceIdOf(10 + n))).json).toMatchObject({ spanCount: 2 });
  }
});

test('what is acknowledged right before the end is there after the next start', async () => {
  expect((await send(encodeTraces(batch(20)))).status).toBe(200);
  await server.restart();
  await arrived(traceIdOf(20));
});
