import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { shipped } from '../../../../platform/paths.ts';
import { decodeTraces, decompress, encodingOf } from '../../otlp/index.ts';
import { attributes, event, someMetrics, span, START, traces } from '../../otlp/testing/body.ts';
import { encodeJson, encodeLogs, encodeMetrics, encodeTraces, type Doc } from '../../otlp/testing/encode.ts';
import { fuzzer } from '../../otlp/testing/fuzz.ts';
import { seededRandom } from '../../otlp/testing/random.ts';

/** A request as no decent client sends it, or nearly decent. */
export interface HostileRequest {
  readonly kind: string;
  readonly pieces: readonly Uint8Array[];
  readonly pauseMs?: number;
  readonly after?: 'wait' | 'end' | 'break';
  readonly isLast?: boolean;
  /** What it says to /v1/traces, for whoever wants to know what a 200 promised. */
  readonly says?: { readonly contentType: string; readonly contentEncoding: string | undefined; readonly body: Uint8Array };
}

/** Trace and span identifiers of what was promised to be kept, when the answer was 200. */
export async function idsPromised({ says }: HostileRequest): Promise<string[]> {
  const encoding = says && encodingOf(says.contentType);
  if (!encoding) return [];
  const plain = await decompress(says.body, says.contentEncoding);
  const decoded = plain.ok ? decodeTraces(plain.body, encoding) : plain;
  return decoded.ok ? decoded.items.map(({ traceId, spanId }) => traceId + spanId) : [];
}

type Kind = (at: Dice) => HostileRequest | Omit<HostileRequest, 'kind'>;

interface Dice {
  below: (most: number) => number;
  pick: <T>(of: readonly T[]) => T;
  hex: (bytes: number) => string;
}

/** Requests in endless, repeatable variety: the same for the same seed and key. */
function hostileRequests(key: string, seed: number): () => HostileRequest {
  const random = seededRandom(seed);
  const below = (most: number) => Math.floor(random() * most);
  const hex = (bytes: number) => Array.from({ length: bytes * 2 }, () => '0123456789abcdef'[below(16)]).join('');
  const dice: Dice = { below, pick: (of) => of[below(of.length)]!, hex };
  const kinds = kindsFor(key, seed);
  const weights = Object.entries(kinds).map(([kind, { weight }]) => ({ kind, weight }));
  const all = weights.reduce((sum, { weight }) => sum + weight, 0);
  return () => {
    let at = random() * all;
    const { kind } = weights.find(({ weight }) => (at -= weight) < 0) ?? weights[0]!;
    return { kind, ...kinds[kind]!.make(dice) };
  };
}

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

function kindsFor(key: string, seed: number): Record<string, { weight: number; make: Kind }> {
  const { protobuf, json } = seeds();
  const mutated = { protobuf: fuzzer(protobuf, seed + 1), json: fuzzer(json, seed + 2) };
  const logs = fuzzer([encodeLogs(someLogs), encodeJson(someLogs)], seed + 3);
  const metrics = fuzzer([encodeMetrics(someMetrics()), encodeJson(someMetrics())], seed + 4);
  const asked = fuzzer(questions, seed + 5);
  const good = `authorization: Bearer ${key}`;
  const post = (path: string, headers: readonly string[], body: Uint8Array) =>
    Buffer.concat([
      Buffer.from(
        [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', ...headers, `content-length: ${body.length}`, '', ''].join('\r\n'),
        'latin1',
      ),
      body,
    ]);
  const tracesPath = (n: number) => (n === 0 ? '/api/otel/v1/traces' : '/v1/traces');
  /** A request to /v1/traces that is sound but for its body. */
  const send = (contentType: string, body: Uint8Array, contentEncoding?: string, path = '/v1/traces') => ({
    pieces: [
      post(
        path,
        [good, `content-type: ${contentType}`, ...(contentEncoding ? [`content-encoding: ${contentEncoding}`] : [])],
        body,
      ),
    ],
    says: { contentType, contentEncoding, body },
  });
  const anyBody = ({ below }: Dice) => (below(2) === 0 ? mutated.json() : mutated.protobuf());

  return {
    'mutated protobuf': { weight: 300, make: ({ below }) => send(PROTOBUF, mutated.protobuf(), undefined, tracesPath(below(8))) },
    'mutated JSON': { weight: 260, make: ({ below }) => send(JSON_TYPE, mutated.json(), undefined, tracesPath(below(8))) },
    'mutated, then gzipped': { weight: 80, make: () => send(PROTOBUF, gzipSync(mutated.protobuf(), { level: 1 }), 'gzip') },
    'gzipped, then mutated': {
      weight: 40,
      make: ({ pick, below }) => {
        const packed = gzipSync(pick(protobuf), { level: 1 });
        packed[below(packed.length)]! ^= 1 << below(8);
        return send(PROTOBUF, below(2) === 0 ? packed : packed.subarray(0, below(packed.length)), 'gzip');
      },
    },
    'whole and right': { weight: 40, make: (dice) => send(PROTOBUF, encodeTraces(traces([randomSpan(dice, soundTimes)]))) },
    'odd times, numbers and texts': {
      weight: 60,
      make: (dice) => send(JSON_TYPE, encodeJson(traces([randomSpan(dice, times)]))),
    },
    'another type than it says': {
      weight: 30,
      make: (dice) =>
        send(
          dice.pick([PROTOBUF, JSON_TYPE, 'text/xml', 'application/json; charset=utf-16', '', 'a/b;;;"', '*/*']),
          anyBody(dice),
        ),
    },
    'another encoding than it says': {
      weight: 30,
      make: (dice) => {
        const body = anyBody(dice);
        const packed = dice.pick([body, gzipSync(body, { level: 1 }), deflateSync(body, { level: 1 })]);
        return send(
          JSON_TYPE,
          packed,
          dice.pick(['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip', 'identity', 'x-gzip', 'GZIP', '?']),
        );
      },
    },
    'logs and metrics': {
      weight: 40,
      make: ({ below, pick }) => {
        const [path, body] = below(2) === 0 ? (['/v1/logs', logs()] as const) : (['/v1/metrics', metrics()] as const);
        return { pieces: [post(path, [good, `content-type: ${pick([PROTOBUF, JSON_TYPE])}`], body)] };
      },
    },
    'a question': {
      weight: 40,
      make: ({ pick }) => ({
        pieces: [
          post(
            pick(['/api/telemetry.traces', '/api/telemetry.trace', '/mcp', '/api/clients.list', '/api/nothing']),
            [good, `content-type: ${JSON_TYPE}`],
            asked(),
          ),
        ],
      }),
    },
    'a strange key': {
      weight: 20,
      make: (dice) => {
        const shown = dice.pick([
          `authorization: Bearer ${key}x`,
          `authorization: Bearer ${key.slice(0, -1)}`,
          `authorization: Basic ${Buffer.from(dice.hex(40)).toString('base64')}`,
          'authorization: Bearer',
          `x-api-key: stwc_${dice.hex(24)}`,
          'x-api-key: __proto__',
          'x-nothing: 1',
        ]);
        return { pieces: [post('/v1/traces', [shown, `content-type: ${PROTOBUF}`], anyBody(dice))] };
      },
    },
    'a length that lies': {
      weight: 20,
      make: (dice) => {
        const body = anyBody(dice);
        const length = dice.pick([
          body.length + 1 + dice.below(1000),
          dice.below(body.length + 1),
          '-1',
          '1e3',
          '99999999999',
          '',
        ]);
        const head = `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\n${good}\r\ncontent-type: ${PROTOBUF}\r\ncontent-length: ${length}\r\n\r\n`;
        return { pieces: [Buffer.concat([Buffer.from(head), body])], after: 'end', isLast: true };
      },
    },
    'chunks, sound and not': {
      weight: 20,
      make: (dice) => {
        const body = anyBody(dice);
        const head = `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\n${good}\r\ncontent-type: ${JSON_TYPE}\r\ntransfer-encoding: chunked\r\n${dice.pick(['', 'content-length: 5\r\n', 'trailer: x\r\n'])}\r\n`;
        const size = dice.pick([body.length.toString(16), (body.length + 7).toString(16), 'zz', '-1', 'ffffffffffffffff']);
        const end = dice.pick(['\r\n0\r\n\r\n', '\r\n', '']);
        return {
          pieces: [Buffer.concat([Buffer.from(`${head}${size}\r\n`), body, Buffer.from(end)])],
          after: 'end',
          isLast: true,
        };
      },
    },
    'a sender that goes': {
      weight: 20,
      make: (dice) => {
        const whole = send(PROTOBUF, anyBody(dice)).pieces[0]!;
        return {
          pieces: [whole.subarray(0, dice.below(whole.length))],
          after: dice.pick(['end', 'break'] as const),
          isLast: true,
        };
      },
    },
    'no HTTP': {
      weight: 15,
      make: (dice) => ({ pieces: [dice.pick(noHttp(good)), Buffer.from('\r\n\r\n')], after: 'end', isLast: true }),
    },
    'other methods': {
      weight: 10,
      make: ({ pick }) => ({
        pieces: [
          Buffer.from(
            `${pick(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])} ${pick(['/v1/traces', '/api/keys.list', '/v1/../api/x', '//v1/traces', '/%2e%2e/'])} HTTP/1.1\r\nhost: ${pick(['127.0.0.1', 'evil.example', ''])}\r\n${good}\r\n\r\n`,
          ),
        ],
        // To HEAD and its like an answer has no body; here each has.
        isLast: true,
      }),
    },
    'many attributes': {
      weight: 2,
      make: ({ hex }) =>
        send(JSON_TYPE, encodeJson(traces([span({}, { traceId: hex(16), spanId: hex(8), attributes: manyAttributes(10_000) })]))),
    },
    'deep nesting': {
      weight: 4,
      make: (dice) => {
        const depth = 10 ** (2 + dice.below(4));
        return send(
          JSON_TYPE,
          Buffer.from(
            dice.pick([
              '['.repeat(depth),
              `{"resourceSpans":${'['.repeat(depth)}${']'.repeat(depth)}}`,
              `{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}}]}}]}`,
              '{"resourceSpans":{"a":'.repeat(depth),
            ]),
          ),
        );
      },
    },
    'deep nesting in protobuf': { weight: 2, make: ({ below }) => send(PROTOBUF, nested(10 ** (1 + below(3)))) },
    'a bomb': { weight: 1, make: ({ pick }) => send(pick([PROTOBUF, JSON_TYPE]), pick(bombs()), 'gzip') },
  };
}

const MOST_BETWEEN = 10_000;

/** So many of them, with a few enormous ones between. */
export function hostileMix(key: string, seed: number, count: number): () => HostileRequest | undefined {
  const mutated = hostileRequests(key, seed);
  const enormous = enormousRequests(key);
  const every = Math.max(1, Math.min(MOST_BETWEEN, Math.floor(count / enormous.length / 2)));
  let sent = 0;
  return () => {
    if (sent === count) return undefined;
    sent += 1;
    return sent % every === 0 ? enormous[(sent / every) % enormous.length] : mutated();
  };
}

/** A few requests that are large each: too slow to send them often. */
function enormousRequests(key: string): HostileRequest[] {
  const send = (kind: string, contentType: string, body: Uint8Array, contentEncoding?: string): HostileRequest => ({
    kind,
    pieces: [
      Buffer.from(
        `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${key}\r\ncontent-type: ${contentType}\r\n${contentEncoding ? `content-encoding: ${contentEncoding}\r\n` : ''}content-length: ${body.length}\r\n\r\n`,
      ),
      body,
    ],
    says: { contentType, contentEncoding, body },
  });
  const one = (of: Doc) => traces([span({}, { traceId: 'e'.repeat(32), spanId: 'e'.repeat(16), ...of })]);
  const attribute = Buffer.from([0x4a, 0x0a, 0x0a, 0x01, 0x61, 0x12, 0x05, 0x0a, 0x03, 0x62, 0x62, 0x62]);
  return [
    send('a million attributes in JSON', JSON_TYPE, encodeJson(one({ attributes: manyAttributes(200_000) }))),
    send('a million attributes in protobuf', PROTOBUF, inSpan(Buffer.concat(Array.from({ length: 1_000_000 }, () => attribute)))),
    send(
      'a million empty spans',
      PROTOBUF,
      inScope(Buffer.concat(Array.from({ length: 1_000_000 }, () => Buffer.from([0x12, 0x00])))),
    ),
    send('a million objects', JSON_TYPE, Buffer.from(`{"resourceSpans":[${'{},'.repeat(1_500_000)}{}]}`)),
    send('a bomb', PROTOBUF, gzipSync(Buffer.alloc(200 * 1024 * 1024)), 'gzip'),
    send('one text of 15 MB', JSON_TYPE, encodeJson(one({ attributes: attributes({ input: 'x'.repeat(15_000_000) }) }))),
    send('larger than may be', PROTOBUF, Buffer.alloc(25 * 1024 * 1024)),
    send('much larger than may be', PROTOBUF, Buffer.alloc(60 * 1024 * 1024)),
  ];
}

/** A body that comes byte by byte. */
export function slowRequest(key: string, overMs: number, traceId: string): HostileRequest {
  const contentType = PROTOBUF;
  const body = encodeTraces(traces([span({}, { traceId })]));
  const head = `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${key}\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\n\r\n`;
  const bytes = Array.from(body, (byte) => Buffer.from([byte]));
  return {
    kind: 'a slow body',
    pieces: [Buffer.from(head), ...bytes],
    pauseMs: overMs / bytes.length,
    says: { contentType, contentEncoding: undefined, body },
  };
}

let read: { protobuf: Buffer[]; json: Buffer[] } | undefined;

/** What stock clients sent. Read from the checkout, as this runs in a bundle too. */
function seeds() {
  if (read) return read;
  const dir = shipped('src', 'features', 'telemetry', 'otlp', 'fixtures');
  const named = (suffix: string) =>
    readdirSync(dir)
      .filter((name) => name.endsWith(suffix))
      .map((name) => readFileSync(`${dir}/${name}`));
  const json = named('.json');
  const protobuf = [...named('.pb'), ...json.map((body) => encodeTraces(JSON.parse(body.toString()) as Doc))];
  return (read = { protobuf, json });
}

const someLogs: Doc = {
  resourceLogs: [
    {
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: START,
              eventName: 'gen_ai.evaluation.result',
              attributes: attributes({ 'gen_ai.evaluation.score.value': 0.5 }),
              body: { stringValue: 'x' },
            },
          ],
        },
      ],
    },
  ],
};

const questions = [
  { client: 'Acme' },
  { client: 'Acme', limit: 5, from: '2026-01-01T00:00:00Z' },
  { client: 'Acme', traceId: 'a'.repeat(32) },
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'telemetry_traces', arguments: { client: 'Acme' } } },
].map((question) => Buffer.from(JSON.stringify(question)));

const times = ['0', '1', '-5', '-9223372036854775808', START, '253402300799000000000', '18446744073709551615', '1e30', 'soon'];
/** Those that protobuf can say. */
const soundTimes = times.filter((time) => /^\d+$/.test(time) && BigInt(time) < 2n ** 64n);
const numbers = ['0', '-1', '123', '1e308', 'NaN', '-Infinity', '9007199254740993', '18446744073709551616'];
const texts = ['', '\0', "'; DROP TABLE span; --", '\\', '"', '\u001b[31m', '🦜', '\ufffe', 'x'.repeat(3000), '<script>', '=1+1'];
const names = [
  '__proto__',
  'constructor',
  'toString',
  'gen_ai.request.model',
  'gen_ai.usage.input_tokens',
  'user.id',
  'steward.workflow',
  'gen_ai.prompt.999999999.content',
  '',
];

function randomSpan({ below, pick, hex }: Dice, at: readonly string[]): Doc {
  const of = Array.from({ length: below(6) }, () => [pick(names), pick([...texts, ...numbers])] as const);
  return span(
    {},
    {
      traceId: below(20) === 0 ? pick(['', '00', 'zz'.repeat(16), '0'.repeat(32)]) : hex(16),
      spanId: below(20) === 0 ? '' : hex(8),
      name: pick(texts),
      startTimeUnixNano: pick(at),
      endTimeUnixNano: pick(at),
      attributes: of.map(([name, text]) => ({ key: name, value: { stringValue: text } })),
      events: [event(pick(names), {})],
      status: { code: below(4), message: pick(texts) },
    },
  );
}

const manyAttributes = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: `a${n}`, value: { stringValue: 'x' } }));

/** Length-delimited field. */
function wrapped(field: number, body: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = body.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), body]);
}
const inScope = (spans: Uint8Array) => wrapped(1, wrapped(2, spans));
const inSpan = (fields: Uint8Array) =>
  inScope(wrapped(2, Buffer.concat([wrapped(1, Buffer.alloc(16, 0xee)), wrapped(2, Buffer.alloc(8, 0xee)), fields])));

/** A value in a list in a list in a list. */
function nested(depth: number): Buffer {
  let value: Buffer = Buffer.from([0x0a, 0x01, 0x61]);
  for (let n = 0; n < depth; n += 1) value = wrapped(5, wrapped(1, value));
  return inSpan(wrapped(9, Buffer.concat([wrapped(1, Buffer.from('a')), wrapped(2, value)])));
}

let packed: Buffer[] | undefined;
const bombs = () =>
  (packed ??= [
    gzipSync(Buffer.alloc(24 * 1024 * 1024)),
    gzipSync(Buffer.alloc(24 * 1024 * 1024, '[')),
    gzipSync(gzipSync(Buffer.alloc(8 * 1024 * 1024))),
  ]);

const noHttp = (good: string) =>
  [
    '\0\0\0\0',
    'POST /v1/traces HTTP/9.9',
    'POST  /v1/traces  HTTP/1.1',
    `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\n${good}\r\nx: ${'y'.repeat(20_000)}`,
    `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example\r\n${good}\r\ncontent-length: 0`,
    `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\n${good}\r\ncontent-length: 3\r\ncontent-length: 4`,
    `POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\n${good}\r\nx\0y: 1`,
    `POST http://evil.example/v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\n${good}\r\ncontent-length: 0`,
    '\u0016\u0003\u0001\u0002\u0000\u0001',
    'PRI * HTTP/2.0',
  ].map((text) => Buffer.from(text, 'latin1'));
