import { textOrBase64 } from '../bytes.ts';
import { emptyMap, type Intake } from '../intake.ts';
import type { Attributes, Value } from '../wire.ts';
import { isObject, wellFormed } from './parse.ts';
import { double, int64, text } from './scalars.ts';

/** Reads a list of KeyValue into the attributes, within the limits. What is no KeyValue is dropped and counted. */
export function readAttributes(list: unknown, intake: Intake, into: Attributes): void {
  if (list === undefined || list === null) return;
  for (const item of Array.isArray(list) ? (list as readonly unknown[]) : [list]) readAttribute(item, intake, into);
}

function readAttribute(item: unknown, intake: Intake, into: Attributes): void {
  if (!intake.readsAttribute()) return;
  if (!isObject(item) || typeof item['key'] !== 'string') return intake.drop('attributes');
  const key = wellFormed(item['key'], intake);
  if (!intake.admits(key)) return;
  intake.beginNested();
  into.set(key, readValue(item['value'], intake, intake.room(key), 1));
}

type Read = (given: unknown, intake: Intake, most: number, depth: number) => Value;

const readString: Read = (given, intake, most) => (typeof given === 'string' ? text(given, most, intake) : null);
const readBool: Read = (given) => given === true || given === 'true';
const readArray: Read = (given, intake, most, depth) => readList(valuesOf(given), intake, most, depth);
const readKvlist: Read = (given, intake, most, depth) => readMap(valuesOf(given), intake, most, depth);
const readBytes: Read = (given, intake, most) => (typeof given === 'string' ? bytesOf(given, most, intake) : null);

/** One for each field that a value can have, of which it has one. */
const reads = new Map<string, Read>([
  ['stringValue', readString],
  ['string_value', readString],
  ['intValue', int64],
  ['int_value', int64],
  ['doubleValue', double],
  ['double_value', double],
  ['boolValue', readBool],
  ['bool_value', readBool],
  ['arrayValue', readArray],
  ['array_value', readArray],
  ['kvlistValue', readKvlist],
  ['kvlist_value', readKvlist],
  ['bytesValue', readBytes],
  ['bytes_value', readBytes],
]);

/** Reads one AnyValue. */
export function readValue(value: unknown, intake: Intake, most: number, depth: number): Value {
  if (!isObject(value)) return null;
  if (depth > intake.limits.depth) return intake.tooDeep();
  for (const name of Object.keys(value)) {
    const given = value[name];
    const read = given === null ? undefined : reads.get(name);
    if (read) return read(given, intake, most, depth);
  }
  return null;
}

function valuesOf(container: unknown): readonly unknown[] {
  const values = isObject(container) ? container['values'] : undefined;
  return Array.isArray(values) ? values : [];
}

function readList(values: readonly unknown[], intake: Intake, most: number, depth: number): Value[] {
  const list: Value[] = [];
  for (const value of values) if (intake.admitsNested()) list.push(readValue(value, intake, most, depth + 1));
  return list;
}

function readMap(entries: readonly unknown[], intake: Intake, most: number, depth: number): { [key: string]: Value } {
  const map = emptyMap();
  for (const entry of entries) {
    const key = isObject(entry) && typeof entry['key'] === 'string' ? wellFormed(entry['key'], intake) : '';
    if (isObject(entry) && intake.admitsNested(key)) map[key] = readValue(entry['value'], intake, most, depth + 1);
  }
  return map;
}

function bytesOf(value: string, most: number, intake: Intake): string {
  const bytes = Buffer.from(value, 'base64');
  return textOrBase64(bytes, 0, bytes.length, most, intake);
}
