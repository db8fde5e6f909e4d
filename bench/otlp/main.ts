/**
 * `node bench/run.mjs otlp`: spans per second and core, from requests as an application sends them: decoded and mapped; decoded,
 * priced and written as the rows of a segment.
 */
import { gzipSync } from 'node:zlib';
import { rowOf } from '../../src/features/telemetry/ingest/row.ts';
import { decodeTraces, decompress, readTraces, type Encoding, type Span } from '../../src/features/telemetry/otlp/index.ts';
import { encodeJson, encodeTraces } from '../../src/features/telemetry/otlp/testing/encode.ts';
import { shapeOf, writeBlock } from '../../src/stores/telemetry/native/block.ts';
import { MOST_BATCH_BYTES, Output, roomFor } from '../../src/stores/telemetry/native/output.ts';
import { makeDocument, SPANS_OF_BODY as SPANS } from '../ingest/bodies.ts';
import { columnsOfMigrations } from './columns.ts';

const BODIES = 20;
const ROUNDS = 15;

/** The documents themselves are let go: what they hold would burden the collector of all that is measured. */
function bodies() {
  const documents = Array.from({ length: BODIES }, makeDocument);
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

const shape = shapeOf(columnsOfMigrations());
const output = new Output(roomFor(MOST_BATCH_BYTES));

function measureRows(bodies: readonly Uint8Array[]): number {
  const started = process.cpuUsage();
  for (const body of bodies) {
    const reading = readTraces(body, 'protobuf');
    if (!reading.ok) throw new Error(reading.message);
    const receivedAt = new Date();
    writeBlock(rowsOf(reading.items, receivedAt), shape, output, { client_id: '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e' });
    if (output.taken(0).length === 0) throw new Error('Nothing was written.');
    output.clear();
  }
  return perSecond(started);
}

function* rowsOf(spans: Iterable<Span>, receivedAt: Date) {
  for (const span of spans) yield rowOf(span, receivedAt, [], false);
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
  'protobuf to rows': { bodies: protobuf, run: measureRows },
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
