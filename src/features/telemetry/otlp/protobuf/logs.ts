import { finishLog } from '../finish-log.ts';
import type { Intake } from '../intake.ts';
import { emptyLog, type RawLog } from '../wire.ts';
import { readEnvelope } from './envelope.ts';
import { bytes, fixed64, varint, Reader } from './reader.ts';
import { readAttribute, readValue } from './values.ts';

const TIME = fixed64(1);
const SEVERITY = varint(2);
const BODY = bytes(5);
const ATTRIBUTE = bytes(6);
const TRACE_ID = bytes(9);
const SPAN_ID = bytes(10);
const OBSERVED = fixed64(11);
const EVENT_NAME = bytes(12);

/** The records of an ExportLogsServiceRequest. Throws Malformed when its envelope is broken. */
export function readLogs(body: Uint8Array, intake: Intake): RawLog[] {
  const reader = new Reader(body, intake);
  const logs = readEnvelope(reader, intake, ({ resource, scope }) => {
    const log = emptyLog(resource, scope);
    while (reader.next()) readField(reader, intake, log);
    return finishLog(log, intake);
  });
  return [...logs];
}

function readField(reader: Reader, intake: Intake, log: RawLog): void {
  const { tag } = reader;
  if (tag === ATTRIBUTE) readAttribute(reader, intake, log.attributes);
  else if (tag === TRACE_ID) log.traceId = reader.id(16);
  else if (tag === SPAN_ID) log.spanId = reader.id(8);
  else if (tag === TIME) log.at = reader.time() ?? log.at;
  else if (tag === OBSERVED) log.at = firstOf(log.at, reader.time());
  else if (tag === SEVERITY) log.severity = reader.int();
  else if (tag === EVENT_NAME) log.name = reader.text(intake.limits.keyBytes);
  else if (tag === BODY) log.body = readBody(reader, intake);
  else reader.skip();
}

/** Both are read, as what is not read is taken for the next field. */
const firstOf = <T>(first: T | null, second: T | null) => first ?? second;

function readBody(reader: Reader, intake: Intake) {
  intake.beginNested();
  return readValue(reader, intake, intake.limits.textBytes, 1);
}
