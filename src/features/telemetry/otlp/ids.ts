import type { Intake } from './intake.ts';
import type { RawSpan } from './wire.ts';

/** Stands for an identifier that is there but is not one. */
export const invalidId = '?';

/** The span if it can be told from others; else nothing, and the reason is counted. */
export function checkIds(span: RawSpan, intake: Intake): RawSpan | null {
  if (!isId(span.traceId)) intake.reject('trace_id_invalid');
  else if (!isId(span.spanId)) intake.reject('span_id_invalid');
  else return withParent(span);
  return null;
}

const isId = (id: string) => id !== '' && id !== invalidId;

/** The span with its parent, or none; for files, where it does not matter whether it can be told from others. */
export function withParent(span: RawSpan): RawSpan {
  if (span.parentSpanId === '') span.parentSpanId = null;
  if (span.parentSpanId === invalidId || span.parentSpanId === span.spanId) {
    span.parentSpanId = null;
    span.flags.push('parent_invalid');
  }
  return span;
}

/** The identifier in hexadecimal, lower case; empty when it is nothing but zeros. */
export const unlessZero = (hex: string) => (hex.startsWith('0000') && /^0+$/.test(hex) ? '' : hex);
