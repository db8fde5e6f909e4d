import { invalid } from '../../../platform/problem.ts';
import type { Encoding } from './encoding.ts';
import { attempt, failure, Malformed, type Failure } from './failure.ts';
import { withParent } from './ids.ts';
import { Intake, type Drops, type Reason } from './intake.ts';
import { readLogs as jsonLogs } from './json/logs.ts';
import { readMetrics as jsonMetrics } from './json/metrics.ts';
import { parseBody, type Json } from './json/parse.ts';
import { readTraces as jsonTraces } from './json/traces.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { spanMapper } from './map/span.ts';
import { readLogs as protobufLogs } from './protobuf/logs.ts';
import { readMetrics as protobufMetrics } from './protobuf/metrics.ts';
import { readTraces as protobufTraces } from './protobuf/traces.ts';
import type { Span } from './span.ts';
import type { RawLog, RawPoint } from './wire.ts';

/** What became of a request: received = kept + rejected. */
export interface Decoded<T> {
  readonly ok: true;
  readonly items: T[];
  /** Spans, log records or points of metrics in the request. */
  readonly received: number;
  readonly rejected: number;
  readonly reasons: ReadonlyMap<Reason, number>;
  readonly drops: Drops;
}

/** A request that is read item by item: what became of it as a whole is known when all of them were asked for. */
export interface Reading<T> extends Omit<Decoded<T>, 'items'> {
  /** Throws a Problem where the request turns out to be malformed. */
  readonly items: Iterable<T>;
}

/** The spans of a request to /v1/traces, one by one: of each nothing need be kept when the next is read. The body is as it was before compression. */
export function readTraces(body: Uint8Array, encoding: Encoding, limits: Limits = defaultLimits): Reading<Span> | Failure {
  const intake = new Intake(limits);
  return tooLarge(body, limits) ?? readingOf(intake, asked(spansIn(body, encoding, intake)));
}

/** The same, read to the end. */
export function decodeTraces(body: Uint8Array, encoding: Encoding, limits: Limits = defaultLimits): Decoded<Span> | Failure {
  return decode(body, limits, (intake) => [...spansIn(body, encoding, intake)]);
}

function* spansIn(body: Uint8Array, encoding: Encoding, intake: Intake): Generator<Span, void> {
  const toSpan = spanMapper();
  const raw = encoding === 'protobuf' ? protobufTraces(body, intake) : jsonTraces(parseBody(body, intake), intake);
  for (const one of raw) {
    const span = toSpan(one);
    if (span.flags.includes('score_invalid')) intake.drops.scores += 1;
    yield span;
  }
}

function* asked<T>(items: Iterable<T>): Generator<T, void> {
  try {
    yield* items;
  } catch (error) {
    throw error instanceof Malformed ? invalid(error.message) : error;
  }
}

/** The records of a request to /v1/logs. */
export function decodeLogs(body: Uint8Array, encoding: Encoding, limits: Limits = defaultLimits): Decoded<RawLog> | Failure {
  return decode(body, limits, (intake) =>
    encoding === 'protobuf' ? protobufLogs(body, intake) : jsonLogs(parseBody(body, intake), intake),
  );
}

/** The points of the metrics in a request to /v1/metrics. */
export function decodeMetrics(body: Uint8Array, encoding: Encoding, limits: Limits = defaultLimits): Decoded<RawPoint> | Failure {
  return decode(body, limits, (intake) =>
    encoding === 'protobuf' ? protobufMetrics(body, intake) : jsonMetrics(parseBody(body, intake), intake),
  );
}

/**
 * The spans of a trace export that is parsed already, such as a file: without limits on their number, as a file has no
 * sender who could send less at a time, and with those that no identifier tells apart.
 */
export function spansOfDocument(document: Json): Decoded<Span> | Failure {
  return decode(new Uint8Array(), ofFiles, (intake) => jsonTraces(document, intake, withParent).map(spanMapper()));
}

/** A JSON body of another form than OTLP's, within the same limits. */
export const parseDocument = (body: Uint8Array, limits: Limits = defaultLimits): Json | Failure =>
  attempt(() => parseBody(body, new Intake(limits)));

/** The log records of such a document. */
export const logsOfDocument = (document: Json): Decoded<RawLog> | Failure =>
  decode(new Uint8Array(), ofFiles, (intake) => jsonLogs(document, intake));

const ofFiles: Limits = { ...defaultLimits, items: Infinity, groups: Infinity };

function decode<T>(body: Uint8Array, limits: Limits, read: (intake: Intake) => T[]): Decoded<T> | Failure {
  return (
    tooLarge(body, limits) ??
    attempt(() => {
      const intake = new Intake(limits);
      const items = read(intake);
      return { ...readingOf(intake, items), items };
    })
  );
}

const readingOf = <T>(intake: Intake, items: Iterable<T>): Reading<T> => ({
  ok: true,
  items,
  get received() {
    return intake.received;
  },
  get rejected() {
    return [...intake.rejected.values()].reduce((sum, count) => sum + count, 0);
  },
  reasons: intake.rejected,
  drops: intake.drops,
});

const tooLarge = (body: Uint8Array, { bodyBytes }: Limits): Failure | undefined =>
  body.length > bodyBytes ? failure('too_large', `The body has more than ${bodyBytes} bytes. Send smaller batches.`) : undefined;
