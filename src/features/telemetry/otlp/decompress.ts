import { gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { failure, type Failure } from './failure.ts';
import { defaultLimits } from './limits.ts';

type Inflate = (body: Uint8Array, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void;

const methods = new Map<string, Inflate>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
]);

/**
 * The body as it was before Content-Encoding. Never holds more than the limit: zlib counts in its one-shot form,
 * while its streams ignore `maxOutputLength`.
 */
export async function decompress(
  body: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes = defaultLimits.bodyBytes,
): Promise<{ ok: true; body: Uint8Array } | Failure> {
  const name = (contentEncoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return body.length > maxBytes ? tooLarge(maxBytes) : { ok: true, body };
  const method = methods.get(name);
  if (!method) return failure('unsupported', 'This Content-Encoding is not supported. Use gzip, deflate or none.');
  return new Promise((resolve) => {
    method(body, { maxOutputLength: maxBytes, chunkSize: 64 * 1024 }, (error, result) =>
      resolve(error ? failureOf(error, name, maxBytes) : { ok: true, body: result }),
    );
  });
}

const tooLarge = (maxBytes: number) =>
  failure('too_large', `The body has more than ${maxBytes} bytes, after decompression. Send smaller batches.`);

const failureOf = (error: NodeJS.ErrnoException, name: string, maxBytes: number) =>
  error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxBytes) : failure('malformed', `The body is not valid ${name}.`);
