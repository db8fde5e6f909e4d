import { toUSVString } from 'node:util';
import { Malformed } from '../failure.ts';
import type { Intake } from '../intake.ts';

/** An object out of JSON.parse: a field is only ever asked for by names of ours. */
export type Json = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const BRACKET = 0x5b;

/** The document in the body, which must be an object. Refused before it is built if it would fill the memory. */
export function parseBody(body: Uint8Array, intake: Intake): Json {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // The smallest that can stand in a list, `{},`, has three bytes: a shorter body need not be counted.
  if (bytes.length > intake.limits.jsonNodes * 3 && countOpens(bytes) > intake.limits.jsonNodes)
    throw new Malformed('The JSON body holds too many objects and lists. Send smaller batches.');
  return objectOf(bytes.toString('utf8').replace(/^\uFEFF/, ''));
}

function objectOf(text: string): Json {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The parser's own message repeats a part of the body, which may be anyone's secret.
    throw new Malformed('The body is not valid JSON.');
  }
  if (!isObject(document)) throw new Malformed('The JSON body is not an object.');
  return document;
}

/** Objects and lists outside of strings. */
function countOpens(bytes: Buffer): number {
  let count = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (inString && byte === BACKSLASH) at++;
    else if (byte === QUOTE) inString = !inString;
    else if (!inString && (byte === BRACE || byte === BRACKET)) count++;
  }
  return count;
}

/** What UTF-8 cannot carry is replaced and flagged, as it is in protobuf. */
export function wellFormed(text: string, intake: Intake): string {
  if (!/[\uD800-\uDFFF]/.test(text)) return text;
  const whole = toUSVString(text);
  if (whole !== text) intake.flag('invalid_utf8');
  return whole;
}

/** A field under its JSON name or, as some clients write it, its protobuf name. */
export function field(object: Json, name: string, snake: string): unknown {
  return object[name] ?? object[snake];
}

/** A list that may be missing, as proto3 leaves out what is empty. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new Malformed(`"${what}" is not a list.`);
}
