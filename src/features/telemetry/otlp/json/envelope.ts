import { Malformed } from '../failure.ts';
import type { Intake } from '../intake.ts';
import type { Attributes, Resource, Scope } from '../wire.ts';
import { field, isObject, listOf, type Json } from './parse.ts';
import { text } from './scalars.ts';
import { readAttributes } from './values.ts';

type Name = readonly [camel: string, snake: string];

/** What the three levels of a request are called, which in JSON differs from signal to signal. */
export interface Levels {
  readonly resources: Name;
  readonly scopes: Name;
  readonly items: Name;
}

export type ReadItem = (item: Json, resource: Resource, scope: Scope) => void;

/** Walks a request of any signal. A broken item is rejected and counted; a broken envelope is thrown. */
export function readEnvelope(document: Json, levels: Levels, intake: Intake, readItem: ReadItem): void {
  walkEnvelope(document, levels, intake, (item, resource, scope) =>
    readOrReject(item, intake, (of) => readItem(of, resource, scope)),
  );
}

/** The same where the items themselves are not what is counted. */
export function walkEnvelope(
  document: Json,
  levels: Levels,
  intake: Intake,
  visit: (item: unknown, resource: Resource, scope: Scope) => void,
): void {
  for (const group of objects(document, levels.resources)) {
    intake.beginGroup();
    const resource = resourceOf(group, intake);
    for (const scoped of objects(group, levels.scopes)) {
      intake.beginGroup();
      const scope = scopeOf(scoped, intake);
      for (const item of itemsOf(scoped, levels.items)) visit(item, resource, scope);
    }
  }
}

const itemsOf = (object: Json, [camel, snake]: Name) => listOf(field(object, camel, snake), camel);

function objects(object: Json, name: Name): readonly Json[] {
  return itemsOf(object, name).map((item) => {
    if (isObject(item)) return item;
    throw new Malformed(`"${name[0]}" holds something that is not an object.`);
  });
}

/** One item more, if there were not enough. */
export function readOrReject(item: unknown, intake: Intake, read: (item: Json) => void): void {
  if (!intake.begin()) return;
  if (isObject(item)) read(item);
  else intake.reject('not_an_object');
}

function resourceOf(group: Json, intake: Intake): Resource {
  const attributes: Attributes = new Map();
  intake.beginAttributes();
  if (isObject(group['resource'])) readAttributes(group['resource']['attributes'], intake, attributes);
  return { attributes };
}

function scopeOf(group: Json, intake: Intake): Scope {
  const scope = isObject(group['scope']) ? group['scope'] : {};
  const most = intake.limits.keyBytes;
  return { name: text(scope['name'], most, intake), version: text(scope['version'], most, intake) };
}
