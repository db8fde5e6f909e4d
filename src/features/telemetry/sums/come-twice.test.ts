import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeJson } from '../otlp/testing/encode.ts';
import { recost } from '../prices/recost.ts';

/** Charts are what the spans say again after a night, whatever came between. */

/** Prices anew, and is killed while it sums up: what was there is gone, what is there now is not. */
const cutOff = operation({
  name: 'test.recost',
  summary: 'Prices anew and ends while it sums up.',
  access: { of: 'client', does: 'write', key: 'write', roles: ['owner'] },
  confirms: false,
  input: z.object({ client: clientField, from: z.string(), to: z.string() }),
  output: z.object({}),
  async run(ctx, { from, to }) {
    const sumAgain = async () => {
      for (const table of ['usage_minute', 'usage_hour', 'usage_day', 'run_minute', 'run_hour', 'run_day'])
        await server.telemetry().command(`DELETE FROM ${table} WHERE client_id = {client:UUID}`, { client: ctx.client!.id });
      throw new Error('It was killed.');
    };
    const killed = { ...ctx.removal, sumAgain };
    await expect(recost({ ...ctx, removal: killed }, from, to, false)).rejects.toThrow('It was killed.');
    return {};
  },
});

let server: TestServer;
beforeAll(async () => (server = await testServer([cutOff])));
afterAll(() => server.close());

const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - 5 * DAY_MS;
const nanos = (ms: number) => `${BigInt(ms) * 1_000_000n}`;
const callOf = (traceId: string, model: string) =>
  span(
    { 'gen_ai.operation.name': 'chat', 'gen_ai.response.model': model, 'gen_ai.usage.input_tokens': 1_000_000 },
    {
      traceId: traceId.repeat(32),
      spanId: traceId.repeat(16),
      startTimeUnixNano: nanos(DAY + HOUR_MS),
      endTimeUnixNano: nanos(DAY + HOUR_MS + 100),
    },
  );

async function send(client: { key: string }, call: ReturnType<typeof span>) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${client.key}` };
  expect((await server.send('/v1/traces', { method: 'POST', headers, body: encodeJson(traces([call])) })).status).toBe(200);
  await server.settled();
}

/** What the charts say of that day. */
async function costOf(client: string): Promise<number> {
  const asked = { client, metric: 'costUsd', from: new Date(DAY).toISOString(), to: new Date(DAY + DAY_MS).toISOString() };
  const { json } = await server.ask('telemetry.metrics', { ...asked, bucket: 'day' });
  const { series } = json as unknown as { series: { points: { value: number | null }[] }[] };
  return (series[0]?.points ?? []).reduce((sum, { value }) => sum + (value ?? 0), 0);
}

async function night() {
  server.later(DAY_MS);
  await server.runDueJobs();
}

test('a span that comes again after a restart counts once, and a new price counts where whoever set it was killed', async () => {
  const [acme, birch] = [await server.client('Acme'), await server.client('Birch')];
  const price = (inputUsdPerMillion: number) =>
    server.ask('prices.set', { client: 'Birch', model: 'house', inputUsdPerMillion, outputUsdPerMillion: 0 });
  await server.ask('prices.set', { client: 'Acme', model: 'house', inputUsdPerMillion: 1, outputUsdPerMillion: 0 });
  await price(1);
  server.later(-3 * HOUR_MS);
  await send(acme, callOf('a', 'house'));
  await send(birch, callOf('b', 'house'));
  server.later(3 * HOUR_MS);
  await server.restart();
  await send(acme, callOf('a', 'house'));
  expect(await costOf('Acme')).toBe(2);
  await price(5);
  const period = { client: 'Birch', from: new Date(DAY).toISOString(), to: new Date(DAY + DAY_MS).toISOString() };
  expect((await server.ask('test.recost', period)).status).toBe(200);
  await server.settled();
  expect(await costOf('Birch')).toBe(0);
  await night();
  expect([await costOf('Acme'), await costOf('Birch')]).toEqual([1, 5]);
}, 120_000);
