import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { attributes, SPAN, span, START, TRACE, traces } from '../otlp/testing/body.ts';
import { encodeJson, encodeLogs, type Doc } from '../otlp/testing/encode.ts';

let server: TestServer;
let acme: Awaited<ReturnType<TestServer['client']>>;
beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
});
afterAll(() => server.close());

const logs = (records: readonly Doc[]): Doc => ({
  resourceLogs: [
    {
      resource: { attributes: attributes({ 'service.name': 'support' }) },
      scopeLogs: [{ scope: { name: 'app', version: '1' }, logRecords: records }],
    },
  ],
});
const record = (eventName: string, of: Doc, more: Doc = {}): Doc => ({
  traceId: TRACE,
  spanId: SPAN,
  timeUnixNano: START,
  severityNumber: 9,
  eventName,
  attributes: attributes(of),
  body: {},
  ...more,
});
const send = (path: string, body: Uint8Array, type = 'application/json') =>
  server.send(path, { method: 'POST', headers: { 'content-type': type, authorization: `Bearer ${acme.key}` }, body });

interface Shown {
  spans: { input: string | null; output: string | null; scores: { name: string; value: number }[] }[];
}
interface Listed {
  logs: { name: string; body: unknown; traceId: string | null; attributes: Record<string, unknown>; at: string }[];
}
const list = async (input: object = {}) =>
  ((await server.ask('telemetry.logs', { client: 'Acme', ...input }, acme.key)).json as unknown as Listed).logs;

test('what was said, and how it was judged, comes before its span and apart from it, and is shown with it', async () => {
  const said = [
    record('gen_ai.client.inference.operation.details', {
      'gen_ai.input.messages': '[{"role":"user","parts":[]}]',
      'gen_ai.output.messages': '[{"role":"assistant","parts":[]}]',
    }),
    record('gen_ai.evaluation.result', { 'gen_ai.evaluation.name': 'relevance', 'gen_ai.evaluation.score.value': 0.75 }),
  ];
  expect(await send('/v1/logs', encodeJson(logs(said)))).toMatchObject({ status: 200, json: {} });
  // Once more: it is the same record, and the same score.
  expect((await send('/otlp/v1/logs', encodeLogs(logs(said)), 'application/x-protobuf')).status).toBe(200);
  expect((await send('/v1/traces/v1/traces', encodeJson(traces([span({ 'gen_ai.operation.name': 'chat' })])))).status).toBe(200);
  const shown = async () =>
    (await server.ask('telemetry.trace', { client: 'Acme', traceId: TRACE }, acme.key)).json as unknown as Shown;
  await server.settled();
  expect((await shown()).spans).toMatchObject([
    {
      input: '[{"role":"user","parts":[]}]',
      output: '[{"role":"assistant","parts":[]}]',
      scores: [{ name: 'relevance', value: 0.75 }],
    },
  ]);
});

test('any other record is kept, whatever stands in it, once however often it is sent', async () => {
  const odd = record('', { 'a.number': 1, 'a.text': '1' }, { traceId: '', spanId: '', body: { stringValue: 'it\0\n\ud800' } });
  const late = record('late', {}, { traceId: '', spanId: '', timeUnixNano: '18446744073709551615' });
  for (let n = 0; n < 3; n += 1) expect((await send('/api/otel/v1/logs', encodeJson(logs([odd, late])))).status).toBe(200);
  await server.settled();
  const kept = (await list()).filter(({ traceId }) => traceId === null);
  expect(kept).toHaveLength(2);
  expect(kept.find(({ name }) => name === '')).toMatchObject({
    body: 'it\0\n\ufffd',
    attributes: { 'a.number': 1, 'a.text': '1' },
    at: '2026-11-21T00:43:03.834000Z',
  });
  expect((await list({ traceId: TRACE.toUpperCase() })).every(({ traceId }) => traceId === TRACE)).toBe(true);
});

test('another client sees nothing of it, and what cannot be read is refused', async () => {
  const other = await server.client('Other');
  expect((await server.ask('telemetry.logs', { client: 'Other' }, other.key)).json).toMatchObject({ logs: [] });
  expect(await send('/v1/logs', Buffer.from('{'))).toMatchObject({ status: 400, json: { code: 3 } });
  expect(await send('/v1/logs', Buffer.from('{}'), 'text/plain')).toMatchObject({ status: 415 });
});

test('a score that names the answer it is about, and no trace, finds the call that gave it: at once, or within the hour where it came first', async () => {
  const now = () => String(BigInt(Date.now()) * 1_000_000n);
  const score = (answer: string): Doc => {
    const of = { 'gen_ai.evaluation.name': 'fit', 'gen_ai.evaluation.score.value': 0.5, 'gen_ai.response.id': answer };
    return record('gen_ai.evaluation.result', of, { traceId: '', spanId: '', timeUnixNano: now() });
  };
  const call = async (traceId: string, answer: string) => {
    const of = { 'gen_ai.operation.name': 'chat', 'gen_ai.response.id': answer, 'steward.workflow': 'answers' };
    await send('/v1/traces', encodeJson(traces([span(of, { traceId, startTimeUnixNano: now(), endTimeUnixNano: now() })])));
    await server.settled();
  };
  const scores = async () => {
    await server.settled();
    const listed = await server.ask('scores.list', { client: 'Acme', name: 'fit' }, acme.key);
    return (listed.json as unknown as { scores: { traceId: string; spanId: string; workflow: string }[] }).scores;
  };
  const [first, second] = ['1'.repeat(32), '2'.repeat(32)];
  await call(first, 'answer-1');
  expect((await send('/v1/logs', encodeJson(logs([score('answer-1'), score('answer-2')])))).status).toBe(200);
  const found = { traceId: first, spanId: SPAN, workflow: 'answers', value: 0.5 };
  expect(await scores()).toMatchObject([found]);

  await call(second, 'answer-2');
  server.later(3_600_000);
  await server.runDueJobs();
  expect((await scores()).map(({ traceId }) => traceId).sort()).toEqual([first, second]);
  server.later(3_600_000);
  await server.runDueJobs();
  expect(await scores()).toHaveLength(2);
});
