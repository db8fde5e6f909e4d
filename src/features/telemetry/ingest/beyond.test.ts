import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS } from '../../../platform/clock.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, SPAN, TRACE, traces, value } from '../otlp/testing/body.ts';
import { encodeJson, type Doc } from '../otlp/testing/encode.ts';

/** Numbers and times beyond all measure, by every door: whatever is taken of them, everything answers afterwards. */

let server: TestServer;
beforeAll(async () => (server = await testServer()));
afterAll(() => server.close());

const numbers = [1e308, 1.7e308, -1.7e308, Number.NaN, Infinity, -1, 2 ** 63, '9223372036854775808', '1e400'];
const years = ['0001', '1900', '1969', '2106', '2150', '9999'];
const traceIdOf = (n: number) => n.toString(16).padStart(32, 'c');
const spanIdOf = (n: number) => n.toString(16).padStart(16, 'e');
/** As protobuf's JSON writes what JSON has no number for. */
const double = (number: number | string): Doc =>
  typeof number === 'string' ? value(number) : { doubleValue: Number.isFinite(number) ? number : String(number) };
const nanos = (ms: number) => `${BigInt(Math.round(ms)) * 1_000_000n}`;

const counted = [
  'gen_ai.usage.cost',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.reasoning.output_tokens',
  'gen_ai.response.time_to_first_chunk',
  'ai.response.msToFirstChunk',
  'annotation.score',
  'annotations.0.annotation.score',
];
const spansBeyond = () => {
  const now = Date.now() - 60_000;
  const said = numbers.map((number, n) => {
    const attributes = [
      ...counted.map((key) => ({ key, value: double(number) })),
      { key: 'langfuse.observation.cost_details', value: { stringValue: JSON.stringify({ total: number, input: number }) } },
      ...Object.entries({
        'gen_ai.operation.name': 'chat',
        'gen_ai.response.model': 'gpt-5',
        'user.id': 'anna',
        'session.id': 's',
      }).map(([key, of]) => ({ key, value: value(of) })),
    ];
    const events = [
      {
        name: 'gen_ai.evaluation.result',
        timeUnixNano: nanos(now),
        attributes: [{ key: 'gen_ai.evaluation.score.value', value: double(number) }],
      },
    ];
    const times = {
      startTimeUnixNano: nanos(now + n),
      endTimeUnixNano: n % 2 === 0 ? nanos(now + 5000) : '18446744073709551615',
    };
    // Twice of each, as it takes two to make a sum.
    return [0, 1].map((more) =>
      span({}, { traceId: traceIdOf(n), spanId: spanIdOf(2 * n + more), attributes, events, ...times }),
    );
  });
  const timed = [
    '0',
    '-1',
    '1',
    '9223372036854775807',
    '18446744073709551615',
    '99999999999999999999999',
    1e300,
    nanos(Date.UTC(2150, 0)),
  ].map((at, n) =>
    span({}, { traceId: traceIdOf(100 + n), spanId: spanIdOf(100 + n), startTimeUnixNano: at, endTimeUnixNano: at }),
  );
  return traces([...said.flat(), ...timed], { 'service.name': 'support' });
};

const logsBeyond = () => ({
  resourceLogs: [
    {
      resource: { attributes: [] },
      scopeLogs: [
        {
          scope: { name: 'test' },
          logRecords: numbers.map((number, n) => ({
            traceId: traceIdOf(n),
            spanId: spanIdOf(2 * n),
            timeUnixNano: n % 2 === 0 ? nanos(Date.UTC(2150, 0)) : '18446744073709551615',
            severityNumber: n % 2 === 0 ? 2 ** 31 - 1 : -1,
            eventName: 'gen_ai.evaluation.result',
            body: double(number),
            attributes: [{ key: 'gen_ai.evaluation.score.value', value: double(number) }],
          })),
        },
      ],
    },
  ],
});

const metricsBeyond = () => {
  const beyond = numbers
    .filter((number) => typeof number === 'number')
    .map((number) => (Number.isFinite(number) ? number : String(number)));
  const times = (n: number) => ({
    timeUnixNano: n % 2 === 0 ? nanos(Date.UTC(2150, 0)) : '18446744073709551615',
    startTimeUnixNano: '1',
  });
  const points = (make: (number: number | string) => Doc) => ({
    dataPoints: beyond.map((number, n) => ({ ...times(n), ...make(number) })),
  });
  const huge = '18446744073709551615';
  const metrics = [
    { name: 'gauge', gauge: points((number) => ({ asDouble: number })) },
    {
      name: 'whole',
      sum: {
        aggregationTemporality: 2,
        dataPoints: [
          { ...times(0), asInt: '-9223372036854775808' },
          { ...times(1), asInt: huge },
        ],
      },
    },
    {
      name: 'histogram',
      histogram: {
        aggregationTemporality: 1,
        ...points((number) => ({
          count: huge,
          sum: number,
          min: number,
          max: number,
          bucketCounts: [huge, '2'],
          explicitBounds: [number],
        })),
      },
    },
    {
      name: 'exponential',
      exponentialHistogram: {
        aggregationTemporality: 1,
        ...points((number) => ({
          count: '2',
          sum: number,
          scale: 2_147_483_647,
          zeroCount: huge,
          zeroThreshold: number,
          positive: { offset: -2_147_483_648, bucketCounts: [huge] },
        })),
      },
    },
    {
      name: 'summary',
      summary: points((number) => ({ count: huge, sum: number, quantileValues: [{ quantile: number, value: number }] })),
    },
  ];
  return { resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ scope: { name: 'test' }, metrics }] }] };
};

/** Every question that shows a client's telemetry. */
function questions(client: string, traceCount: number) {
  const workflow = 'support';
  const ever = { from: '2000-01-01T00:00:00Z', to: '2107-01-01T00:00:00Z' };
  const metrics = [
    'runs',
    'errors',
    'errorRate',
    'latencyP50',
    'latencyP95',
    'inputTokens',
    'outputTokens',
    'costUsd',
    'users',
    'score',
  ];
  const charts = metrics.flatMap((metric) => [
    { metric, bucket: 'hour' },
    {
      metric,
      bucket: 'day',
      from: new Date(Date.now() - 40 * DAY_MS).toISOString(),
      to: new Date(Date.now() + DAY_MS).toISOString(),
    },
    { metric, bucket: 'hour', user: 'anna' },
    { metric, bucket: 'minute', ...(metric === 'score' ? { scoreBelow: 1e308 } : { groupBy: 'status' }) },
  ]);
  const lines = ['errorRate', 'latency', 'costUsd', 'tokens', 'runs'].map((metric) => ({ metric }));
  return [
    ...charts.map((chart) => ['telemetry.metrics', chart] as const),
    ...numbers.slice(0, traceCount).map((_, n) => ['telemetry.trace', { traceId: traceIdOf(n) }] as const),
    ...[{}, ever, { minCostUsd: 1 }].map((asked) => ['telemetry.traces', asked] as const),
    ...['telemetry.logs', 'telemetry.metricPoints', 'telemetry.ledger', 'telemetry.sessions', 'telemetry.users'].map(
      (name) => [name, {}] as const,
    ),
    ['scores.list', {}] as const,
    ['workflows.list', {}] as const,
    ['workflows.show', { workflow }] as const,
    ...[...lines, { metric: 'score', score: 'evaluation' }, { metric: 'score', score: 'fit' }].map(
      (line) => ['workflows.timeline', { workflow, ...line }] as const,
    ),
    ['practice.overview', {}] as const,
    [
      'prices.recost',
      { from: new Date(Date.now() - DAY_MS).toISOString(), to: new Date(Date.now() + DAY_MS).toISOString() },
    ] as const,
  ].map(([name, input]) => [name, name === 'practice.overview' ? input : { client, ...input }] as const);
}

async function answersAll(client: string, traces = numbers.length) {
  const asked = [];
  for (const [name, input] of questions(client, traces)) {
    const { status, text } = await server.ask(name, input);
    if (status !== 200) asked.push([name, JSON.stringify(input), status, text.slice(0, 200)]);
  }
  expect(asked).toEqual([]);
}

test('everything answers after numbers and times beyond all measure came by every door', async () => {
  const { key } = await server.client('Acme');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const send = (path: string, body: unknown) =>
    server.send(path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const sent = await send('/v1/traces', encodeJson(spansBeyond()).toString());
  expect(sent.status).toBe(200);
  expect(sent.text).toContain('with scores left out, as they are beyond 1e15');
  const logged = await send('/v1/logs', logsBeyond());
  expect(logged).toMatchObject({ status: 200, text: expect.stringContaining('with scores left out') as string });
  expect((await send('/v1/metrics', metricsBeyond())).status).toBe(200);

  const basic = { ...headers, authorization: `Basic ${Buffer.from(`pk-lf-1:${key}`).toString('base64')}` };
  const langfuse = async (path: string, body: object) =>
    server.send(path, { method: 'POST', headers: basic, body: JSON.stringify(body) });
  const times = [...years.map((year) => `${year}-01-02T03:04:05Z`), '+275760-09-13T00:00:00.000Z', '-271821-04-20T00:00:00.000Z'];
  const finite = numbers.filter((number) => typeof number === 'string' || Number.isFinite(number));
  for (const value of [1e200, -1.7e308, 2 ** 63])
    expect(await langfuse('/api/public/scores', { traceId: 't', name: 'fit', value })).toMatchObject({
      status: 400,
      text: expect.stringContaining('from -1e15 to 1e15') as string,
    });
  for (const timestamp of times)
    expect((await langfuse('/api/public/scores', { traceId: 't', name: 'fit', value: 1, timestamp })).status).toBe(400);
  const timestamp = '9999-01-01T00:00:00Z';
  const batch = [
    ...finite.map((value, n) => ({ type: 'score-create', body: { traceId: `t${n}`, name: 'fit', value } })),
    { type: 'score-create', body: { traceId: 't', name: 'fit', value: 1 } },
    ...times.map((at, n) => ({ type: 'trace-create', body: { id: `t${n}`, name: 'support', timestamp: at } })),
    ...[...finite, ...times].map((odd, n) => ({
      type: 'generation-create',
      body: {
        id: `o${n}`,
        traceId: `t${n}`,
        ...(typeof odd === 'string' && { startTime: odd, endTime: odd, completionStartTime: odd }),
        model: 'gpt-5',
        usageDetails: { input: odd, output: odd },
        costDetails: { total: odd },
      },
    })),
  ].map((event, n) => ({ id: `e${n}`, timestamp, ...event }));
  expect((await langfuse('/api/public/ingestion', { batch })).status).toBe(207);

  const score = { client: 'Acme', traceId: TRACE, spanId: SPAN, name: 'fit', source: 'person' };
  for (const value of [1e200, -1.7e308, 2 ** 63])
    expect((await server.ask('scores.create', { ...score, value })).text).toContain('from -1e15 to 1e15');
  for (const year of years)
    expect((await server.ask('scores.create', { ...score, value: 1, at: `${year}-01-02T03:04:05Z` })).status).toBe(400);
  for (const value of ['1e308', -1e15, 1e15]) expect((await server.ask('scores.create', { ...score, value })).status).toBe(200);
  await server.settled();
  await answersAll('Acme');
  server.later(DAY_MS);
  await server.runDueJobs();
  await answersAll('Acme');
});

test('everything answers where an older release kept such numbers', async () => {
  const { id } = await server.client('Old');
  const telemetry = server.telemetry();
  const at = new Date(Date.now() - 60_000).toISOString();
  const beyond = (n: number) => ({
    client_id: id,
    trace_id: traceIdOf(n),
    received_at: at,
    workflow: 'support',
  });
  await telemetry.insert(
    'span',
    [0, 1, 2].map((n) => ({
      ...beyond(n % 2),
      span_id: spanIdOf(n),
      started_at: at,
      name: 'chat',
      kind: 'generation',
      status: 'ok',
      model: 'gpt-5',
      costable: true,
      cost_usd: 1.7e308,
      duration_ms: 1.7e308,
      user: 'anna',
      session: 's',
      scores: '[]',
      events: '[]',
      links: '[]',
    })),
  );
  await telemetry.insert(
    'score',
    [0, 1].map((n) => ({ ...beyond(n), id: `s${n}`, name: 'fit', value: n === 0 ? 1.7e308 : -1.7e308, at })),
  );
  await telemetry.command(
    `INSERT INTO score_day SELECT '${id}', toStartOfDay(toDateTime('${at.slice(0, 19)}', 'UTC')), 'fit', 'support', '', 2, inf, inf, 1, 0`,
  );
  await answersAll('Old', 2);
});
