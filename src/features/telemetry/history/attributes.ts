/** A value that an attribute can have. */
export type Plain = string | number | boolean;

/** Attributes as OTLP writes them in JSON. What is empty is not there. */
export const attributesOf = (values: Readonly<Record<string, Plain>>) =>
  Object.entries(values).flatMap(([key, value]) => (value === '' ? [] : [{ key, value: valueOf(value) }]));

function valueOf(value: Plain): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
