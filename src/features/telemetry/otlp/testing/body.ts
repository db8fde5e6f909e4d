import type { Doc } from './encode.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const SPAN = 'b7ad6b7169203331';
export const START = '1795221783834000000';

/** An attribute's value as OTLP writes it: text, whole number, other number, boolean, list, or what is an object already. */
export function value(of: unknown): Doc {
  if (typeof of === 'string') return { stringValue: of };
  if (typeof of === 'boolean') return { boolValue: of };
  if (typeof of === 'number') return Number.isInteger(of) ? { intValue: String(of) } : { doubleValue: of };
  return Array.isArray(of) ? { arrayValue: { values: of.map(value) } } : (of as Doc);
}

export const attributes = (of: Doc) => Object.entries(of).map(([key, item]) => ({ key, value: value(item) }));

export const event = (name: string, of: Doc = {}) => ({ name, timeUnixNano: START, attributes: attributes(of) });

/** A span of one second; the second argument overrides its fields. */
export const span = (of: Doc = {}, fields: Doc = {}): Doc => ({
  traceId: TRACE,
  spanId: SPAN,
  name: 'work',
  kind: 1,
  startTimeUnixNano: START,
  endTimeUnixNano: '1795221784834000000',
  attributes: attributes(of),
  ...fields,
});

export const traces = (spans: readonly Doc[], resource: Doc = {}): Doc => ({
  resourceSpans: [
    { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope: { name: 'test', version: '1' }, spans }] },
  ],
});
