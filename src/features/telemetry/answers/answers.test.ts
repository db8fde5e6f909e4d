import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, wholeList, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeJson } from '../otlp/testing/encode.ts';

/** Answers about what was sent through the front door, on both stores. */

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
const RUNS = 60;
const now = Date.now();
const MINUTE = 60_000;
const nanos = (ms: number) => `${BigInt(ms) * 1_000_000n}`;
const traceIdOf = (n: number) => `c${n.toString(16).padStart(31, '0')}`;
const startOf = (n: number) => now - (RUNS - n) * 20 * MINUTE;

/** Run `n`: an agent that calls a model once. Every tenth fails; from the fortieth on another model answers. */
const run = (n: number) => {
  const at = startOf(n);
  const failed = n % 10 === 9;
  const common = { 'user.id': `u${n % 3}`, 'session.id': `s${Math.floor(n / 6)}` };
  return [
    span(
      { ...common, 'gen_ai.operation.name': 'invoke_agent', 'acme.order': n },
      {
        traceId: traceIdOf(n),
        spanId: 'a'.repeat(16),
        name: 'agent',
        startTimeUnixNano: nanos(at),
        endTimeUnixNano: nanos(at + 1000 + n),
        ...(failed && { status: { code: 2, message: 'The tool timed out' } }),
      },
    ),
    span(
      {
        ...common,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.response.model': n < 40 ? 'gpt-4' : 'gpt-5',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 10,
        'gen_ai.usage.cost': 0.01 * (n + 1),
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: `Wo ist Bestellung Nr${n}?` }] },
        ]),
      },
      {
        traceId: traceIdOf(n),
        spanId: 'b'.repeat(16),
        parentSpanId: 'a'.repeat(16),
        name: 'chat',
        startTimeUnixNano: nanos(at + 10),
        endTimeUnixNano: nanos(at + 500),
      },
    ),
  ];
};

const ask = async <T>(name: string, input: object = {}, key = acme.key) => {
  const reply = await server.ask(name, { client: 'Acme', ...input }, key);
  expect(reply).toMatchObject({ status: 200 });
  return reply.json as unknown as T;
};
interface Listed {
  traces: { traceId: string; status: string }[];
  next: string | null;
  lookedBackTo: string | null;
}
const numbersOf = (listed: Listed['traces']) => listed.map(({ traceId }) => Number.parseInt(traceId.slice(1), 16));
const list = async (input: object) =>
  numbersOf(await wholeList((more) => ask<Listed>('telemetry.traces', { limit: 200, ...input, ...more })));

beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${acme.key}` };
  for (let n = 0; n < RUNS; n += 20) {
    const spans = Array.from({ length: 20 }, (_, i) => run(n + i)).flat();
    const body = encodeJson(traces(spans, { 'service.name': 'support', 'deployment.environment.name': 'prod' }));
    expect((await server.send('/v1/traces', { method: 'POST', headers, body })).status).toBe(200);
  }
  // The same once more: it counts once.
  const again = encodeJson(traces(run(3), { 'service.name': 'support', 'deployment.environment.name': 'prod' }));
  await server.send('/v1/traces', { method: 'POST', headers, body: again });
  await server.settled();
});
afterAll(() => server.close());

const all = Array.from({ length: RUNS }, (_, n) => RUNS - 1 - n);

test('traces are listed from the latest on, each once over all pages', async () => {
  const seen: number[] = [];
  let before: string | null | undefined;
  do {
    const page = await ask<Listed>('telemetry.traces', { limit: 7, ...(before && { before }) });
    seen.push(...numbersOf(page.traces));
    before = page.next;
  } while (before);
  expect(seen).toEqual(all);
});

test('each filter finds what it says, also where the fields stand on different spans of a trace', async () => {
  const cases: [object, (n: number) => boolean][] = [
    [{ workflow: 'support' }, () => true],
    [{ workflow: 'another' }, () => false],
    [{ model: 'gpt-5' }, (n) => n >= 40],
    [{ environment: 'prod', model: 'gpt-4' }, (n) => n < 40],
    [{ user: 'u1', model: 'gpt-5' }, (n) => n % 3 === 1 && n >= 40],
    [{ session: 's2' }, (n) => Math.floor(n / 6) === 2],
    [{ status: 'error' }, (n) => n % 10 === 9],
    [{ status: 'ok', model: 'gpt-5' }, (n) => n % 10 !== 9 && n >= 40],
    [{ minDurationMs: 1050 }, (n) => n >= 50],
    [{ minCostUsd: 0.555 }, (n) => n >= 55],
    [{ search: 'bestellung nr17' }, (n) => n === 17],
    [{ search: 'TIMED OUT', user: 'u0' }, (n) => n % 10 === 9 && n % 3 === 0],
    [{ search: traceIdOf(5) }, (n) => n === 5],
    [{ search: 'bestellung', status: 'error', model: 'gpt-5' }, (n) => n % 10 === 9 && n >= 40],
    [{ search: 'bestellung', status: 'ok', session: 's2' }, (n) => Math.floor(n / 6) === 2 && n % 10 !== 9],
    [{ search: 'bestellung', minCostUsd: 0.555 }, (n) => n >= 55],
    [{ status: 'ok', minCostUsd: 0.555 }, (n) => n >= 55 && n % 10 !== 9],
    [{ status: 'error', model: 'gpt-4', user: 'u0' }, (n) => n % 10 === 9 && n < 40 && n % 3 === 0],
    [{ status: 'error', model: 'another' }, () => false],
    [{ attribute: 'acme.order=12', model: 'gpt-4', minDurationMs: 1000 }, (n) => n === 12],
    [{ attribute: 'acme.order=12' }, (n) => n === 12],
    [{ search: "' OR 1=1 --" }, () => false],
    [{ from: new Date(startOf(30)).toISOString(), to: new Date(startOf(40)).toISOString() }, (n) => n >= 30 && n < 40],
  ];
  for (const [filter, fits] of cases) expect([filter, await list(filter)]).toEqual([filter, all.filter(fits)]);
});

test('scores can be asked for, and make a series', async () => {
  const at = new Date(now).toISOString();
  for (const [n, value] of [
    [4, 0.2],
    [5, 0.9],
  ] as const)
    await ask('scores.create', { traceId: traceIdOf(n), name: 'helpful', value, source: 'person', at });
  await server.settled();
  expect(await list({ scoreName: 'helpful', scoreBelow: 1 })).toHaveLength(2);
  expect(await list({ scoreName: 'helpful', scoreBelow: 0.5 })).toEqual([4]);
  expect(await list({ scoreName: 'helpful', scoreBelow: 1, model: 'gpt-4', status: 'ok' })).toEqual([5, 4]);
  expect(await list({ scoreName: 'helpful', scoreBelow: 1, search: 'bestellung nr5' })).toEqual([5]);
  const { series } = await ask<Series>('telemetry.metrics', { metric: 'score', scoreName: 'helpful', bucket: 'day', ...period });
  expect(total(series[0]!.points, 'n')).toBe(2);
  const [point] = series[0]!.points;
  // Two grades far apart tell little of their mean.
  expect(point!.value! - point!.low!).toBeGreaterThan(0.5);
  await ask('scores.create', { traceId: traceIdOf(4), name: 'correct', value: true, source: 'ground_truth', id: 'label', at });
  const means = async () => {
    const reply = await ask<Series>('telemetry.metrics', { metric: 'score', groupBy: 'scoreName', bucket: 'hour', ...period });
    return Object.fromEntries(reply.series.map(({ group, points }) => [group, total(points, 'value') / points.length]));
  };
  await server.settled();
  expect((await means())['correct']).toBe(1);
  expect((await means())['helpful']).toBeGreaterThan(0);
  // What takes its place counts at once.
  await ask('scores.create', { traceId: traceIdOf(4), name: 'correct', value: false, source: 'ground_truth', id: 'label', at });
  await server.settled();
  expect((await means())['correct']).toBe(0);
  const asked = { metric: 'score', workflow: 'support', ...period };
  const timeline = await ask<{ metric: string; points: Series['series'][number]['points'] }>('workflows.timeline', {
    ...asked,
    score: 'helpful',
  });
  expect(timeline.metric).toBe('score');
  expect(total(timeline.points, 'n')).toBe(2);
  expect(await server.ask('workflows.timeline', { client: 'Acme', ...asked }, acme.key)).toMatchObject({ status: 400 });
  const { scores } = await ask<{ scores: object[] }>('workflows.show', { workflow: 'support' });
  expect(scores).toContainEqual(expect.objectContaining({ name: 'helpful', n: 2, mean: 0.55 }));
  expect(await server.ask('telemetry.metrics', { client: 'Acme', metric: 'runs', groupBy: 'scoreName' })).toMatchObject({
    status: 400,
  });
});

interface Series {
  series: { group: string | null; points: { at: string; value: number | null; n: number; low?: number; high?: number }[] }[];
}
const period = { from: new Date(now - 2 * 24 * 60 * MINUTE).toISOString(), to: new Date(now + 60 * MINUTE).toISOString() };
const total = (points: Series['series'][number]['points'], of: 'value' | 'n') =>
  points.reduce((sum, point) => sum + (point[of] ?? 0), 0);

test.each(['minute', 'hour', 'day'])('a metric by %s adds up to what was sent, resent spans left out', async (bucket) => {
  const query = async (input: object) => (await ask<Series>('telemetry.metrics', { ...period, bucket, ...input })).series;
  const sum = async (input: object) => total((await query(input))[0]!.points, 'value');
  expect(await sum({ metric: 'runs' })).toBe(RUNS);
  expect(await sum({ metric: 'errors' })).toBe(6);
  expect(await sum({ metric: 'inputTokens' })).toBe(RUNS * 100);
  expect(await sum({ metric: 'costUsd' })).toBeCloseTo((0.01 * RUNS * (RUNS + 1)) / 2);
  expect(await sum({ metric: 'runs', session: 's2' })).toBe(6);
  expect(await sum({ metric: 'runs', workflow: 'support', environment: 'prod' })).toBe(RUNS);
  const byModel = await query({ metric: 'runs', groupBy: 'model' });
  expect(byModel.map(({ group, points }) => [group, total(points, 'value')])).toEqual([
    ['gpt-4', 40],
    ['gpt-5', 20],
  ]);
  const [slow] = await query({ metric: 'latencyP50' });
  for (const { value } of slow!.points) expect(value).toBeGreaterThan(990);
  const [calls] = await query({ metric: 'latencyP95', model: 'gpt-5' });
  for (const { value } of calls!.points) expect(Math.abs(value! - 490)).toBeLessThan(10);
  const byStatus = await query({ metric: 'runs', groupBy: 'status' });
  expect(byStatus.map(({ group, points }) => [group, total(points, 'value')])).toEqual([
    ['ok', RUNS - 6],
    ['error', 6],
  ]);
});

test('metrics can be asked by GET, with the same rules', async () => {
  const path = `/api/telemetry.metrics?client=Acme&metric=users&bucket=day&from=${period.from}&to=${encodeURIComponent(period.to)}`;
  const headers = { authorization: `Bearer ${acme.key}` };
  const reply = await server.send(path, { headers });
  expect(reply).toMatchObject({ status: 200, json: { client: acme.id, metric: 'users' } });
  // Of the day that began last there may be one run.
  const perDay = (reply.json as unknown as Series).series[0]!.points.map(({ value }) => value ?? 0);
  expect(Math.max(...perDay)).toBe(3);
  expect(await server.send(path)).toMatchObject({ status: 401 });
  expect(await server.send(`${path}&metric=runs`, { headers })).toMatchObject({ status: 400 });
  expect(await server.send(`/api/scores.create?client=Acme`, { headers })).toMatchObject({ status: 405 });
});

test('sessions and users are listed with what they did', async () => {
  const { sessions } = await ask<{ sessions: object[] }>('telemetry.sessions', { limit: 3 });
  expect(sessions).toMatchObject([{ session: 's9', runs: 6, errors: 1 }, { session: 's8' }, { session: 's7' }]);
  const { users } = await ask<{ users: { user: string; runs: number }[] }>('telemetry.users');
  expect(
    Object.entries(Object.fromEntries(users.map(({ user, runs }) => [user, runs]))).toSorted(([a], [b]) => a.localeCompare(b)),
  ).toEqual([
    ['u0', 20],
    ['u1', 20],
    ['u2', 20],
  ]);
});

test('workflows have a state with a reason, and what they are made of', async () => {
  const { workflows } = await ask<{ workflows: object[] }>('workflows.list');
  expect(workflows).toMatchObject([
    {
      name: 'support',
      stage: 'discovered',
      owner: null,
      state: 'healthy',
      runs: RUNS,
      errors: 6,
      // Since there was enough of it to be judged: its fiftieth run.
      stateSince: expect.stringMatching(/^20.*Z$/),
      lastChange: { of: 'model', sentence: expect.stringMatching(/^Model gpt-5 in place of gpt-4 on /), direction: 'changed' },
    },
  ]);
  expect(await ask('workflows.show', { workflow: 'support' })).toMatchObject({
    name: 'support',
    models: [
      { model: 'gpt-4', calls: 40 },
      { model: 'gpt-5', calls: 20 },
    ],
    failures: [{ message: 'The tool timed out', count: 6 }],
  });
  const { points, changes } = await ask<{ points: unknown[]; changes: { letter: string; sentence: string }[] }>(
    'workflows.timeline',
    { workflow: 'support', metric: 'errorRate', from: new Date(now - 24 * 60 * MINUTE).toISOString() },
  );
  expect(points.length).toBeGreaterThan(15);
  expect(changes).toMatchObject([{ letter: 'A', sentence: expect.stringMatching(/^Model gpt-5 in place of gpt-4 on /) }]);
});

test('the practice sees counts, states and money of its clients', async () => {
  await server.client('Empty');
  const { clients } = (await server.ask('practice.overview', {})).json as unknown as { clients: object[] };
  expect(clients).toMatchObject([
    { name: 'Acme', workflows: 1, states: { healthy: 1 }, runs: RUNS },
    { name: 'Empty', workflows: 0, runs: 0, lastSeenAt: null },
  ]);
});

test('what a user or a session did is all of its traces, also where its id stands on their first span alone', async () => {
  const globex = await server.client('Globex');
  const at = now - 5 * MINUTE;
  const call = (trace: number, spanId: string, attributes: Record<string, string | number>, more: object = {}) =>
    span(attributes, {
      traceId: traceIdOf(trace),
      spanId: spanId.repeat(16),
      startTimeUnixNano: nanos(at),
      endTimeUnixNano: nanos(at + 50),
      ...more,
    });
  const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 400, 'gen_ai.usage.cost': 0.25 };
  const below = { parentSpanId: 'a'.repeat(16) };
  const sent = async (spans: ReturnType<typeof call>[]) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${globex.key}` };
    const body = encodeJson(traces(spans, { 'service.name': 'support' }));
    expect((await server.send('/v1/traces', { method: 'POST', headers, body })).status).toBe(200);
    await server.settled();
  };
  await sent([
    call(1, 'a', { 'user.id': 'anna', 'session.id': 'one' }),
    call(1, 'b', chat, below),
    call(1, 'c', chat, below),
    call(1, 'd', {}, { ...below, status: { code: 2 } }),
    // A batch for two.
    call(2, 'a', {}),
    call(2, 'b', { ...chat, 'user.id': 'bert' }, below),
    call(2, 'c', { ...chat, 'user.id': 'carl' }, below),
  ]);
  const usersOf = async (input: object = {}) => {
    const { users } = await ask<{ users: { user: string }[] }>('telemetry.users', { client: globex.id, ...input }, globex.key);
    return users.toSorted((a, b) => a.user.localeCompare(b.user));
  };
  expect(await usersOf({ workflow: 'support' })).toMatchObject([
    { user: 'anna', runs: 1, errors: 1, inputTokens: 800, costUsd: 0.5, sessions: 1, workflows: ['support'] },
    { user: 'bert', runs: 1, errors: 0, inputTokens: 400, costUsd: 0.25, sessions: 0 },
    { user: 'carl', runs: 1, errors: 0, inputTokens: 400, costUsd: 0.25 },
  ]);
  expect(await usersOf({ workflow: 'another' })).toEqual([]);
  expect(await ask('telemetry.sessions', { client: globex.id, user: 'anna' }, globex.key)).toMatchObject({
    sessions: [{ session: 'one', user: 'anna', runs: 1, errors: 1, inputTokens: 800, costUsd: 0.5 }],
  });
  // Sent again for another.
  await sent([call(2, 'b', { ...chat, 'user.id': 'dora' }, below)]);
  expect((await usersOf()).map(({ user }) => user)).toEqual(['anna', 'carl', 'dora']);
});

test('what was sent again counts as it came last, whatever it was before', async () => {
  const initech = await server.client('Initech');
  const sent = async (failed: boolean, attributes: Record<string, string | number>) => {
    const chat = span(
      { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.cost': 0.6, ...attributes },
      {
        traceId: traceIdOf(1),
        startTimeUnixNano: nanos(now - MINUTE),
        endTimeUnixNano: nanos(now),
        status: { code: failed ? 2 : 1 },
      },
    );
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${initech.key}` };
    const body = encodeJson(traces([chat], { 'service.name': 'support' }));
    expect((await server.send('/v1/traces', { method: 'POST', headers, body })).status).toBe(200);
    await server.settled();
  };
  await sent(true, { 'user.id': 'anna', 'gen_ai.response.model': 'gpt-4o' });
  await sent(false, { 'user.id': 'bert', 'gen_ai.response.model': 'gpt-5' });
  const cases: [object, number][] = [
    [{ status: 'error' }, 0],
    [{ status: 'ok' }, 1],
    [{ user: 'anna' }, 0],
    [{ user: 'bert' }, 1],
    [{ user: 'bert', status: 'ok' }, 1],
    [{ model: 'gpt-4o' }, 0],
    [{ model: 'gpt-5', status: 'ok' }, 1],
    [{ minCostUsd: 1 }, 0],
    [{ minCostUsd: 0.6 }, 1],
  ];
  for (const [filter, found] of cases) {
    const listed = await ask<Listed>('telemetry.traces', { client: initech.id, ...filter }, initech.key);
    expect([filter, listed.traces.length]).toEqual([filter, found]);
    const asked = { client: initech.id, metric: 'costUsd', bucket: 'day', minDurationMs: 0, ...period, ...filter };
    const { series } = await ask<Series>('telemetry.metrics', asked, initech.key);
    expect([filter, series.flatMap(({ points }) => points.map(({ n }) => n))]).toEqual([filter, found ? [1] : []]);
  }
  expect(await ask('workflows.show', { client: initech.id, workflow: 'support' }, initech.key)).toMatchObject({
    models: [{ model: 'gpt-5', calls: 1 }],
    users: [{ user: 'bert', runs: 1, errors: 0 }],
    failures: [],
  });
});
