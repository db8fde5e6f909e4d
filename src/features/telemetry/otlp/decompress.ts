import { gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { atOnce } from '../../../platform/at-once.ts';
import { ownTurn } from '../../../platform/own-turn.ts';
import { failure, type Failure } from './failure.ts';
import { defaultLimits } from './limits.ts';

type Inflate = (body: Uint8Array, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void;

const methods = new Map<string, Inflate>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
]);

const SMALLEST_PIECE = 16 * 1024;
const LARGEST_PIECE = 2 * 1024 * 1024;
/** As one is read, the next is unpacked. Unpacked bodies that wait are memory, and full collections later on. */
const unpacking = atOnce(2);

/**
 * The body as it was before Content-Encoding, in a turn of the event loop of its own: it is read at once. Never holds more than
 * the limit: zlib counts in its one-shot form, while its streams ignore `maxOutputLength`.
 */
export async function decompress(
  body: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes = defaultLimits.bodyBytes,
): Promise<{ ok: true; body: Uint8Array } | Failure> {
  const name = (contentEncoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') {
    if (body.length > maxBytes) return tooLarge(maxBytes);
    await ownTurn();
    return { ok: true, body };
  }
  const method = methods.get(name);
  if (!method) return failure('unsupported', 'This Content-Encoding is not supported. Use gzip, deflate or none.');
  return unpacking(async () => {
    const options = { maxOutputLength: maxBytes, chunkSize: pieceOf(body, name) };
    const unpacked = await new Promise<{ ok: true; body: Uint8Array } | Failure>((resolve) => {
      method(body, options, (error, result) => resolve(error ? failureOf(error, name, maxBytes) : { ok: true, body: result }));
    });
    await ownTurn();
    return unpacked;
  });
}

/** All of it in one piece, where it ends with its length as gzip does; a length that is a lie makes for more pieces. */
function pieceOf(body: Uint8Array, name: string): number {
  if (name === 'deflate' || body.length < 4) return 4 * SMALLEST_PIECE;
  const said = new DataView(body.buffer, body.byteOffset + body.length - 4).getUint32(0, true);
  // One more: what fills its piece is asked whether there is more.
  return Math.max(SMALLEST_PIECE, Math.min(said + 1, LARGEST_PIECE));
}

const tooLarge = (maxBytes: number) =>
  failure('too_large', `The body has more than ${maxBytes} bytes, after decompression. Send smaller batches.`);

const failureOf = (error: NodeJS.ErrnoException, name: string, maxBytes: number) =>
  error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxBytes) : failure('malformed', `The body is not valid ${name}.`);
