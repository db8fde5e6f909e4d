/** How a request is written; the answer is written alike. */
export type Encoding = 'protobuf' | 'json';

const encodings = new Map<string, Encoding>([
  ['application/x-protobuf', 'protobuf'],
  ['application/protobuf', 'protobuf'],
  ['application/json', 'json'],
]);

export const contentTypes: Record<Encoding, string> = { protobuf: 'application/x-protobuf', json: 'application/json' };

/** From the Content-Type header; null for one that OTLP does not know, which the receiver answers with 415. */
export function encodingOf(contentType: string | undefined): Encoding | null {
  return encodings.get((contentType ?? '').split(';')[0]!.trim().toLowerCase()) ?? null;
}
