import { Writer } from '../protobuf/writer.ts';

/** Writes OTLP/JSON documents as protobuf, so that tests can say one thing in both encodings. Camel case only. */

export type Doc = { [key: string]: unknown };

const list = (value: unknown) => (value ?? []) as Doc[];
const text = (value: unknown) => (value ?? '') as string;
const hex = (value: unknown) => Buffer.from(text(value), 'hex');

/** Eight bytes: a time, or a count. */
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

function encodeMetric(metric: Doc): Buffer {
  const writer = new Writer().text(1, text(metric['name'])).text(2, text(metric['description'])).text(3, text(metric['unit']));
  for (const [kind, [field, encode]] of Object.entries(metricFields)) {
    const data = metric[kind] as Doc | undefined;
    if (!data) continue;
    const of = each(new Writer(), 1, data['dataPoints'], encode);
    of.varint(2, Number(data['aggregationTemporality'] ?? 0)).varint(3, data['isMonotonic'] ? 1 : 0);
    writer.bytes(field, of.finish());
  }
  return writer.finish();
}

const metricFields: Record<string, [number, (point: Doc) => Buffer]> = {
  gauge: [5, encodeNumberPoint],
  sum: [7, encodeNumberPoint],
  histogram: [9, encodeHistogramPoint],
  exponentialHistogram: [10, encodeExponentialPoint],
  summary: [11, encodeSummaryPoint],
};

const pointTimes = (point: Doc) =>
  new Writer().raw(2, 1, nanos(point['startTimeUnixNano'])).raw(3, 1, nanos(point['timeUnixNano']));

function doubles(writer: Writer, of: Doc, fields: Record<string, number>): Writer {
  for (const [name, field] of Object.entries(fields)) if (of[name] !== undefined) writer.raw(field, 1, double(of[name]));
  return writer;
}

const packed = (writer: Writer, field: number, items: unknown, encode: (item: unknown) => Uint8Array) =>
  items === undefined ? writer : writer.bytes(field, Buffer.concat((items as unknown[]).map(encode)));

const zigzag = (value: unknown) => (Number(value ?? 0) << 1) ^ (Number(value ?? 0) >> 31);

function encodeNumberPoint(point: Doc): Buffer {
  const writer = doubles(pointTimes(point), point, { asDouble: 4 });
  if (point['asInt'] !== undefined) writer.raw(6, 1, nanos(BigInt.asUintN(64, BigInt(point['asInt'] as string))));
  return attributes(writer, 7, point)
    .varint(8, Number(point['flags'] ?? 0))
    .finish();
}

function encodeHistogramPoint(point: Doc): Buffer {
  const writer = doubles(pointTimes(point).raw(4, 1, nanos(point['count'])), point, { sum: 5, min: 11, max: 12 });
  packed(writer, 6, point['bucketCounts'], nanos);
  packed(writer, 7, point['explicitBounds'], double);
  return attributes(writer, 9, point)
    .varint(10, Number(point['flags'] ?? 0))
    .finish();
}

function encodeExponentialPoint(point: Doc): Buffer {
  const writer = attributes(pointTimes(point), 1, point).raw(4, 1, nanos(point['count'])).raw(7, 1, nanos(point['zeroCount']));
  doubles(writer, point, { sum: 5, min: 12, max: 13, zeroThreshold: 14 }).varint(6, zigzag(point['scale']) >>> 0);
  for (const [name, field] of [
    ['positive', 8],
    ['negative', 9],
  ] as const) {
    const buckets = point[name] as Doc | undefined;
    if (!buckets) continue;
    // One by one, as old encoders write them.
    const of = new Writer().varint(1, zigzag(buckets['offset']) >>> 0);
    for (const count of buckets['bucketCounts'] as string[]) of.always(2, BigInt(count));
    writer.bytes(field, of.finish());
  }
  return writer.varint(10, Number(point['flags'] ?? 0)).finish();
}

function encodeSummaryPoint(point: Doc): Buffer {
  const writer = doubles(pointTimes(point).raw(4, 1, nanos(point['count'])), point, { sum: 5 });
  each(writer, 6, point['quantileValues'], (of) => doubles(new Writer(), of, { quantile: 1, value: 2 }).finish());
  return attributes(writer, 7, point)
    .varint(8, Number(point['flags'] ?? 0))
    .finish();
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
