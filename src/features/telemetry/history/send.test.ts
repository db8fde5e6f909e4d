import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readConfig } from '../../../platform/config.ts';
import { importLog } from './operations.ts';
import { openDestination } from './server.ts';
import { spanOf, type Origin } from './span-of.ts';
import type { Call } from './store.ts';

/** Rows as spans, and how they are sent to a server that has no time, no room or no wish. */

const call: Call = {
  row: 6,
  at_ms: Date.parse('2026-03-01T10:00:00.250Z'),
  model: 'gpt-5',
  workflow: '',
  prompt_version: 'v2',
  user: 'u1',
  session: '',
  segment: ['eu', '{"a":{"b":1},"list":[1],"none":null}', '0.25', 'timeout', '-'],
  input: 'q',
  output: '',
  expected: 'e',
  graded: 1,
  latency_s: 0.0015,
  cost_usd: 0.5,
  input_tokens: 10,
  output_tokens: 2.5,
  error: 1,
  call_id: '0',
};
const ref = (name: string) => ({ name, column: 0, path: [] });
const origin: Origin = {
  file: 'log.csv',
  digest: 'd',
  workflow: 'support',
  mapping: {
    fields: { score: ref('thumbs'), error: ref('err') },
    scores: [],
    grades: null,
    segments: ['Environment', 'more', 'scores.tone', 'err', 'user.id'].map(ref),
    among: null,
    id: null,
    time: 'auto',
    clock: null,
    latencyInMs: false,
    latencyNamesUnit: false,
    commas: {},
    chat: [],
    conversation: false,
    assumptions: [],
  },
};
const valuesOf = (attributes: { key: string; value: object }[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]));

test('a row becomes a span; what is not there is not said', () => {
  const span = spanOf(call, origin);
  expect(span).toMatchObject({
    name: 'chat gpt-5',
    startTimeUnixNano: '1772359200250000000',
    endTimeUnixNano: '1772359200251500000',
    status: { code: 2, message: 'timeout' },
  });
  expect(valuesOf(span.attributes)).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.response.model': 'gpt-5',
    'gen_ai.prompt.version': 'v2',
    'gen_ai.input.messages': 'q',
    'gen_ai.usage.input_tokens': '10',
    'gen_ai.usage.output_tokens': 2.5,
    'gen_ai.usage.cost': 0.5,
    'deployment.environment.name': 'eu',
    'steward.workflow': 'support',
    'steward.import.file': 'log.csv',
    'steward.import.row': '7',
    'user.id': 'u1',
    expected: 'e',
    'more.a.b': '1',
    'more.list': '[1]',
    err: 'timeout',
  });
  expect(span.events.map(({ attributes }) => valuesOf(attributes))).toEqual([
    { 'gen_ai.evaluation.name': 'thumbs', 'gen_ai.evaluation.score.value': '1' },
    { 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.value': 0.25 },
  ]);
  expect(spanOf({ ...call, latency_s: null, error: 0 }, origin)).not.toHaveProperty('endTimeUnixNano');
});

test('ids: by row and file, by the id of the row in any file, by the trace that is named', () => {
  const ids = (of: Partial<Call>, from: Partial<Origin> = {}) => {
    const { traceId, spanId } = spanOf({ ...call, ...of }, { ...origin, ...from });
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    return traceId + spanId;
  };
  expect(ids({})).toBe(ids({}, { file: 'copy.csv' }));
  expect(ids({})).not.toBe(ids({ row: 7 }));
  expect(ids({})).not.toBe(ids({}, { digest: 'e' }));
  expect(ids({ call_id: '5' })).toBe(ids({ call_id: '5', row: 9 }, { digest: 'e' }));
  const traced = { mapping: { ...origin.mapping, segments: [ref('trace_id')] } };
  const uuid = '0b5fb6ae-5d5f-4a5c-9f0c-0a4a5c9f0c11';
  expect(ids({ segment: [uuid] }, traced)).toMatch(/^0b5fb6ae5d5f4a5c9f0c0a4a5c9f0c11/);
  expect(ids({ segment: ['run 1'] }, traced).slice(0, 32)).toBe(ids({ segment: ['run 1'], row: 8 }, traced).slice(0, 32));
});

/** A server that takes telemetry as the test says, and whose key may not read. */
async function stub(take: (spans: number, nth: number) => { status: number; body?: object; headers?: Record<string, string> }) {
  const taken: number[] = [];
  const say = (to: ServerResponse, status: number, body: object, headers = {}) =>
    to.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/api/session.show')
        return say(response, 200, { practiceRole: null, clients: [{ id: 'c', name: 'Acme' }] });
      if (request.url !== '/v1/traces') return say(response, 403, { error: { code: 'forbidden', message: 'No.' } });
      const sent = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as {
        resourceSpans: [{ scopeSpans: [{ spans: unknown[] }] }];
      };
      const spans = sent.resourceSpans[0].scopeSpans[0].spans.length;
      const { status, body = {}, headers } = take(spans, taken.push(spans));
      return say(response, status, body, headers);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    taken,
    destination: await openDestination(readConfig({ STEWARD_URL: url, STEWARD_KEY: 'k' }), 'ACME'),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
const spans = Array.from({ length: 8 }, (_, row) => spanOf({ ...call, row }, origin));

test('a server that asks to wait is waited for, one that finds it too much gets less at a time', async () => {
  await using busy = await stub((_, nth) =>
    nth < 3 ? { status: nth === 1 ? 429 : 503, headers: { 'retry-after': '0' } } : { status: 200 },
  );
  let waits = 0;
  expect(await busy.destination.send(spans, () => (waits += 1))).toEqual({ rejected: 0, message: '' });
  expect({ taken: busy.taken, waits }).toEqual({ taken: [8, 8, 8], waits: 2 });

  await using small = await stub((n) =>
    n > 3
      ? { status: 413 }
      : { status: 200, body: { partialSuccess: { rejectedSpans: '1', errorMessage: '1 rejected: trace_id_invalid' } } },
  );
  expect(await small.destination.send(spans, () => undefined)).toEqual({ rejected: 4, message: '1 rejected: trace_id_invalid' });
  expect(small.taken).toEqual([8, 4, 2, 2, 4, 2, 2]);
  expect(await small.destination.known(spans)).toBeNull();
  expect(await small.destination.books()).toBeNull();
});

test('what waiting does not mend is told as the server tells it', async () => {
  await using strict = await stub(() => ({ status: 403, body: { code: 7, message: 'This key lacks the scope "ingest".' } }));
  await expect(strict.destination.send(spans, () => undefined)).rejects.toThrow('This key lacks the scope "ingest".');
});

test('what was done is told in words that steer no terminal, and the shell hears of what was refused', () => {
  const done = {
    client: { id: 'c', name: 'Acme' },
    read: 1204,
    rejected: 1,
    rejectedFiles: ['a\u001B[2J.rejected.jsonl'],
    sent: 1200,
    known: 1,
    refused: 2,
    refusedBecause: ['2 rejected: trace_id_invalid'],
    from: '2026-03-01T10:00:00.000Z',
    to: '2026-03-02T10:00:00.000Z',
    workflows: ['support'],
    assumptions: ['Latency "l" is read as seconds.'],
    printJson: false,
  };
  const { print, exitCode } = importLog.terminal!;
  expect(print!(done, { width: 100, color: false }).split('\n')).toEqual([
    'Imported into Acme: 1,200 calls of 1,204 rows from 2026-03-01 to 2026-03-02.',
    '1 call had been there already and is counted once.',
    '1 row could not be used, see a\uFFFD[2J.rejected.jsonl.',
    '2 calls were not taken by the server.',
    'The server says: 2 rejected: trace_id_invalid.',
    'Workflows: support',
    '',
    'Assumed:',
    '- Latency "l" is read as seconds.',
  ]);
  expect([exitCode!(done), exitCode!({ ...done, refused: 0 })]).toEqual([1, 0]);
  expect(JSON.parse(print!({ ...done, printJson: true }, { width: 100, color: false }))).toMatchObject({ sent: 1200 });
});
