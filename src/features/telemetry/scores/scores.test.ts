import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../../platform/clock.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeJson } from '../otlp/testing/encode.ts';
import { fixture } from '../otlp/testing/documents.ts';

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
});
afterAll(() => server.close());

const traceIdOf = (n: number) => n.toString(16).padStart(32, 'd');
const spanIdOf = (n: number) => n.toString(16).padStart(16, 'e');

const send = async (body: string | Uint8Array) => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${acme.key}` };
  expect((await server.send('/v1/traces', { method: 'POST', headers, body })).status).toBe(200);
};
const sendSpan = (n: number, attributes: Record<string, string | number> = {}) =>
  send(encodeJson(traces([span(attributes, { traceId: traceIdOf(n), spanId: spanIdOf(n) })], { 'service.name': 'support' })));

const ask = (name: string, input: object, key = acme.key) => server.ask(name, { client: 'Acme', ...input }, key);
interface Scored {
  scores: Record<string, unknown>[];
  spans: { spanId: string; scores: Record<string, unknown>[] }[];
  traces: { traceId: string; scores: object[] }[];
}
const json = async (name: string, input: object) => (await ask(name, input)).json as unknown as Scored;
const scoresOf = async (n: number) => (await json('scores.list', { traceId: traceIdOf(n) })).scores;
const arrive = async (n: number, wanted: number) => {
  await server.settled();
  expect(await scoresOf(n)).toHaveLength(wanted);
};

test('scores come with a span and weeks later, and stand beside each other', async () => {
  const came = { 'annotations.0.name': 'tone', 'annotations.0.label': 'polite', 'annotations.0.annotator_kind': 'LLM' };
  await sendSpan(1, came);
  await sendSpan(1, came);
  await arrive(1, 1);
  await server.settled();
  const later = { traceId: traceIdOf(1).toUpperCase(), at: '2027-01-02T03:04:05Z' };
  const made = [
    await ask('scores.create', { ...later, spanId: spanIdOf(1), name: 'correct', value: true, source: 'ground_truth' }),
    await ask('scores.create', { ...later, name: 'helpful', value: 0.5, source: 'end_user', explanation: 'half of it' }),
    await ask('scores.create', { ...later, name: 'grade', value: 'good', source: 'person' }),
  ];
  expect(made.map(({ status }) => status)).toEqual([200, 200, 200]);
  await arrive(1, 4);
  const trace = await json('telemetry.trace', { traceId: traceIdOf(1) });
  expect(trace.scores).toHaveLength(4);
  expect(trace.spans[0]!.scores).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: `${spanIdOf(1)}-0`, name: 'tone', label: 'polite', value: null, source: 'model' }),
      expect.objectContaining({ name: 'correct', value: 1, label: 'true', source: 'ground_truth', workflow: 'support' }),
      expect.objectContaining({ name: 'helpful', value: 0.5, label: null, spanId: null, explanation: 'half of it' }),
      expect.objectContaining({ name: 'grade', value: null, label: 'good', at: '2027-01-02T03:04:05.000000Z' }),
    ]),
  );
  const listed = (await json('telemetry.traces', {})).traces.find(({ traceId }) => traceId === traceIdOf(1));
  expect(listed?.scores).toContainEqual({ name: 'helpful', value: 0.5, label: null, source: 'end_user' });
});

test('a score may come before its span, and the same id again takes its place', async () => {
  const score = { id: 'label-2', traceId: traceIdOf(2), spanId: spanIdOf(2), name: 'fit', source: 'rule' };
  expect((await ask('scores.create', { ...score, value: 1 })).json).toMatchObject({ id: 'label-2', client: acme.id });
  await arrive(2, 1);
  await ask('scores.create', { ...score, value: 0.25 });
  await server.settled();
  expect(await scoresOf(2)).toMatchObject([{ value: 0.25, spanId: spanIdOf(2), workflow: null }]);
  await sendSpan(2);
  await server.settled();
  expect((await json('telemetry.trace', { traceId: traceIdOf(2) })).spans[0]!.scores).toMatchObject([
    { id: 'label-2', value: 0.25 },
  ]);
});

test('evaluation events of a stock exporter are scores', async () => {
  await send(fixture('otel-js-exporters-2.json'));
  await server.settled();
  expect((await json('scores.list', {})).scores.map(({ value }) => value)).toContain(0.9);
});

test('what was acknowledged right before the end is there after the next start', async () => {
  expect((await ask('scores.create', { traceId: traceIdOf(3), name: 'fit', value: 1, source: 'person' })).status).toBe(200);
  await server.restart();
  await arrive(3, 1);
});

test('another client sees none of it, and a key that only reads or sends creates none', async () => {
  const other = await server.client('Other');
  expect((await server.ask('scores.list', { client: 'Other' }, other.key)).json).toMatchObject({ scores: [] });
  const score = { traceId: traceIdOf(4), name: 'fit', value: 1, source: 'person' };
  for (const scope of ['read', 'ingest'])
    expect((await ask('scores.create', score, (await server.key(acme.id, [scope])).key)).status).toBe(403);
  expect((await ask('scores.create', { ...score, source: 'nobody' })).status).toBe(400);
});

test('what was said of an answer stands with the scores, and not in the audit trail', async () => {
  const explanation = 'she said: call me at 030 1234567';
  const words = { name: 'fit for anna@example.com', value: 'anna@example.com was pleased' };
  const score = { traceId: traceIdOf(9), source: 'person', explanation, ...words };
  expect((await ask('scores.create', score)).status).toBe(200);
  const { text } = await ask('auditTrail.list', {}, server.ownerKey());
  expect(text).toContain(traceIdOf(9));
  for (const word of ['030 1234567', 'anna@example.com']) expect(text).not.toContain(word);
});

test('many labels come at once, all or none, and bear the workflow of their trace', async () => {
  await sendSpan(20);
  await server.settled();
  const label = (n: number, value: unknown) => ({
    traceId: traceIdOf(n),
    name: 'correct',
    value,
    source: 'ground_truth',
    id: `label-${n}`,
  });
  const flawed = await ask('scores.createMany', { scores: [label(20, true), { ...label(21, true), source: 'nobody' }] });
  expect(flawed.status).toBe(400);
  const reply = await ask('scores.createMany', { scores: [label(20, true), label(21, 'no')] });
  expect(reply).toMatchObject({ status: 200, json: { ids: ['label-20', 'label-21'] } });
  await arrive(20, 1);
  await arrive(21, 1);
  expect(await scoresOf(20)).toMatchObject([{ value: 1, workflow: 'support', source: 'ground_truth' }]);
  expect(await scoresOf(21)).toMatchObject([{ label: 'no', workflow: null }]);
});

test('a score that came before its span bears the workflow of it an hour later, and stands in its charts', async () => {
  const early = { traceId: traceIdOf(77), name: 'early bird', value: 0.5, source: 'end_user' };
  expect((await ask('scores.create', early)).status).toBe(200);
  await arrive(77, 1);
  expect(await scoresOf(77)).toMatchObject([{ workflow: null }]);
  await sendSpan(77);
  await server.settled();
  server.later(2 * HOUR_MS);
  await server.runDueJobs();
  expect(await scoresOf(77)).toMatchObject([{ workflow: 'support', value: 0.5 }]);
  const asked = { client: 'Acme', metric: 'score', scoreName: 'early bird', workflow: 'support', bucket: 'day' };
  const chart = await server.ask('telemetry.metrics', asked);
  expect(chart).toMatchObject({ status: 200 });
  const { series } = chart.json as unknown as { series: { points: { value: number | null }[] }[] };
  expect(series.flatMap(({ points }) => points).filter(({ value }) => value !== null)).toMatchObject([{ value: 0.5 }]);
});
