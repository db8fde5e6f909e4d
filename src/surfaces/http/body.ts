import type { HttpBindings } from '@hono/node-server';
import { invalid, Problem } from '../../platform/problem.ts';
import type { Spare } from '../../platform/spare.ts';
import { parseControlJson } from './control-json.ts';

const LARGEST = 1024 * 1024;
// Read on, and forgotten, so that the sender hears why; past this the connection is cut.
const FORGOTTEN = 15 * LARGEST;

/** The input of an operation, or of whoever asks for something in JSON. Throws `invalid` and `too_large`. */
export async function inputOf(headers: Headers, incoming: HttpBindings['incoming'], largest = LARGEST): Promise<unknown> {
  const [type] = (headers.get('content-type') ?? '').split(';');
  // A form of another site can send other types without asking first.
  if (type?.trim().toLowerCase() !== 'application/json') throw invalid('Send the input as application/json.');
  if (headers.has('content-encoding')) throw invalid('Send the input uncompressed.');
  return parseControlJson(textOf(await readWhole(incoming, largest)));
}

/** The input of an operation that is asked by GET: texts, each once. Throws `invalid`. */
export function queryOf(url: string): Record<string, string> {
  const query = [...new URL(url).searchParams];
  if (new Set(query.map(([name]) => name)).size < query.length) throw invalid('A parameter of the query stands there twice.');
  return Object.fromEntries(query);
}

/** Memory of its own for each body. */
const fresh: Spare = {
  take: (bytes) => Buffer.allocUnsafe(bytes),
  giveBack: () => undefined,
  first: (taken, bytes) => taken.subarray(0, bytes),
};

/** What a body may take before its bytes are there, whatever its sender says of its length. */
const MOST_PROMISED = 2 * LARGEST;
const UNKNOWN_BYTES = 64 * 1024;

/**
 * The body as it was sent, in memory out of `spare`. Throws `too_large`, and `invalid` where it has no end. Each piece is copied as it comes: pieces that wait for
 * the last one outlive two rounds of the collector, which is a full collection for every 64 MB that comes in.
 */
export async function readWhole(
  incoming: AsyncIterable<Uint8Array>,
  largest: number,
  { spare = fresh, promised = UNKNOWN_BYTES }: { spare?: Spare; promised?: number } = {},
): Promise<Buffer> {
  let whole = spare.take(Math.min(promised, largest, MOST_PROMISED));
  let size = 0;
  try {
    for await (const chunk of incoming) {
      const at = size;
      size += chunk.byteLength;
      if (size > largest + FORGOTTEN) break;
      if (size > largest) continue;
      if (size > whole.length) {
        const larger = spare.take(Math.min(largest, Math.max(size, 2 * whole.length)));
        whole.copy(larger, 0, 0, at);
        spare.giveBack(whole);
        whole = larger;
      }
      whole.set(chunk, at);
    }
    if (size > largest) throw new Problem('too_large', `The body is larger than ${inWords(largest)}.`);
    return spare.first(whole, size);
  } catch (error) {
    spare.giveBack(whole);
    // Whoever hung up in the middle hears nothing more, and it is no bug of ours.
    throw error instanceof Problem ? error : invalid('The request ended before its body.');
  }
}

const inWords = (bytes: number) => (bytes < LARGEST ? `${bytes / 1024} KB` : `${bytes / LARGEST} MB`);

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('The body is not UTF-8.');
  }
}
