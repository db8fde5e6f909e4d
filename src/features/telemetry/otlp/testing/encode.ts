import { Writer } from '../protobuf/writer.ts';

/** Writes OTLP/JSON documents as protobuf, so that tests can say one thing in both encodings. Camel case only. */

export type Doc = { [key: string]: unknown };

const list = (value: unknown) => (value ?? []) as Doc[];
const text = (value: unknown) => (value ?? '') as string;
const hex = (value: unknown) => Buffer.from(text(value), 'hex');

function nanos(value: unknown): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt((value ?? 0) as string));
  return bytes;
}

function double(value: unknown): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Number(value));
  return bytes;
}

const each = (writer: Writer, field: number, items: unknown, encode: (item: Doc) => Buffer) =>
  list(items).reduce((to, item) => to.bytes(field, encode(item)), writer);

export function encodeValue(value: Doc): Buffer {
  const writer = new Writer();
  // Chosen by presence: an empty text, a zero and a false are values too.
  if ('stringValue' in value) writer.bytes(1, Buffer.from(text(value['stringValue'])));
  if ('boolValue' in value) writer.always(2, value['boolValue'] ? 1 : 0);
  if ('intValue' in value) writer.always(3, BigInt(value['intValue'] as string));
  if ('doubleValue' in value) writer.raw(4, 1, double(value['doubleValue']));
  if ('arrayValue' in value) writer.bytes(5, each(new Writer(), 1, (value['arrayValue'] as Doc)['values'], encodeValue).finish());
  if ('kvlistValue' in value)
    writer.bytes(6, each(new Writer(), 1, (value['kvlistValue'] as Doc)['values'], encodeEntry).finish());
  if ('bytesValue' in value) writer.bytes(7, Buffer.from(text(value['bytesValue']), 'base64'));
  return writer.finish();
}

const encodeEntry = (entry: Doc) =>
  new Writer()
    .text(1, text(entry['key']))
    .bytes(2, encodeValue((entry['value'] ?? {}) as Doc))
    .finish();

const attributes = (writer: Writer, field: number, of: Doc) => each(writer, field, of['attributes'], encodeEntry);

function encodeSpan(span: Doc): Buffer {
  const writer = new Writer().bytes(1, hex(span['traceId'])).bytes(2, hex(span['spanId']));
  if (span['parentSpanId']) writer.bytes(4, hex(span['parentSpanId']));
  writer.text(5, text(span['name'])).varint(6, Number(span['kind'] ?? 0));
  writer.raw(7, 1, nanos(span['startTimeUnixNano'])).raw(8, 1, nanos(span['endTimeUnixNano']));
  attributes(writer, 9, span);
  each(writer, 11, span['events'], (event) =>
    attributes(new Writer().raw(1, 1, nanos(event['timeUnixNano'])).text(2, text(event['name'])), 3, event).finish(),
  );
  each(writer, 13, span['links'], (link) => new Writer().bytes(1, hex(link['traceId'])).bytes(2, hex(link['spanId'])).finish());
  const status = (span['status'] ?? {}) as Doc;
  return writer
    .bytes(
      15,
      new Writer()
        .text(2, text(status['message']))
        .varint(3, Number(status['code'] ?? 0))
        .finish(),
    )
    .finish();
}

function encodeLog(log: Doc): Buffer {
  const writer = new Writer().raw(1, 1, nanos(log['timeUnixNano'])).varint(2, Number(log['severityNumber'] ?? 0));
  writer.bytes(5, encodeValue((log['body'] ?? {}) as Doc));
  return attributes(writer, 6, log)
    .bytes(9, hex(log['traceId']))
    .bytes(10, hex(log['spanId']))
    .text(12, text(log['eventName']))
    .finish();
}

const points = (data: unknown) => each(new Writer(), 1, (data as Doc)['dataPoints'], () => Buffer.alloc(0)).finish();

function encodeMetric(metric: Doc): Buffer {
  const writer = new Writer().text(1, text(metric['name']));
  if (metric['sum']) writer.bytes(7, points(metric['sum']));
  if (metric['histogram']) writer.bytes(9, points(metric['histogram']));
  return writer.finish();
}

function request(doc: Doc, [resources, scopes, items]: readonly [string, string, string], encode: (item: Doc) => Buffer): Buffer {
  const scoped = (of: Doc) => {
    const scope = (of['scope'] ?? {}) as Doc;
    const name = new Writer().text(1, text(scope['name'])).text(2, text(scope['version'])).finish();
    return each(new Writer().bytes(1, name), 2, of[items], encode).finish();
  };
  return each(new Writer(), 1, doc[resources], (of) => {
    const resource = attributes(new Writer(), 1, (of['resource'] ?? {}) as Doc).finish();
    return each(new Writer().bytes(1, resource), 2, of[scopes], scoped).finish();
  }).finish();
}

export const encodeTraces = (doc: Doc) => request(doc, ['resourceSpans', 'scopeSpans', 'spans'], encodeSpan);
export const encodeLogs = (doc: Doc) => request(doc, ['resourceLogs', 'scopeLogs', 'logRecords'], encodeLog);
export const encodeMetrics = (doc: Doc) => request(doc, ['resourceMetrics', 'scopeMetrics', 'metrics'], encodeMetric);
export const encodeJson = (doc: Doc) => Buffer.from(JSON.stringify(doc));
