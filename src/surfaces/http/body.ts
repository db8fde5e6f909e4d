import type { HttpBindings } from '@hono/node-server';
import { invalid, Problem } from '../../platform/problem.ts';
import { parseControlJson } from './control-json.ts';

const LARGEST = 1024 * 1024;
// Read on, and forgotten, so that the sender hears why; past this the connection is cut.
const FORGOTTEN = 15 * LARGEST;

/** The input of an operation. Throws `invalid` and `too_large`. */
export async function inputOf(headers: Headers, incoming: HttpBindings['incoming']): Promise<unknown> {
  const [type] = (headers.get('content-type') ?? '').split(';');
  // A form of another site can send other types without asking first.
  if (type?.trim().toLowerCase() !== 'application/json') throw invalid('Send the input as application/json.');
  if (headers.has('content-encoding')) throw invalid('Send the input uncompressed.');
  return parseControlJson(textOf(await readWhole(incoming, LARGEST)));
}

/** The input of an operation that is asked by GET: texts, each once. Throws `invalid`. */
export function queryOf(url: string): Record<string, string> {
  const query = [...new URL(url).searchParams];
  if (new Set(query.map(([name]) => name)).size < query.length) throw invalid('A parameter of the query stands there twice.');
  return Object.fromEntries(query);
}

/** The body as it was sent, in memory of its own or in some that `take` gives. Throws `too_large`. */
export async function readWhole(
  incoming: AsyncIterable<Uint8Array>,
  largest: number,
  take: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafe(bytes),
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.byteLength;
    if (size <= largest) chunks.push(chunk);
    else if (size > largest + FORGOTTEN) break;
  }
  if (size > largest) throw new Problem('too_large', `The body is larger than ${largest / 1024 / 1024} MB.`);
  const whole = take(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('The body is not UTF-8.');
  }
}
