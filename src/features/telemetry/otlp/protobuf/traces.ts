import type { Intake } from '../intake.ts';
import { emptySpan, type RawEvent, type RawLink, type RawSpan, type Resource, type Scope } from '../wire.ts';
import { checkIds } from '../ids.ts';
import { readEnvelope } from './envelope.ts';
import { bytes, fixed64, varint, Reader } from './reader.ts';
import { readAttribute } from './values.ts';

const TRACE_ID = bytes(1);
const SPAN_ID = bytes(2);
const PARENT_ID = bytes(4);
const NAME = bytes(5);
const START = fixed64(7);
const END = fixed64(8);
const ATTRIBUTE = bytes(9);
const EVENT = bytes(11);
const LINK = bytes(13);
const STATUS = bytes(15);

const STATUS_MESSAGE = bytes(2);
const STATUS_CODE = varint(3);
const ERROR = 2;

const EVENT_TIME = fixed64(1);
const EVENT_NAME = bytes(2);
const EVENT_ATTRIBUTE = bytes(3);

/** The spans of an ExportTraceServiceRequest, as they are asked for. Throws Malformed when its envelope is broken. */
export function readTraces(body: Uint8Array, intake: Intake): Iterable<RawSpan> {
  const reader = new Reader(body, intake);
  return readEnvelope(reader, intake, ({ resource, scope }) => checkIds(readSpan(reader, intake, resource, scope), intake));
}

function readSpan(reader: Reader, intake: Intake, resource: Resource, scope: Scope): RawSpan {
  const span = emptySpan(resource, scope);
  while (reader.next()) readField(reader, intake, span);
  span.flags = intake.flags();
  return span;
}

function readField(reader: Reader, intake: Intake, span: RawSpan): void {
  const { tag } = reader;
  if (tag === ATTRIBUTE) readAttribute(reader, intake, span.attributes);
  else if (tag === TRACE_ID) span.traceId = reader.id(16);
  else if (tag === SPAN_ID) span.spanId = reader.id(8);
  else if (tag === PARENT_ID) span.parentSpanId = reader.id(8);
  else if (tag === NAME) span.name = reader.text(intake.limits.valueBytes);
  else if (tag === START) span.start = reader.time();
  else if (tag === END) span.end = reader.time();
  else if (tag === EVENT) keep(reader, intake, 'events', span.events, apart);
  else if (tag === LINK) keep(reader, intake, 'links', span.links, readLink);
  else if (tag === STATUS) readStatus(reader, intake, span);
  else reader.skip();
}

type Read<T> = (reader: Reader, intake: Intake) => T;

function keep<T>(reader: Reader, intake: Intake, what: 'events' | 'links', into: T[], read: Read<T>): void {
  if (into.length < intake.limits[what]) {
    const outer = reader.enter();
    into.push(read(reader, intake));
    reader.leave(outer);
  } else {
    intake.drop(what);
    reader.skip();
  }
}

const apart = (reader: Reader, intake: Intake) => intake.apart(() => readEvent(reader, intake));

function readEvent(reader: Reader, intake: Intake): RawEvent {
  const event: RawEvent = { name: '', at: null, attributes: new Map() };
  while (reader.next()) {
    if (reader.tag === EVENT_TIME) event.at = reader.time();
    else if (reader.tag === EVENT_NAME) event.name = reader.text(intake.limits.keyBytes);
    else if (reader.tag === EVENT_ATTRIBUTE) readAttribute(reader, intake, event.attributes);
    else reader.skip();
  }
  return event;
}

function readLink(reader: Reader): RawLink {
  const link = { traceId: '', spanId: '' };
  while (reader.next()) {
    if (reader.tag === TRACE_ID) link.traceId = reader.id(16);
    else if (reader.tag === SPAN_ID) link.spanId = reader.id(8);
    else reader.skip();
  }
  return link;
}

function readStatus(reader: Reader, intake: Intake, span: RawSpan): void {
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.tag === STATUS_CODE) span.failed = reader.int() === ERROR;
    else if (reader.tag === STATUS_MESSAGE) span.statusMessage = reader.text(intake.limits.valueBytes);
    else reader.skip();
  }
  reader.leave(outer);
}
