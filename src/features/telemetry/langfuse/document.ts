import type { Piece } from './pieces.ts';

/** The pieces as an OTLP request: one way from what clients say to spans, with one set of limits. */
export function documentOf(pieces: readonly Piece[]): Buffer {
  const spans = pieces.map(({ traceId, spanId, parentSpanId, name, startMs, endMs, attributes }) => ({
    traceId,
    spanId,
    ...(parentSpanId && { parentSpanId }),
    name: name ?? '',
    ...(startMs !== null && { startTimeUnixNano: nanos(startMs) }),
    ...(endMs !== null && { endTimeUnixNano: nanos(endMs) }),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) })),
  }));
  const scopeSpans = [{ scope: { name: 'langfuse.ingestion', version: '' }, spans }];
  return Buffer.from(JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans }] }));
}

// As a text: a number of JSON cannot hold so many digits.
const nanos = (ms: number) => (BigInt(Math.round(ms * 1000)) * 1000n).toString();

function valueOf(value: unknown) {
  const written = asWritten(value);
  return typeof written === 'string'
    ? { stringValue: written }
    : { arrayValue: { values: written.map((one) => ({ stringValue: one })) } };
}

/** Texts stay texts, and lists of them lists; what has parts is JSON, as the newer clients send it. */
export function asWritten(value: unknown): string | string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  return typeof value === 'string' ? value : jsonOf(value);
}

/** What can be parsed can be too deep to be written again. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '[too deep]';
  }
}
