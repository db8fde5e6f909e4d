import { finishLog } from '../finish-log.ts';
import type { Intake } from '../intake.ts';
import { emptyLog, type RawLog } from '../wire.ts';
import { readEnvelope } from './envelope.ts';
import { field, type Json } from './parse.ts';
import { id, int64, text, time } from './scalars.ts';
import { readAttributes, readValue } from './values.ts';

const levels = {
  resources: ['resourceLogs', 'resource_logs'],
  scopes: ['scopeLogs', 'scope_logs'],
  items: ['logRecords', 'log_records'],
} as const;

/** The records of an ExportLogsServiceRequest in JSON. Throws Malformed when its envelope is broken. */
export function readLogs(document: Json, intake: Intake): RawLog[] {
  const logs: RawLog[] = [];
  readEnvelope(document, levels, intake, (item, resource, scope) => {
    const log = emptyLog(resource, scope);
    log.traceId = id(field(item, 'traceId', 'trace_id'), 16);
    log.spanId = id(field(item, 'spanId', 'span_id'), 8);
    log.at = timeOf(item, intake);
    log.name = text(field(item, 'eventName', 'event_name'), intake.limits.keyBytes, intake);
    log.severity = severityOf(field(item, 'severityNumber', 'severity_number'));
    readAttributes(item['attributes'], intake, log.attributes);
    intake.beginNested();
    log.body = readValue(item['body'], intake, intake.limits.textBytes, 1);
    logs.push(finishLog(log, intake));
  });
  return logs;
}

const timeOf = (item: Json, intake: Intake) =>
  time(field(item, 'timeUnixNano', 'time_unix_nano'), intake) ??
  time(field(item, 'observedTimeUnixNano', 'observed_time_unix_nano'), intake);

const severities = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** 1 to 24, four to a level; 0 when not said. As a number or by name, such as SEVERITY_NUMBER_WARN2. */
function severityOf(value: unknown): number {
  const named = typeof value === 'string' ? /^SEVERITY_NUMBER_([A-Z]+)([234]?)$/.exec(value) : null;
  const level = severities.indexOf(named?.[1] ?? '');
  if (named && level >= 0) return level * 4 + Number(named[2] || 1);
  const number = int64(value);
  return typeof number === 'number' && number > 0 ? number : 0;
}
