import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Problem } from '../../../platform/problem.ts';
import {
  callsOfExport,
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  findingsOf,
  spansOfDocument,
  traceTotals,
  type Encoding,
} from './index.ts';
import { attributes, event, someMetrics, span, traces, TRACE, SPAN, START } from './testing/body.ts';
import { fixture } from './testing/documents.ts';
import { encodeJson, encodeLogs, encodeMetrics, encodeTraces, type Doc } from './testing/encode.ts';
import { fuzzer } from './testing/fuzz.ts';
import { seededRandom } from './testing/random.ts';

/** Hostile bodies end in an answer: never in an exception, a hang, a full memory or a changed prototype. */

const BODIES = 10_000;
/** Far above what any body takes: a busy machine must not look like a hang. */
const MOST_MS_PER_BODY = 30_000;
const MOST_HEAP_GROWTH = 400 * 1024 * 1024;

const prototypes = () =>
  [Object.prototype, Array.prototype, Map.prototype].map((prototype) => Object.getOwnPropertyNames(prototype).join());
let before: string[];
beforeAll(() => void (before = prototypes()));
afterAll(() => expect(prototypes()).toEqual(before));

const logs: Doc = {
  resourceLogs: [
    {
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: START,
              traceId: TRACE,
              spanId: SPAN,
              eventName: 'gen_ai.evaluation.result',
              severityNumber: 9,
              attributes: attributes({ 'gen_ai.evaluation.score.value': 0.5 }),
              body: { stringValue: 'x' },
            },
          ],
        },
      ],
    },
  ],
};
const metrics = someMetrics({ 'user.id': 'u1' }, { 'service.name': 's' });

const names = readdirSync(new URL('./fixtures', import.meta.url)).filter((name) => !name.endsWith('.gz'));
const json = names.filter((name) => name.endsWith('.json')).map(fixture);
const protobuf = [
  ...names.filter((name) => name.endsWith('.pb')).map(fixture),
  ...json.map((body) => encodeTraces(JSON.parse(body.toString()) as Doc)),
];

const targets: [string, Encoding, readonly Uint8Array[], typeof decodeTraces | typeof decodeLogs | typeof decodeMetrics][] = [
  ['traces in protobuf', 'protobuf', protobuf, decodeTraces],
  ['traces in JSON', 'json', json, decodeTraces],
  ['logs in protobuf', 'protobuf', [encodeLogs(logs)], decodeLogs],
  ['logs in JSON', 'json', [encodeJson(logs)], decodeLogs],
  ['metrics in protobuf', 'protobuf', [encodeMetrics(metrics)], decodeMetrics],
  ['metrics in JSON', 'json', [encodeJson(metrics)], decodeMetrics],
];

test.each(targets)('mutated bodies: %s', (_, encoding, bodies, decode) => {
  const next = fuzzer(bodies, 20_261_121);
  const heapBefore = process.memoryUsage().heapUsed;
  let slowest = 0;
  for (let count = 0; count < BODIES; count++) {
    const body = next();
    const started = performance.now();
    const decoded = decode(body, encoding);
    slowest = Math.max(slowest, performance.now() - started);
    if (decoded.ok) expect(decoded.items.length + decoded.rejected).toBe(decoded.received);
    else if (decoded.code !== 'malformed') throw new Error(decoded.message);
  }
  expect(slowest).toBeLessThan(MOST_MS_PER_BODY);
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(MOST_HEAP_GROWTH);
});

test('mutated documents through the reader of files and all that is built on spans', () => {
  const next = fuzzer(json, 7);
  for (let count = 0; count < 2_000; count++) {
    let document: unknown = null;
    try {
      document = JSON.parse(Buffer.from(next()).toString());
    } catch {
      continue;
    }
    try {
      callsOfExport(document);
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
    }
    const decoded = spansOfDocument((document ?? {}) as Doc);
    if (decoded.ok) traceTotals(decoded.items);
  }
});

describe('random documents', () => {
  const random = seededRandom(42);
  const below = (most: number) => Math.floor(random() * most);
  const pick = <T>(of: readonly T[]) => of[below(of.length)]!;
  const digits = (size: number) => Array.from({ length: size * 2 }, () => '0123456789abcdef'[below(16)]).join('');
  const texts = ['', 'stop', 'Zürich', '🙂', '\u0000', '{"a":1}', 'x'.repeat(300), '[1]', '__proto__'];
  const keys = [
    'gen_ai.usage.input_tokens',
    'gen_ai.prompt.0.content',
    'a.b',
    'metadata',
    '__proto__',
    'toString',
    'user.id',
    'llm.output_messages.1.message.role',
  ];

  function randomValue(depth: number): Doc {
    const kinds: (() => Doc)[] = [
      () => ({ stringValue: pick(texts) }),
      () => ({ intValue: pick(['0', '-1', '123', '9007199254740993', '-9223372036854775808', '9223372036854775807']) }),
      () => ({ doubleValue: pick([0.5, -1e300, 'NaN', '-Infinity']) }),
      () => ({ boolValue: random() < 0.5 }),
      () => ({ bytesValue: Buffer.from(pick(texts)).toString('base64') }),
      () => ({}),
      () => ({ arrayValue: { values: Array.from({ length: below(4) }, () => randomValue(depth - 1)) } }),
      () => ({
        kvlistValue: { values: Array.from({ length: below(4) }, () => ({ key: pick(keys), value: randomValue(depth - 1) })) },
      }),
    ];
    return kinds[below(depth > 0 ? kinds.length : kinds.length - 2)]!();
  }

  const randomAttributes = () => Array.from({ length: below(12) }, () => ({ key: pick(keys), value: randomValue(4) }));
  const randomSpan = () =>
    span(
      {},
      {
        traceId: random() < 0.05 ? '00' : digits(16),
        spanId: random() < 0.05 ? '' : digits(8),
        parentSpanId: pick(['', digits(8), 'abcd']),
        name: pick(texts),
        attributes: randomAttributes(),
        events: Array.from({ length: below(3) }, () => ({
          ...event(pick(['exception', 'gen_ai.choice', 'x'])),
          attributes: randomAttributes(),
        })),
        status: { code: below(3), message: pick(texts) },
        startTimeUnixNano: pick(['0', START, '18446744073709551615', '1']),
      },
    );

  test('mean the same in protobuf and in JSON', () => {
    for (let count = 0; count < 1_000; count++) {
      const doc = traces(Array.from({ length: 1 + below(4) }, randomSpan), { 'service.name': 's' });
      expect(decodeTraces(encodeTraces(doc), 'protobuf')).toEqual(decodeTraces(encodeJson(doc), 'json'));
    }
  });

  test('mean the same in snake case, with base64 identifiers and enums by name', () => {
    const doc = traces([
      span({ a: 1, b: ['x', 2.5, true] }, { parentSpanId: digits(8), status: { code: 2 }, events: [event('e', { k: 'v' })] }),
    ]);
    const text = JSON.stringify(doc)
      .replaceAll(
        /"([a-z]+(?:[A-Z][a-z]+)+)":/g,
        (_, key: string) => `"${key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
      )
      .replaceAll(/"([0-9a-f]{16}|[0-9a-f]{32})"/g, (_, hex: string) => `"${Buffer.from(hex, 'hex').toString('base64')}"`)
      .replace('"code":2', '"code":"STATUS_CODE_ERROR"');
    expect(decodeTraces(Buffer.from(text), 'json')).toEqual(decodeTraces(encodeTraces(doc), 'protobuf'));
  });

  test('logs mean the same in both', () => {
    expect(decodeLogs(encodeLogs(logs), 'protobuf')).toEqual(decodeLogs(encodeJson(logs), 'json'));
    expect(decodeMetrics(encodeMetrics(metrics), 'protobuf')).toEqual(decodeMetrics(encodeJson(metrics), 'json'));
    const decoded = decodeLogs(encodeLogs(logs), 'protobuf');
    expect(decoded.ok && findingsOf(decoded.items).scores).toMatchObject([{ traceId: TRACE, spanId: SPAN, value: 0.5 }]);
  });
});
