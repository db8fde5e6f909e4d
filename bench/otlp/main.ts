/** `node bench/run.mjs otlp`: spans per second and core, decoded and mapped, from bodies of 512 spans with 1 KB in and 1 KB out each. */
import { gzipSync } from 'node:zlib';
import { decodeTraces, decompress, type Encoding } from '../../src/features/telemetry/otlp/index.ts';
import { span, traces } from '../../src/features/telemetry/otlp/testing/body.ts';
import { encodeJson, encodeTraces, type Doc } from '../../src/features/telemetry/otlp/testing/encode.ts';
import { seededRandom } from '../../src/features/telemetry/otlp/testing/random.ts';

const SPANS = 512;
const BODIES = 20;
const ROUNDS = 15;

const random = seededRandom(1);
const hex = (bytes: number) => Array.from({ length: bytes * 2 }, () => Math.floor(random() * 16).toString(16)).join('');
const words = Array.from({ length: 2_000 }, (_, i) => `word${i.toString(36)}`);

function text(bytes: number): string {
  let said = '';
  while (said.length < bytes) said += `${words[Math.floor(words.length * random() ** 3)]!} `;
  return said;
}

const message = (role: string) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content: text(1_000 * (0.6 + 0.8 * random())) }] }]);

const call = (): Doc =>
  span(
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.response.id': hex(8),
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': Math.floor(random() * 4_000),
      'gen_ai.usage.output_tokens': Math.floor(random() * 800),
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.input.messages': message('user'),
      'gen_ai.output.messages': message('assistant'),
      'user.id': `user-${Math.floor(random() * 5_000)}`,
      'session.id': hex(8),
      'app.region': 'eu-central',
    },
    { traceId: hex(16), spanId: hex(8), parentSpanId: hex(8), name: 'chat gpt-4o' },
  );

/** The documents themselves are let go: what they hold would burden the collector of all that is measured. */
function bodies() {
  const documents = Array.from({ length: BODIES }, () =>
    traces(Array.from({ length: SPANS }, call), { 'service.name': 'shop', 'deployment.environment.name': 'production' }),
  );
  return { protobuf: documents.map(encodeTraces), json: documents.map(encodeJson) };
}

function measure(bodies: readonly Uint8Array[], encoding: Encoding): number {
  const started = process.cpuUsage();
  for (const body of bodies) {
    const decoded = decodeTraces(body, encoding);
    if (!decoded.ok || decoded.items.length !== SPANS) throw new Error('The benchmark body was not read.');
  }
  return perSecond(started);
}

async function measureGunzip(bodies: readonly Uint8Array[]): Promise<number> {
  const started = process.cpuUsage();
  for (const body of bodies) {
    const plain = await decompress(body, 'gzip');
    if (!plain.ok || !decodeTraces(plain.body, 'protobuf').ok) throw new Error('The benchmark body was not read.');
  }
  return perSecond(started);
}

/** For comparison, on the machine as it is now: the parser of JSON without anything of ours. */
function measureParse(bodies: readonly Uint8Array[]): number {
  const started = process.cpuUsage();
  for (const body of bodies) if (!JSON.parse(Buffer.from(body).toString())) throw new Error('The benchmark body was not read.');
  return perSecond(started);
}

/** Processor time, not the clock's: the figure is per core, whoever else is at work. */
function perSecond(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (SPANS * BODIES * 1e6) / (user + system);
}

const { protobuf, json } = bodies();
const kinds: Record<string, { bodies: Uint8Array[]; run: (bodies: readonly Uint8Array[]) => number | Promise<number> }> = {
  protobuf: { bodies: protobuf, run: (bodies) => measure(bodies, 'protobuf') },
  'protobuf, gzip': { bodies: protobuf.map((body) => gzipSync(body)), run: measureGunzip },
  'JSON.parse alone': { bodies: json, run: measureParse },
  JSON: { bodies: json, run: (bodies) => measure(bodies, 'json') },
};

for (const [name, { bodies, run }] of Object.entries(kinds)) {
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round++) figures.push(await run(bodies));
  const [worst, median, best] = [0, Math.floor(ROUNDS / 2), ROUNDS - 1].map((at) => figures.sort((a, b) => a - b)[at]!);
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0) / (SPANS * BODIES);
  const show = (figure: number) => `${Math.round(figure / 1000)}k`.padStart(6);
  console.log(
    `${name.padEnd(16)} ${show(median!)} spans/s per core (${show(worst!)} to${show(best!)})  ${(1e6 / median!).toFixed(1)} µs  ${Math.round(bytes)} bytes per span`,
  );
}
