import { emptyMap, type Intake } from '../intake.ts';
import type { Attributes, Value } from '../wire.ts';
import { field, isObject, wellFormed, type Json } from './parse.ts';
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

/** Reads one AnyValue. */
export function readValue(value: unknown, intake: Intake, most: number, depth: number): Value {
  if (!isObject(value)) return null;
  if (depth > intake.limits.depth) return intake.tooDeep();
  const string = field(value, 'stringValue', 'string_value');
  if (typeof string === 'string') return text(string, most, intake);
  return readOther(value, intake, most, depth);
}

function readOther(value: Json, intake: Intake, most: number, depth: number): Value {
  const int = field(value, 'intValue', 'int_value');
  if (int !== undefined) return int64(int);
  const number = field(value, 'doubleValue', 'double_value');
  if (number !== undefined) return double(number);
  const bool = field(value, 'boolValue', 'bool_value');
  if (bool !== undefined) return bool === true || bool === 'true';
  const list = field(value, 'arrayValue', 'array_value');
  if (list !== undefined) return readList(valuesOf(list), intake, most, depth);
  const map = field(value, 'kvlistValue', 'kvlist_value');
  if (map !== undefined) return readMap(valuesOf(map), intake, most, depth);
  const bytes = field(value, 'bytesValue', 'bytes_value');
  return typeof bytes === 'string' ? base64(bytes, most, intake) : null;
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

function base64(value: string, most: number, intake: Intake): string {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length > most) intake.truncated();
  return bytes.toString('base64', 0, Math.min(bytes.length, most));
}
