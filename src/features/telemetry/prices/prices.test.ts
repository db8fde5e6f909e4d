import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../stores/testing/temp.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeJson } from '../otlp/testing/encode.ts';
import { CATALOGUE } from './catalogue.ts';

let server: TestServer;
beforeAll(async () => (server = await testServer()));
afterAll(() => server.close());

type Sender = Awaited<ReturnType<TestServer['client']>>;
const traceIdOf = (n: number) => n.toString(16).padStart(32, 'c');

async function sendCall({ key }: Sender, n: number, attributes: Record<string, string | number> = {}) {
  const call = span(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      ...attributes,
    },
    { traceId: traceIdOf(n), startTimeUnixNano: `${Date.parse('2026-11-21T00:43:03.834Z')}123456` },
  );
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  expect((await server.send('/v1/traces', { method: 'POST', headers, body: encodeJson(traces([call])) })).status).toBe(200);
}

interface Shown {
  totals: { costUsd: number | null };
  spans: { costUsd: number | null; costSource: string | null }[];
}
/** The cost of a call, once it is there. */
async function costOf({ id, key }: Sender, n: number) {
  await server.settled();
  const { json } = await server.ask('telemetry.trace', { client: id, traceId: traceIdOf(n) }, key);
  const { totals, spans } = json as unknown as Shown;
  return [totals.costUsd, spans[0]!.costUsd, spans[0]!.costSource];
}
const set = async (client: Sender, price: object) => {
  const reply = await server.ask('prices.set', { client: client.id, ...price });
  return { status: reply.status, id: (reply.json as unknown as { id: string }).id };
};

test('a call costs what the client says, else by its own prices, else by the public ones; else nobody knows', async () => {
  const [acme, globex] = [await server.client('Acme'), await server.client('Globex')];
  await sendCall(acme, 1);
  await sendCall(acme, 2, { 'gen_ai.response.model': 'acme-9b' });
  expect(await costOf(acme, 1)).toEqual([0.0045, 0.0045, CATALOGUE]);
  expect(await costOf(acme, 2)).toEqual([null, null, null]);
  const { id } = await set(acme, { model: 'acme-*', inputUsdPerMillion: 1, outputUsdPerMillion: 5 });
  // Prices are known to the intake for some seconds.
  let n = 10;
  await eventually(async () => {
    n += 1;
    await sendCall(acme, n, { 'gen_ai.response.model': 'acme-9b' });
    return (await costOf(acme, n))[0] !== null;
  });
  expect(await costOf(acme, n)).toEqual([0.002, 0.002, `own price ${id}`]);
  await sendCall(acme, 3, { 'gen_ai.response.model': 'acme-9b', 'gen_ai.usage.cost': 0.5 });
  expect(await costOf(acme, 3)).toEqual([0.5, 0.5, 'given: gen_ai.usage.cost']);
  // Another client's price is no concern of this one.
  await sendCall(globex, 4, { 'gen_ai.response.model': 'acme-9b' });
  expect(await costOf(globex, 4)).toEqual([null, null, null]);
});

test('an agent is priced once where its calls were never sent, and not beside them', async () => {
  const stark = await server.client('Stark');
  await sendCall(stark, 31, { 'gen_ai.operation.name': 'invoke_agent' });
  expect(await costOf(stark, 31)).toEqual([0.0045, null, null]);
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.response.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 9000 };
  const call = {
    'gen_ai.provider.name': 'openai',
    'gen_ai.response.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.output_tokens': 200,
  };
  const [outer, inner] = ['1'.repeat(16), '2'.repeat(16)];
  const body = encodeJson(
    traces([
      span(agent, { traceId: traceIdOf(32), spanId: outer, startTimeUnixNano: '1763685700000000000' }),
      span({ 'gen_ai.operation.name': 'chat', ...call }, { traceId: traceIdOf(32), spanId: inner, parentSpanId: outer }),
    ]),
  );
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${stark.key}` };
  await server.send('/v1/traces', { method: 'POST', headers, body });
  expect(await costOf(stark, 32)).toEqual([0.0045, null, null]);
});

test('a price takes the place of the one before for the same calls, and is removed for good', async () => {
  const initech = await server.client('Initech');
  const list = async () =>
    (await server.ask('prices.list', { client: 'Initech' })).json as unknown as {
      prices: { id: string; inputUsdPerMillion: number }[];
    };
  const first = await set(initech, { model: 'gpt-4o', inputUsdPerMillion: 1 });
  const second = await set(initech, { model: 'GPT-4o', inputUsdPerMillion: 2 });
  const later = await set(initech, { model: 'gpt-4o', inputUsdPerMillion: 3, validFrom: '2026-01-01T00:00:00+01:00' });
  expect((await list()).prices).toMatchObject([
    { id: second.id, inputUsdPerMillion: 2, provider: null, usdPerRequest: null },
    { id: later.id, validFrom: '2025-12-31T23:00:00.000Z' },
  ]);
  expect(second.id).not.toBe(first.id);
  expect((await server.ask('prices.remove', { client: 'Initech', id: second.id })).status).toBe(200);
  expect((await list()).prices).toHaveLength(1);
  expect((await set(initech, { model: 'a*b', inputUsdPerMillion: 1 })).status).toBe(400);
  expect((await set(initech, { model: 'gpt-4o', reasoningUsdPerMillion: 1 })).status).toBe(400);
  expect((await set(initech, { model: 'gpt-4o', inputUsdPerMillion: -1 })).status).toBe(400);
});

test('a period is priced anew after a price change, each call once, and what the client gave stays', async () => {
  const hooli = await server.client('Hooli');
  const unknown = { 'gen_ai.response.model': 'hooli-1' };
  for (const n of [21, 22]) await sendCall(hooli, n, unknown);
  await sendCall(hooli, 23, { ...unknown, 'gen_ai.usage.cost': 7 });
  await sendCall(hooli, 24, { 'gen_ai.input.messages': 'a text that is kept', 'acme.note': 1 });
  for (const n of [21, 22, 23, 24]) await costOf(hooli, n);
  const { id } = await set(hooli, { model: 'hooli-1', usdPerRequest: 0.25 });
  const period = { client: 'Hooli', from: '2026-11-20T00:00:00Z', to: '2026-11-23T00:00:00Z' };
  const recost = async (more: object = {}) => (await server.ask('prices.recost', { ...period, ...more })).json;
  const change = {
    calls: 4,
    given: 1,
    changed: 2,
    before: { costUsd: 7.0045, unknown: 2 },
    after: { costUsd: 7.5045, unknown: 0 },
  };
  expect(await recost({ dryRun: true })).toMatchObject({ ...change, dryRun: true });
  expect(await costOf(hooli, 21)).toEqual([null, null, null]);
  expect(await recost()).toMatchObject(change);
  expect(await costOf(hooli, 21)).toEqual([0.25, 0.25, `own price ${id}`]);
  expect(await costOf(hooli, 23)).toEqual([7, 7, 'given: gen_ai.usage.cost']);
  expect(await recost()).toMatchObject({ changed: 0, before: change.after, after: change.after });
  expect(await recost({ from: period.to, to: period.from })).toMatchObject({ error: { code: 'invalid' } });
  // Charts say the same.
  const chart = await server.ask('telemetry.metrics', { ...period, metric: 'costUsd', bucket: 'day' }, hooli.key);
  expect(chart.json).toMatchObject({ series: [{ points: [{ value: 7.5045, n: 4 }] }] });

  await server.ask('prices.set', { client: 'Hooli', model: 'gpt-4o', inputUsdPerMillion: 1, outputUsdPerMillion: 1 });
  expect(await recost()).toMatchObject({ changed: 1, after: { costUsd: 7.5012 } });
  const reply = await server.ask('telemetry.trace', { client: 'Hooli', traceId: traceIdOf(24) }, hooli.key);
  expect(reply.json).toMatchObject({
    spanCount: 1,
    totals: { costUsd: 0.0012 },
    spans: [{ input: 'a text that is kept', attributes: { 'acme.note': 1 }, startedAt: '2026-11-21T00:43:03.834123Z' }],
  });
});

test('a client has a thousand prices at most, and one may take the place of another', async () => {
  const vandelay = await server.client('Vandelay');
  await using records = await server.records();
  await records.rows(z.never())`
    insert into model_price (client_id, id, model, input_usd, valid_from, created_at)
    select ${vandelay.id}::uuid, gen_random_uuid(), 'model-' || n, 1, '2000-01-01', now() from generate_series(1, 999) as n`;
  expect(await set(vandelay, { model: 'one-more', inputUsdPerMillion: 1 })).toMatchObject({ status: 200 });
  const refused = await server.ask('prices.set', { client: vandelay.id, model: 'too-many', inputUsdPerMillion: 1 });
  expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('1000 prices at most') });
  expect(await set(vandelay, { model: 'model-7', inputUsdPerMillion: 2 })).toMatchObject({ status: 200 });
  const { json } = await server.ask('prices.list', { client: vandelay.id });
  const { prices } = json as unknown as { prices: { model: string }[] };
  expect(prices).toHaveLength(1000);
  expect(prices.map(({ model }) => model)).not.toContain('too-many');
});
