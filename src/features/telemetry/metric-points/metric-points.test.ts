import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { someMetrics } from '../otlp/testing/body.ts';
import { encodeJson, encodeMetrics, type Doc } from '../otlp/testing/encode.ts';
import type { MetricPoint } from './model.ts';

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
});
afterAll(() => server.close());

const send = (path: string, body: Uint8Array, headers: Record<string, string> = {}, key = acme.key) =>
  server.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body,
  });
const list = async (input: object = {}, client = acme) =>
  (
    (await server.ask('telemetry.metricPoints', { client: client.name, ...input }, client.key)).json as unknown as {
      points: MetricPoint[];
    }
  ).points;
const gauges = (name: string, dataPoints: readonly unknown[]): Doc => ({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints } }] }] }],
});

test('points of every kind are kept and told, once however often and in whatever encoding they come', async () => {
  const doc = someMetrics({ 'gen_ai.request.model': 'gpt-5', n: 1, 'n.text': '1' }, { 'service.name': 'support' });
  const protobuf = { 'content-type': 'application/x-protobuf' };
  expect(await send('/v1/metrics', encodeMetrics(doc), protobuf)).toMatchObject({ status: 200, text: '' });
  expect(await send('/otlp/v1/metrics', encodeJson(doc))).toMatchObject({ status: 200, json: {} });
  expect(
    (await send('/api/otel/v1/metrics', gzipSync(encodeMetrics(doc)), { ...protobuf, 'content-encoding': 'gzip' })).status,
  ).toBe(200);
  expect((await send('/api/public/otel/v1/metrics/v1/metrics', encodeJson(doc))).status).toBe(200);
  await server.settled();
  expect(await list()).toHaveLength(6);
  const points = await list();
  const named = (name: string) => points.find((point) => point.name === name);
  expect(named('sum')).toMatchObject({
    kind: 'sum',
    description: 'what it is',
    unit: 's',
    temporality: 'cumulative',
    isMonotonic: true,
    at: '2026-11-21T00:43:04.834000Z',
    startAt: '2026-11-21T00:43:03.834000Z',
    value: 42,
    count: null,
    attributes: { 'gen_ai.request.model': 'gpt-5', n: 1, 'n.text': '1' },
    resource: { 'service.name': 'support' },
    workflow: 'support',
    scope: 'test',
    flags: [],
  });
  expect(named('histogram')).toMatchObject({ count: 6, sum: 7.5, min: 0.5, max: 4, bounds: [1, 2], bucketCounts: [1, 2, 3] });
  expect(named('exponential')).toMatchObject({
    count: 7,
    bounds: [],
    exponential: {
      scale: -2,
      zeroCount: 1,
      zeroThreshold: 0.25,
      positiveOffset: -4,
      positiveCounts: [1, 2],
      negativeOffset: 3,
      negativeCounts: [3],
    },
  });
  expect(named('summary')).toMatchObject({
    quantiles: [
      { quantile: 0.5, value: 1 },
      { quantile: 0.99, value: 5 },
    ],
  });
  expect(
    points
      .filter(({ name }) => name === 'gauge')
      .map(({ value }) => value)
      .toSorted((a, b) => a! - b!),
  ).toEqual([-3, 0.5]);

  expect((await list({ name: 'sum' })).map(({ name }) => name)).toEqual(['sum']);
  expect(await list({ name: '' })).toEqual([]);
  expect(await list({ to: '2026-11-21T00:43:04Z' })).toEqual([]);
  expect(await list({ limit: 2 })).toHaveLength(2);
});

test('what cannot be kept is told by count of points, and the ledger adds up', async () => {
  const reply = await send('/v1/metrics', encodeJson(gauges('g', [{ asDouble: 1 }, 'no point', { asDouble: 'NaN' }])));
  expect(reply).toMatchObject({
    status: 200,
    json: { partialSuccess: { rejectedDataPoints: '1', errorMessage: '1 rejected: not_an_object' } },
  });
  await server.settled();
  expect(await list({ name: 'g' })).toHaveLength(2);
  expect((await list({ name: 'g' })).map(({ value, flags }) => [value, flags])).toEqual(
    expect.arrayContaining([
      [1, []],
      [null, ['value_invalid']],
    ]),
  );
  const ledger = async () => (await server.ask('telemetry.ledger', { client: 'Acme' }, acme.key)).json;
  expect(await ledger()).toMatchObject({
    balanced: true,
    kinds: expect.arrayContaining([
      expect.objectContaining({
        kind: 'metric_point',
        received: 27,
        stored: 8,
        deduplicated: 18,
        rejected: { not_an_object: 1 },
      }),
    ]),
  });
  expect(await send('/v1/metrics', Buffer.from('{'))).toMatchObject({ status: 400, json: { code: 3 } });
});

test('another client sees nothing of it, and keeps no more than it wants to', async () => {
  const other = await server.client('Other');
  expect(await list({}, other)).toEqual([]);
  expect(await server.ask('telemetry.metricPoints', { client: 'Acme' }, other.key)).toMatchObject({ status: 404 });
  await server.ask('redaction.set', { client: 'Other', patterns: ['email'] });
  const doc = someMetrics({ 'user.email': 'jane@doe.example' }, { owner: 'joe@doe.example', 'service.name': 'support' });
  expect((await send('/v1/metrics', encodeJson(doc), {}, other.key)).status).toBe(200);
  await server.settled();
  expect(await list({}, other)).toHaveLength(6);
  const points = await list({ name: 'sum' }, other);
  expect(points).toMatchObject([
    {
      attributes: { 'user.email': '[email struck]', 'steward.struck': { email: 1 } },
      resource: { owner: '[email struck]' },
      value: 42,
    },
  ]);
  expect(JSON.stringify(await list({}, other))).not.toContain('doe.example');

  await server.ask('retention.set', { client: 'Other', kind: 'metrics', days: 30 });
  server.later(31 * 86_400_000);
  await server.runDueJobs();
  expect(await list({}, other)).toEqual([]);
});
