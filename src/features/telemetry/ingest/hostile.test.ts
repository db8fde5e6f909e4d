import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testServer } from '../../../testing/server.ts';
import { attributes, event, span, traces } from '../otlp/testing/body.ts';
import { fixture } from '../otlp/testing/documents.ts';
import { encodeJson } from '../otlp/testing/encode.ts';

const odd = [
  '',
  '\0',
  "'; DROP TABLE span; --",
  '\n\nDROP TABLE span',
  '\\',
  '"',
  '{}',
  '[]',
  'null',
  '\ud800',
  '🦜',
  'é'.normalize('NFD'),
];

test('whatever a client may send is kept or refused at the door, and never by the store', async () => {
  const server = await testServer();
  const { key } = await server.client('Acme');
  const send = (body: Uint8Array) =>
    server.send('/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body,
    });
  const traceId = 'd'.repeat(32);
  let n = 0;
  const next = (of: object, fields: object = {}) =>
    span(of as never, { traceId, spanId: (n += 1).toString(16).padStart(16, '0'), ...fields });
  const numbers = ['1e308', '-1', '9999999999999', '18446744073709551616', 'NaN', 'Infinity', '0.5'];
  const spans = [
    ...odd.map((text) =>
      next(
        {
          [`odd ${text}`]: text,
          'gen_ai.request.model': text,
          'user.id': text,
          'gen_ai.usage.cost': text,
          'steward.workflow': text,
          'gen_ai.prompt': text,
        },
        { name: text, status: { code: 2, message: text }, events: [event(text, { [text]: text })] },
      ),
    ),
    ...numbers.map((number) =>
      next({ 'gen_ai.usage.input_tokens': number, 'gen_ai.usage.cost': number, 'gen_ai.response.time_to_first_chunk': number }),
    ),
    ...['0', '1', '-5', '946684800000000000', '7258118399999999999', '253402300799000000000', '18446744073709551615'].map(
      (time) => next({}, { startTimeUnixNano: time, endTimeUnixNano: '18446744073709551615' }),
    ),
    next({}, { attributes: [...attributes({ __proto__x: 1, constructor: 'x' }), { key: 'twice', value: {} }, { key: 'twice' }] }),
    next({}, { attributes: [{ key: 'deep', value: { arrayValue: { values: [{ kvlistValue: { values: [] } }] } } }] }),
  ];
  try {
    expect((await send(encodeJson(traces(spans, { 'service.name': odd.join('') })))).status).toBe(200);
    for (const name of ['vercel-ai-4-1.json', 'vercel-ai-7-otel-6.json', 'otel-js-exporters-2.json'])
      expect((await send(fixture(name))).status).toBe(200);
    const ask = async () =>
      (await server.ask('telemetry.trace', { client: 'Acme', traceId }, key)).json as unknown as { spanCount: number };
    await server.settled();
    expect(await ask()).toMatchObject({ spanCount: spans.length });
    expect(readdirSync(join(server.dataDir, 'spool'))).toEqual([]);
    expect((await server.ask('telemetry.traces', { client: 'Acme' }, key)).status).toBe(200);
    expect(server.log.filter((line) => line.includes('spool') || line.includes('refuses'))).toEqual([]);
  } finally {
    await server.close();
  }
});
