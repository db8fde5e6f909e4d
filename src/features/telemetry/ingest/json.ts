import type { Attributes } from '../otlp/index.ts';

/** Values as JSON, so that the number 1 and the text 1 stay two. */
export const jsonOf = (attributes: Attributes): ReadonlyMap<string, string> =>
  new Map(Array.from(attributes, ([name, value]) => [name, JSON.stringify(value)] as const));

const shared = new WeakMap<Attributes, ReadonlyMap<string, string>>();

/** Of a resource, which all of its spans share: however many they are, it is in memory once. */
export function sharedJsonOf(resource: Attributes): ReadonlyMap<string, string> {
  const known = shared.get(resource);
  if (known) return known;
  const json = jsonOf(resource);
  shared.set(resource, json);
  return json;
}
