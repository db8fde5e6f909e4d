import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS } from '../../../platform/clock.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeJson } from '../otlp/testing/encode.ts';

let server: TestServer;
beforeAll(async () => (server = await testServer()));
afterAll(() => server.close());

const atMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3600_000;
const nanos = (ms: number) => `${BigInt(ms) * 1_000_000n}`;

test('what was sent again with another cost is in the charts after the night, and only once', async () => {
  const acme = await server.client('Acme');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${acme.key}` };
  const send = async (n: number, cost: number) => {
    const call = span(
      { 'gen_ai.operation.name': 'chat', 'gen_ai.response.model': 'gpt-5', 'gen_ai.usage.cost': cost },
      {
        traceId: n.toString(16).padStart(32, 'a'),
        spanId: 'b'.repeat(16),
        startTimeUnixNano: nanos(atMs + n),
        endTimeUnixNano: nanos(atMs + n + 100),
      },
    );
    expect((await server.send('/v1/traces', { method: 'POST', headers, body: encodeJson(traces([call])) })).status).toBe(200);
  };
  const sums = async () => {
    const period = { from: new Date(atMs - DAY_MS).toISOString(), bucket: 'day' };
    const of = async (metric: string) => {
      const { json } = await server.ask('telemetry.metrics', { client: 'Acme', metric, ...period });
      const { series } = json as unknown as { series: { points: { value: number }[] }[] };
      return (series[0]?.points ?? []).reduce((sum, { value }) => sum + value, 0);
    };
    return [await of('runs'), await of('costUsd')];
  };
  for (const n of [1, 2]) await send(n, 1);
  await server.settled();
  expect(await sums()).toEqual([2, 2]);
  await send(1, 5);
  await server.settled();
  const { json } = await server.ask('telemetry.trace', { client: 'Acme', traceId: '1'.padStart(32, 'a') });
  expect(json).toMatchObject({ totals: { costUsd: 5 } });
  expect(await sums()).toEqual([2, 2]);

  await server.runDueJobs();
  expect(await sums()).toEqual([2, 6]);
  // Safe to run twice.
  server.later(DAY_MS);
  await server.runDueJobs();
  expect(await sums()).toEqual([2, 6]);
});
