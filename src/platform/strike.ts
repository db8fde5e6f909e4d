import { z } from 'zod';

const STRUCK = '[struck]';
const LONGEST = 500;
const secretName = /passw|secret|token|api_?key|authorization|cookie|credential/i;

/** What matters here of a JSON schema. */
interface Shape {
  secret?: unknown;
  items?: Shape;
  properties?: Record<string, Shape>;
  anyOf?: Shape[];
  oneOf?: Shape[];
}

/**
 * A copy of an input for the audit trail: values whose schema says `.meta({ secret: true })`, or whose name sounds like one, are
 * struck, long texts are cut.
 */
export const strike = (schema: z.ZodType, input: unknown): unknown =>
  copy(input, z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape);

function copy(value: unknown, schema: Shape | undefined): unknown {
  const all = alternatives(schema);
  if (all.some(({ secret }) => secret === true)) return STRUCK;
  if (typeof value === 'string')
    return value.length > LONGEST ? `${value.slice(0, LONGEST)}… (${value.length} characters)` : value;
  if (Array.isArray(value)) return value.map((one) => copy(one, all.find(({ items }) => items)?.items));
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, secretName.test(name) ? STRUCK : copy(one, property(all, name))]),
  );
}

/** A schema and what it may be instead. */
const alternatives = (schema: Shape | undefined): Shape[] =>
  typeof schema === 'object' ? [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(alternatives)] : [];

const property = (all: Shape[], name: string): Shape => ({
  anyOf: all.flatMap(({ properties = {} }) => (Object.hasOwn(properties, name) ? [properties[name] ?? {}] : [])),
});
