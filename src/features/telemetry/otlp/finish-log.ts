import { invalidId } from './ids.ts';
import type { Intake } from './intake.ts';
import type { RawLog } from './wire.ts';

/** Older clients name the event in an attribute. A record whose identifiers are no good belongs to no trace. */
export function finishLog(log: RawLog, intake: Intake): RawLog {
  const named = log.attributes.get('event.name');
  if (log.name === '' && typeof named === 'string') log.name = named;
  if (log.traceId === invalidId) log.traceId = '';
  if (log.spanId === invalidId || log.traceId === '') log.spanId = '';
  log.flags = intake.flags();
  return log;
}
