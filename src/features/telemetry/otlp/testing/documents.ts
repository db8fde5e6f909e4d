import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { decodeTraces, type Span } from '../index.ts';
import { span, traces } from './body.ts';
import { encodeJson, encodeTraces, type Doc } from './encode.ts';

export const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

/** The span that these attributes become; the same in both encodings, or the test fails. */
export function mapped(of: Doc, fields: Doc = {}, resource: Doc = {}, scope = 'test'): Span {
  const doc = traces([span(of, fields)], resource, scope);
  const json = decodeTraces(encodeJson(doc), 'json');
  const protobuf = decodeTraces(encodeTraces(doc), 'protobuf');
  if (!json.ok || !protobuf.ok) throw new Error('The test document was refused.');
  expect(protobuf.items).toEqual(json.items);
  expect(json.items).toHaveLength(1);
  return json.items[0]!;
}
