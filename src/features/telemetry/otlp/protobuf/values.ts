import { emptyMap, type Intake } from '../intake.ts';
import type { Attributes, Value } from '../wire.ts';
import { bytes, fixed64, varint, type Reader } from './reader.ts';

const KEY = bytes(1);
const VALUE = bytes(2);

const STRING = bytes(1);
const BOOL = varint(2);
const INT = varint(3);
const DOUBLE = fixed64(4);
const LIST = bytes(5);
const MAP = bytes(6);
const BYTES = bytes(7);
const ITEM = bytes(1);

/** Reads one KeyValue into the attributes, within the limits. */
export function readAttribute(reader: Reader, intake: Intake, into: Attributes): void {
  if (!intake.readsAttribute()) return reader.skip();
  const outer = reader.enter();
  const valueAt = placeOfValue(reader);
  const { key } = reader;
  if (intake.admits(key)) into.set(key, valueAt < 0 ? null : readAt(reader, intake, valueAt, intake.room(key)));
  reader.leave(outer);
}

/** Reads the key; answers the place of the value and not the value: the limit for it depends on the key, which may come second. */
function placeOfValue(reader: Reader): number {
  let valueAt = -1;
  reader.key = '';
  while (reader.next()) {
    if (reader.tag === KEY) reader.readKey();
    else {
      if (reader.tag === VALUE) valueAt = reader.at;
      reader.skip();
    }
  }
  return valueAt;
}

function readAt(reader: Reader, intake: Intake, at: number, most: number): Value {
  reader.at = at;
  intake.beginNested();
  return readValue(reader, intake, most, 1);
}

/** Reads one AnyValue. */
export function readValue(reader: Reader, intake: Intake, most: number, depth: number): Value {
  if (depth > intake.limits.depth) {
    reader.at = reader.length();
    return intake.tooDeep();
  }
  const outer = reader.enter();
  let value: Value = null;
  while (reader.next()) {
    if (reader.tag === STRING) value = reader.text(most);
    else if (reader.tag === INT) value = reader.int64();
    else if (reader.tag === DOUBLE) value = reader.double();
    else if (reader.tag === BOOL) value = reader.bool();
    else if (reader.tag === LIST) value = readList(reader, intake, most, depth);
    else if (reader.tag === MAP) value = readMap(reader, intake, most, depth);
    else if (reader.tag === BYTES) value = reader.bytes(most);
    else reader.skip();
  }
  reader.leave(outer);
  return value;
}

function readList(reader: Reader, intake: Intake, most: number, depth: number): Value[] {
  const outer = reader.enter();
  const list: Value[] = [];
  while (reader.next()) {
    if (reader.tag === ITEM && intake.admitsNested()) list.push(readValue(reader, intake, most, depth + 1));
    else reader.skip();
  }
  reader.leave(outer);
  return list;
}

function readMap(reader: Reader, intake: Intake, most: number, depth: number): { [key: string]: Value } {
  const outer = reader.enter();
  const map = emptyMap();
  while (reader.next()) {
    if (reader.tag === ITEM) readEntry(reader, intake, most, depth, map);
    else reader.skip();
  }
  reader.leave(outer);
  return map;
}

function readEntry(reader: Reader, intake: Intake, most: number, depth: number, into: { [key: string]: Value }): void {
  const outer = reader.enter();
  const valueAt = placeOfValue(reader);
  const { key } = reader;
  if (intake.admitsNested(key)) {
    if (valueAt >= 0) reader.at = valueAt;
    into[key] = valueAt < 0 ? null : readValue(reader, intake, most, depth + 1);
  }
  reader.leave(outer);
}
