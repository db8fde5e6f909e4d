import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quiet } from '../stores/testing/temp.ts';
import { testServer, type TestServer } from '../testing/server.ts';
import { readConfig } from './config.ts';
import { openLog } from './log.ts';
import { noTracing, openTracing, type WorkSpan } from './tracing.ts';

/** Steward's own traces, sent to another Steward, which shows them. */

let collector: TestServer;
let operators: Awaited<ReturnType<TestServer['client']>>;
beforeAll(async () => {
  collector = await testServer();
  operators = await collector.client('Our own servers');
});
afterAll(() => collector.close());

interface Shown {
  spans: { name: string; parentSpanId: string | null; status: string; service: string; attributes: Record<string, unknown> }[];
}
const ask = async (operation: string, input: object) =>
  (await collector.ask(operation, { client: operators.id, ...input }, operators.key)).json as unknown;
const traced = (endpoint: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${encodeURIComponent(operators.key)}, x-other=a%20b`,
  OTEL_SERVICE_NAME: 'steward-eu',
});
const named = async (name: string) => {
  const { traces } = (await ask('telemetry.traces', { limit: 200 })) as { traces: { name: string; traceId: string }[] };
  return traces.find((trace) => trace.name === name);
};

test('requests, jobs and loading are told of, without a text of anybody; who was let in may ask not to be', async () => {
  const watched = await testServer([], { env: traced(collector.url()) });
  const acme = await watched.client('Acme');
  const traceId = 'ab'.repeat(16);
  await watched.send('/api/telemetry.ledger', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${acme.key}`,
      traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`,
    },
    body: JSON.stringify({ client: 'Acme' }),
  });
  await watched.send('/v1/traces', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': acme.key },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId, spanId: 'ef'.repeat(8), name: 'theirs' }] }] }] }),
  });
  await watched.send('/a-secret-path?with=words');
  const untraced = `00-${'12'.repeat(16)}-${'34'.repeat(8)}-00`;
  const asking = { method: 'POST', body: '{}' };
  const headers = { traceparent: untraced, 'content-type': 'application/json' };
  await watched.send('/api/session.show', { ...asking, headers: { ...headers, authorization: `Bearer ${acme.key}` } });
  expect(await watched.send('/api/clients.list', { ...asking, headers })).toMatchObject({ status: 401 });
  await watched.runDueJobs();
  await watched.settled();
  // Whoever ends says first what is left.
  await watched.close();
  await collector.settled();

  const ledger = 'POST /api/telemetry.ledger';
  expect(await named('load span')).toBeDefined();
  const shownOf = async () => (await ask('telemetry.trace', { traceId: (await named(ledger))!.traceId })) as Partial<Shown>;
  expect((await shownOf()).spans).toMatchObject([
    {
      name: ledger,
      parentSpanId: null,
      status: 'ok',
      service: 'steward-eu',
      attributes: {
        'http.route': '/api/telemetry.ledger',
        'http.response.status_code': 200,
        'steward.actor': 'key',
        'steward.client': acme.id,
      },
    },
  ]);
  const { traces } = (await ask('telemetry.traces', { limit: 200 })) as { traces: { name: string }[] };
  const names = new Set(traces.map(({ name }) => name));
  expect([...names]).toEqual(expect.arrayContaining(['POST /v1/traces', 'GET *', 'POST /api/clients.create', 'load span']));
  expect([...names].some((name) => name.startsWith('job '))).toBe(true);
  expect(JSON.stringify([...names])).not.toContain('secret');
  expect(names).not.toContain('POST /api/session.show');
  // A stranger hides nothing, and adds to no trace of the collector.
  expect(names).toContain('POST /api/clients.list');
  for (const theirs of [traceId, '12'.repeat(16)])
    expect((await ask('telemetry.trace', { traceId: theirs })) as object).toMatchObject({ error: { code: 'not_found' } });
});

/** What is sent of one request, as the bytes in which it goes. */
async function sentOf(work: (span: WorkSpan) => Promise<void>): Promise<Buffer> {
  const bodies: Buffer[] = [];
  const taker = createServer((request, response) => {
    request.on('data', (bytes: Buffer) => void bodies.push(bytes)).on('end', () => response.end());
  });
  await new Promise<void>((resolve) => taker.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(taker.address() as AddressInfo).port}`;
  const tracing = await openTracing({ endpoint, headers: '', service: 'steward' }, quiet);
  await tracing.span({ name: 'work', isRequest: true }, work);
  await tracing.close();
  taker.closeAllConnections();
  taker.close();
  return Buffer.concat(bodies);
}

test('a request is linked to the trace it says it is part of once somebody was let in, by its numbers alone', async () => {
  const traceId = 'ab'.repeat(16);
  const headers = { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`, tracestate: 'anybody=words-of-a-stranger' };
  const linked = await sentOf(async (span) => span.believe(headers));
  expect(linked.includes(Buffer.from(traceId, 'hex'))).toBe(true);
  expect(linked.toString('latin1')).not.toContain('stranger');
  const stranger = await sentOf(async () => undefined);
  expect(stranger.toString('latin1')).toContain('work');
  expect(stranger.includes(Buffer.from(traceId, 'hex'))).toBe(false);
  expect(await sentOf(async (span) => span.believe({ traceparent: `00-${traceId}-${'cd'.repeat(8)}-00` }))).toHaveLength(0);
  expect((await sentOf(async (span) => span.believe({ traceparent: 'nonsense' }))).toString('latin1')).toContain('work');
});

const toNowhere = (endpoint: string, log = quiet) => openTracing({ endpoint, headers: '', service: 'steward' }, log);

test('a collector that is away, that answers nothing or that says no is told of once, and costs no work and no end', async () => {
  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as AddressInfo;
  const lines: string[] = [];
  const log = openLog('warn', { write: (line) => void lines.push(line) });
  const all = [`http://127.0.0.1:${port}`, 'http://127.0.0.1:9', `${collector.url()}/nowhere`].map(async (endpoint) => {
    const tracing = await toNowhere(endpoint, log);
    for (let n = 0; n < 5000; n += 1) expect(await tracing.span({ name: 'work' }, async () => n)).toBe(n);
    await expect(tracing.span({ name: 'work' }, () => Promise.reject(new Error('as it was')))).rejects.toThrow('as it was');
    await tracing.close();
  });
  await Promise.all(all);
  mute.closeAllConnections();
  mute.close();
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines.length).toBeLessThanOrEqual(3);
});

test.each([
  ['localhost:4317', '', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ['http://user:password@127.0.0.1', '', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ['http://127.0.0.1:4318', 'secret-without-a-name', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ['http://127.0.0.1:4318', 'x-key=secret%0d%0a', 'OTEL_EXPORTER_OTLP_HEADERS'],
])('%s with %j cannot be understood: told, and not repeated', async (endpoint, headers, name) => {
  const failed: unknown = await openTracing({ endpoint, headers, service: 'steward' }, quiet).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'invalid', message: expect.stringContaining(name) as string });
  expect(String(failed)).not.toMatch(/password|secret/);
});

test('nobody asked: nothing is loaded and nothing is told', async () => {
  expect(readConfig({}).traces).toBeUndefined();
  expect(await openTracing(undefined, quiet)).toBe(noTracing);
});
