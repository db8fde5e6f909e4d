import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeLogs, decodeTraces, decompress, defaultLimits, encodingOf, findingsOf, type Limits } from './index.ts';
import { attributes, span, traces, SPAN, START, TRACE } from './testing/body.ts';
import { mapped } from './testing/documents.ts';
import { encodeJson, encodeLogs, encodeTraces, type Doc } from './testing/encode.ts';
import { Writer } from './protobuf/writer.ts';

function both(doc: Doc, limits: Limits = defaultLimits) {
  const protobuf = decodeTraces(encodeTraces(doc), 'protobuf', limits);
  const json = decodeTraces(encodeJson(doc), 'json', limits);
  expect(protobuf).toEqual(json);
  if (!json.ok) throw new Error(json.message);
  return json;
}

describe('a broken span is left out and counted', () => {
  test('identifiers that are missing, zero, short or not hexadecimal', () => {
    const ids = [
      {},
      { traceId: '0'.repeat(32) },
      { traceId: 'abcd' },
      { spanId: '0'.repeat(16) },
      { spanId: '' },
      { traceId: '' },
    ];
    const decoded = both(traces(ids.map((id) => span({}, id))));
    expect(decoded).toMatchObject({ received: 6, rejected: 5 });
    expect([...decoded.reasons]).toEqual([
      ['trace_id_invalid', 3],
      ['span_id_invalid', 2],
    ]);
  });

  test('in JSON also what is no object, and what is no identifier', () => {
    const doc = traces([span(), 'x', null, [], { ...span(), traceId: 7 }, { ...span(), spanId: 'zz'.repeat(8) }] as Doc[]);
    expect(decodeTraces(encodeJson(doc), 'json')).toMatchObject({ received: 6, rejected: 5 });
  });

  test('in protobuf also one that is malformed inside, without harm to its neighbours', () => {
    const good = encodeTraces(traces([span()]));
    const broken = Buffer.from([0x0a, 0x05, 0x12, 0x03, 0x12, 0x01, 0x0b]);
    expect(decodeTraces(Buffer.concat([broken, good]), 'protobuf')).toMatchObject({ received: 2, rejected: 1 });
  });

  test('a parent that is no identifier, or the span itself, is none', () => {
    expect(mapped({}, { parentSpanId: 'ab' })).toMatchObject({ parentSpanId: null, flags: ['parent_invalid'] });
    expect(mapped({}, { parentSpanId: SPAN })).toMatchObject({ parentSpanId: null, flags: ['parent_invalid'] });
  });
});

describe('a broken envelope is an error', () => {
  test.each([
    ['ends early', [0x0a, 0x05, 0x12]],
    ['a length beyond 4 GB', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a group', [0x0b, 0x0c]],
    ['field number 0', [0x02, 0x00]],
    ['wire type 6', [0x0e]],
    ['a number of 11 bytes', [0x08, ...Array.from({ length: 11 }, () => 0x80), 0x01]],
  ])('protobuf: %s', (_, bytes) => {
    expect(decodeTraces(Uint8Array.from(bytes), 'protobuf')).toMatchObject({ ok: false, code: 'malformed' });
  });

  test.each([
    '',
    '[]',
    'null',
    '7',
    '{',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[7]}',
    '{"resourceSpans":[{"scopeSpans":7}]}',
  ])('JSON: %s', (text) => {
    expect(decodeTraces(Buffer.from(text), 'json')).toMatchObject({ ok: false, code: 'malformed' });
  });

  test('an empty request is none', () => {
    expect(decodeTraces(new Uint8Array(), 'protobuf')).toMatchObject({ ok: true, received: 0 });
    expect(decodeTraces(Buffer.from('\uFEFF{}'), 'json')).toMatchObject({ ok: true, received: 0 });
  });
});

test('fields of tomorrow are passed over', () => {
  const extra = new Writer().varint(99, 7).text(100, 'x').raw(101, 1, Buffer.alloc(8)).raw(102, 5, Buffer.alloc(4)).finish();
  const body = Buffer.concat([extra, encodeTraces(traces([span({ a: 1 })])), extra]);
  expect(decodeTraces(body, 'protobuf')).toMatchObject({ received: 1, rejected: 0 });
});

test('a resource that comes after its spans is still theirs', () => {
  const resource = new Writer()
    .bytes(1, new Writer().text(1, 'service.name').bytes(2, new Writer().text(1, 'late').finish()).finish())
    .finish();
  const spanBytes = new Writer().bytes(1, Buffer.from(TRACE, 'hex')).bytes(2, Buffer.from(SPAN, 'hex')).finish();
  const scoped = new Writer().bytes(2, spanBytes).finish();
  const body = new Writer().bytes(1, new Writer().bytes(2, scoped).bytes(1, resource).finish()).finish();
  const decoded = decodeTraces(body, 'protobuf');
  expect(decoded.ok && decoded.items[0]!.workflow).toBe('late');
});

test('bytes are a text where they can be one, and base64 where they cannot', () => {
  const bytes = (of: Buffer) => ({ value: { bytesValue: of.toString('base64') } });
  const long = Buffer.from('é'.repeat(40_000));
  const attributes = [
    { key: 'gen_ai.prompt', ...bytes(Buffer.from('{"q":"Wie heißt du?"}\n')) },
    { key: 'image', ...bytes(Buffer.from([0xff, 0xd8, 0xff])) },
    { key: 'zeros', ...bytes(Buffer.from([0, 0, 0])) },
    { key: 'note', ...bytes(long) },
  ];
  const [item] = both(traces([span({}, { attributes })])).items;
  expect(item!.input).toBe('{"q":"Wie heißt du?"}\n');
  expect(item!.attributes.get('image')).toBe('/9j/');
  expect(item!.attributes.get('zeros')).toBe('AAAA');
  expect(item!.attributes.get('note')).toBe(`${'é'.repeat(32_768)} […14464 bytes cut]`);
});

describe('limits', () => {
  test('unknown attributes beyond 128 are dropped, and the tokens behind them kept', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, i]));
    const decoded = both(traces([span({ ...many, 'gen_ai.usage.input_tokens': 7 })]));
    expect(decoded.drops.attributes).toBe(872);
    expect(decoded.items[0]).toMatchObject({ inputTokens: 7, flags: ['attributes_dropped'] });
    expect(decoded.items[0]!.attributes.size).toBe(129);
  });

  test('long values are cut at a whole character, with a mark; texts of models later than others', () => {
    const long = 'é'.repeat(40_000);
    const decoded = both(traces([span({ note: long, 'gen_ai.prompt': long })]));
    const [item] = decoded.items;
    expect(item!.attributes.get('note')).toBe(`${'é'.repeat(32_768)} […14464 bytes cut]`);
    expect(item!.input).toBe(long);
    expect(decoded.drops.values).toBe(1);
    expect(item!.flags).toEqual(['value_truncated']);
  });

  test('depth, long keys, long lists, events and links', () => {
    const nest = (depth: number): Doc => (depth === 0 ? { stringValue: 'x' } : { arrayValue: { values: [nest(depth - 1)] } });
    const decoded = both(
      traces([
        span(
          { deep: nest(100), fits: nest(31), ['k'.repeat(257)]: 1, list: Array.from({ length: 2_000 }, (_, i) => i) },
          {
            events: Array.from({ length: 200 }, () => ({ name: 'e' })),
            links: Array.from({ length: 130 }, () => ({ traceId: TRACE, spanId: SPAN })),
          },
        ),
      ]),
    );
    const [item] = decoded.items;
    expect(JSON.stringify(item!.attributes.get('fits'))).toBe(`${'['.repeat(31)}"x"${']'.repeat(31)}`);
    expect(JSON.stringify(item!.attributes.get('deep'))).toBe(`${'['.repeat(32)}null${']'.repeat(32)}`);
    expect(item!.attributes.get('list')).toHaveLength(1_000);
    expect(decoded.drops).toEqual({ attributes: 1, events: 72, links: 2, values: 1, scores: 0 });
    expect(new Set(item!.flags)).toEqual(
      new Set(['too_deep', 'attributes_dropped', 'value_truncated', 'events_dropped', 'links_dropped']),
    );
  });

  test('spans beyond the limit are rejected; a body beyond it is refused', () => {
    const doc = traces(Array.from({ length: 5 }, () => span()));
    expect(both(doc, { ...defaultLimits, items: 2 })).toMatchObject({ received: 5, rejected: 3, items: { length: 2 } });
    expect(decodeTraces(encodeTraces(doc), 'protobuf', { ...defaultLimits, bodyBytes: 9 })).toMatchObject({ code: 'too_large' });
  });
});

describe('worst cases of 20 MiB end within seconds', () => {
  const size = defaultLimits.bodyBytes;
  const timed = (body: Uint8Array, encoding: 'json' | 'protobuf') => {
    const started = performance.now();
    const decoded = decodeTraces(body, encoding);
    expect(performance.now() - started).toBeLessThan(100_000);
    return decoded;
  };
  const repeated = (head: string, unit: string, tail: string) =>
    Buffer.from(head + unit.repeat(Math.floor((size - head.length - tail.length) / unit.length)) + tail);

  test('JSON that is nothing but brackets, however deep', () => {
    expect(timed(repeated('', '[', ''), 'json')).toMatchObject({ ok: false });
    expect(timed(repeated('{"resourceSpans":[', '{},', '{}]}'), 'json')).toMatchObject({ ok: false });
    const deep = '{"arrayValue":{"values":['.repeat(100_000) + ']}}'.repeat(100_000);
    const doc = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE}","spanId":"${SPAN}","attributes":[{"key":"a","value":${deep}}]}]}]}]}`;
    expect(timed(Buffer.from(doc), 'json')).toMatchObject({ ok: true, received: 1 });
  });

  test('a million spans, all broken', () => {
    const spans = repeated('', '\u0012\u0002\u0012\u0009', '').subarray(100);
    const decoded = timed(new Writer().bytes(1, new Writer().bytes(2, spans).finish()).finish(), 'protobuf');
    expect(decoded).toMatchObject({ ok: true, items: [] });
    expect(decoded.ok && decoded.received).toBeGreaterThan(5_000_000);
    expect(decoded.ok && decoded.rejected).toBe(decoded.ok && decoded.received);
  });

  test('ten million resources or scopes, all empty', () => {
    expect(timed(repeated('', '\n\u0000', ''), 'protobuf')).toMatchObject({ ok: false, code: 'malformed' });
    const scopes = new Writer().bytes(1, repeated('', '\u0012\u0000', '').subarray(16)).finish();
    expect(timed(scopes, 'protobuf')).toMatchObject({ ok: false, code: 'malformed' });
  });

  test('ten million attributes on one span, all empty', () => {
    const ids = new Writer().bytes(1, Buffer.from(TRACE, 'hex')).bytes(2, Buffer.from(SPAN, 'hex')).finish();
    const item = Buffer.concat([ids, repeated('', 'J\u0000', '').subarray(100)]);
    const body = new Writer().bytes(1, new Writer().bytes(2, new Writer().bytes(2, item).finish()).finish()).finish();
    expect(timed(body, 'protobuf')).toMatchObject({ ok: true, received: 1, rejected: 0 });
  });

  test('a million attributes on one span', () => {
    const attribute = '{"key":"k","value":{"intValue":"1"}},';
    const head = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE}","spanId":"${SPAN}","attributes":[`;
    const body = Buffer.from(`${head}${attribute.repeat(400_000)}{}]}]}]}]}`);
    const decoded = timed(body, 'json');
    expect(decoded.ok && decoded.drops.attributes).toBe(400_000 - 128 + 1);
  });
});

describe('names that reach for prototypes', () => {
  test('are dropped or harmless, at every level', () => {
    const inner = { kvlistValue: { values: attributes({ __proto__: 1, toString: 'x', ok: 1 }) } };
    const hostile = traces([
      span({ ['__proto__']: 'x', constructor: 'y', hasOwnProperty: 'z', 'llm.input_messages.0.__proto__.x': '1', inner }),
    ]);
    const { items, drops } = both(hostile);
    expect([...items[0]!.attributes.keys()]).toEqual(['hasOwnProperty', 'llm.input_messages.0.__proto__.x', 'inner']);
    expect(drops.attributes).toBe(2);
    const bag = items[0]!.attributes.get('inner') as object;
    expect(Object.getPrototypeOf(bag)).toBeNull();
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('indexes of a billion make no list of that size', () => {
    const { input } = mapped({
      'llm.input_messages.999999999.message.content': 'a',
      'llm.input_messages.3.message.content': 'b',
    });
    expect(input).toBe('{"3":{"content":"b"},"999999999":{"content":"a"}}');
  });
});

test('invalid UTF-8 and lone surrogates are replaced and flagged; control characters stay', () => {
  const encoded = encodeTraces(traces([span({ a: 'XYZ', b: '\u0000\u001B[31m\u202E' })]));
  encoded[encoded.indexOf('XYZ') + 1] = 0xff;
  const decoded = decodeTraces(encoded, 'protobuf');
  const [item] = decoded.ok ? decoded.items : [];
  expect(item!.attributes.get('a')).toBe('X\uFFFDZ');
  expect(item!.attributes.get('b')).toBe('\u0000\u001B[31m\u202E');
  expect(item!.flags).toEqual(['invalid_utf8']);
  const json = decodeTraces(encodeJson(traces([span({ a: 'X\uD800Z' })])), 'json');
  expect(json.ok && json.items[0]).toMatchObject({ flags: ['invalid_utf8'], attributes: new Map([['a', 'X\uFFFDZ']]) });
});

test('words and traces that look alike are not taken for each other', () => {
  const words = Array.from({ length: 3000 }, (_, n) => `${'x'.repeat(n % 20)}${n}${'é'.repeat(n % 3)}${'y'.repeat(n % 16)}`);
  const spans = words.map((word, n) =>
    span({ a: word, [`k${word}`]: word }, { name: word, traceId: (n >> 1).toString(16).padStart(32, 'f') }),
  );
  const { items } = both(traces(spans));
  expect(items.map(({ name, traceId, attributes }) => [name, traceId, ...attributes.values()])).toEqual(
    words.map((word, n) => [word, (n >> 1).toString(16).padStart(32, 'f'), word, word]),
  );
});

test('times in JSON: texts, numbers, nonsense', () => {
  const started = (startTimeUnixNano: unknown) => {
    const decoded = decodeTraces(encodeJson(traces([span({}, { startTimeUnixNano })])), 'json');
    return decoded.ok && [decoded.items[0]!.startedAt, ...decoded.items[0]!.flags];
  };
  expect(started(1795221783834000000)).toEqual([1795221783834]);
  expect(started('-1')).toEqual([null, 'time_invalid', 'start_missing']);
  expect(started('253402300799000000000')).toEqual([null, 'time_invalid', 'start_missing']);
  expect(started('9'.repeat(5_000))).toEqual([null, 'time_invalid', 'start_missing']);
});

describe('decompression', () => {
  test('gzip, deflate, none', async () => {
    const body = Buffer.from('hello');
    const plain = { ok: true, body };
    expect(await decompress(gzipSync(body), 'gzip')).toEqual(plain);
    expect(await decompress(deflateSync(body), 'deflate')).toEqual(plain);
    expect(await decompress(body, undefined)).toEqual(plain);
    expect(await decompress(body, 'gzip')).toMatchObject({ code: 'malformed' });
    expect(await decompress(gzipSync(body).subarray(0, 12), 'gzip')).toMatchObject({ code: 'malformed' });
    expect(await decompress(body, 'br')).toMatchObject({ code: 'unsupported' });
    expect(await decompress(body, 'gzip, gzip')).toMatchObject({ code: 'unsupported' });
  });

  test('a bomb of a gigabyte stops at the limit', async () => {
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const bomb = Buffer.concat(Array.from({ length: 16 }, () => zeros));
    const before = process.memoryUsage().rss;
    expect(await decompress(bomb, 'gzip')).toMatchObject({ ok: false, code: 'too_large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 1024 * 1024);
  });
});

test('the content type, with or without parameters', () => {
  expect(['application/x-protobuf', 'application/json; charset=utf-8', 'text/plain', undefined].map(encodingOf)).toEqual([
    'protobuf',
    'json',
    null,
    null,
  ]);
});

test('logs: scores for a span or an answer, and what a span said', () => {
  const record = (eventName: string, of: Doc, fields: Doc = {}) => ({
    traceId: TRACE,
    spanId: SPAN,
    timeUnixNano: START,
    eventName,
    attributes: attributes(of),
    ...fields,
  });
  const message = { body: { kvlistValue: { values: attributes({ content: 'hi' }) } } };
  const doc = {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              record(
                'gen_ai.evaluation.result',
                { 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.value': 0.2, 'gen_ai.response.id': 'r1' },
                { traceId: '', spanId: '' },
              ),
              record('', { 'event.name': 'gen_ai.user.message' }, message),
              record('gen_ai.client.inference.operation.details', { 'gen_ai.output.messages': '[]' }),
              record('', {}, { body: { stringValue: 'a line' } }),
            ],
          },
        ],
      },
    ],
  };
  const decoded = decodeLogs(encodeLogs(doc), 'protobuf');
  expect(decoded).toEqual(decodeLogs(encodeJson(doc), 'json'));
  if (!decoded.ok) throw new Error(decoded.message);
  const found = findingsOf(decoded.items);
  expect(found.scores).toMatchObject([{ name: 'tone', value: 0.2, responseId: 'r1', traceId: null }]);
  expect(found.texts).toEqual([{ traceId: TRACE, spanId: SPAN, input: '[{"role":"user","content":"hi"}]', output: '[]' }]);
  expect(decoded.items[3]!.body).toBe('a line');
});
