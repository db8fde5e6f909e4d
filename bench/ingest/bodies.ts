import { span, traces } from '../../src/features/telemetry/otlp/testing/body.ts';
import { encodeTraces, type Doc } from '../../src/features/telemetry/otlp/testing/encode.ts';
import { seededRandom } from '../../src/features/telemetry/otlp/testing/random.ts';

export const SPANS_OF_BODY = 512;

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

interface Ids {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

/** A model call: 13 attributes, two of which are messages of about 1 KB. */
const call = (ids: Ids) =>
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
      'gen_ai.input.messages': message('user'),
      'gen_ai.output.messages': message('assistant'),
      'user.id': `user-${Math.floor(random() * 5_000)}`,
      'session.id': hex(8),
      'app.region': 'eu-central',
    },
    { ...ids, name: 'chat gpt-4o', ...times() },
  );

/** What stands between the calls: an agent's step. */
const step = (ids: Ids) =>
  span(
    {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'support',
      'http.request.method': 'POST',
      'url.path': '/answer',
      'server.address': 'api.shop.example',
      'app.region': 'eu-central',
      'app.attempt': 1,
      'user.id': `user-${Math.floor(random() * 5_000)}`,
      'session.id': hex(8),
      'thread.name': 'worker-1',
    },
    { ...ids, name: 'invoke_agent support', ...times() },
  );

const startMs = Date.now();
function times() {
  const ms = startMs - Math.floor(random() * 60_000);
  return { startTimeUnixNano: `${ms}000000`, endTimeUnixNano: `${ms + Math.floor(random() * 3000)}000000` };
}

/** What a busy application sends at once: traces of an agent's step and three calls below it. */
export function makeDocument(): Doc {
  const spans = Array.from({ length: SPANS_OF_BODY / 4 }, () => {
    const [traceId, parentSpanId] = [hex(16), hex(8)];
    return [
      step({ traceId, spanId: parentSpanId }),
      ...Array.from({ length: 3 }, () => call({ traceId, spanId: hex(8), parentSpanId })),
    ];
  });
  return traces(spans.flat(), { 'service.name': 'shop', 'deployment.environment.name': 'production' });
}

export const makeBody = (): Buffer => encodeTraces(makeDocument());

/** Where a body has its trace ids: to be made new, so that no body is ever sent twice. */
export function traceIdPlaces(body: Buffer): number[] {
  const places: number[] = [];
  // A span begins with field 1 of 16 bytes and field 2 of 8 bytes.
  for (let at = body.indexOf('\x0a\x10', 0, 'latin1'); at >= 0; at = body.indexOf('\x0a\x10', at + 1, 'latin1'))
    if (body[at + 18] === 0x12 && body[at + 19] === 8) places.push(at + 2);
  if (places.length !== SPANS_OF_BODY) throw new Error('The trace ids of a body were not found.');
  return places;
}
