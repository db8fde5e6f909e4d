import { checkIds } from '../ids.ts';
import type { Intake } from '../intake.ts';
import { emptySpan, type RawEvent, type RawLink, type RawSpan, type Resource, type Scope } from '../wire.ts';
import { readEnvelope } from './envelope.ts';
import { field, isObject, type Json } from './parse.ts';
import { id, isEnum, text, time } from './scalars.ts';
import { readAttributes } from './values.ts';

const levels = {
  resources: ['resourceSpans', 'resource_spans'],
  scopes: ['scopeSpans', 'scope_spans'],
  items: ['spans', 'spans'],
} as const;

/** Answers the span, or nothing where it must be left out. */
type Check = (span: RawSpan, intake: Intake) => RawSpan | null;

/** The spans of an ExportTraceServiceRequest in JSON, those that pass the check. Throws Malformed when its envelope is broken. */
export function readTraces(document: Json, intake: Intake, check: Check = checkIds): RawSpan[] {
  const spans: RawSpan[] = [];
  readEnvelope(document, levels, intake, (item, resource, scope) => {
    const span = check(readSpan(item, intake, resource, scope), intake);
    if (span) spans.push(span);
  });
  return spans;
}

function readSpan(item: Json, intake: Intake, resource: Resource, scope: Scope): RawSpan {
  const span = emptySpan(resource, scope);
  span.traceId = id(field(item, 'traceId', 'trace_id'), 16);
  span.spanId = id(field(item, 'spanId', 'span_id'), 8);
  span.parentSpanId = id(field(item, 'parentSpanId', 'parent_span_id'), 8);
  span.name = text(item['name'], intake.limits.valueBytes, intake);
  span.start = time(field(item, 'startTimeUnixNano', 'start_time_unix_nano'), intake);
  span.end = time(field(item, 'endTimeUnixNano', 'end_time_unix_nano'), intake);
  readAttributes(item['attributes'], intake, span.attributes);
  readStatus(item['status'], intake, span);
  span.events = kept(item['events'], 'events', intake, readEvent);
  span.links = kept(item['links'], 'links', intake, readLink);
  span.flags = intake.flags();
  return span;
}

function readStatus(status: unknown, intake: Intake, span: RawSpan): void {
  if (!isObject(status)) return;
  span.failed = isEnum(status['code'], 2, 'STATUS_CODE_ERROR');
  span.statusMessage = text(status['message'], intake.limits.valueBytes, intake);
}

function kept<T>(list: unknown, what: 'events' | 'links', intake: Intake, read: (item: Json, intake: Intake) => T): T[] {
  const found: T[] = [];
  for (const item of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    if (isObject(item) && found.length < intake.limits[what]) found.push(read(item, intake));
    else intake.drop(what);
  }
  return found;
}

function readEvent(item: Json, intake: Intake): RawEvent {
  const attributes: RawEvent['attributes'] = new Map();
  intake.apart(() => readAttributes(item['attributes'], intake, attributes));
  return {
    name: text(item['name'], intake.limits.keyBytes, intake),
    at: time(field(item, 'timeUnixNano', 'time_unix_nano'), intake),
    attributes,
  };
}

const readLink = (item: Json): RawLink => ({
  traceId: id(field(item, 'traceId', 'trace_id'), 16),
  spanId: id(field(item, 'spanId', 'span_id'), 8),
});
