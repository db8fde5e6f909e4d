import type { AsJson } from '../../../platform/as-json.ts';
import { Output, type Room } from './output.ts';

/**
 * Gathers the values of one column, one after the other, as ClickHouse's format Native has them: of a row nothing need be kept
 * once its values are here.
 */
export interface Column {
  add(value: unknown): void;
  /** What stands before the values, also when there are none. */
  head?(to: Output): void;
  /** Writes what was added. */
  write(to: Output): void;
  /** For the next rows. */
  clear(): void;
  /** What stands where there is nothing. */
  readonly empty: unknown;
}

/** How a column of that type is written; the type as ClickHouse names it. Throws for types that Steward has no use for. */
export function columnOf(type: string, room: Room): Column {
  const [, name = '', inner = ''] = /^(\w+)(?:\((.*)\))?$/s.exec(type) ?? [];
  const plain = plains[name];
  if (plain) return each(plain(inner), room);
  if (name === 'Nullable') return nullable(columnOf(inner, room), room);
  if (name === 'LowCardinality') return lowCardinality(inner, room);
  if (name === 'Array') return array(columnOf(inner, room), room);
  if (name === 'Map') return map(...pair(inner, room), room);
  throw new Error(`Rows of the type ${type} cannot be written.`);
}

/** Types whose values stand one behind the other. */
interface Plain {
  readonly empty: unknown;
  readonly put: (value: never, to: Output) => void;
}

function each({ empty, put }: Plain, room: Room): Column {
  const bytes = new Output(room);
  return {
    empty,
    add: (value) => put((value ?? empty) as never, bytes),
    write: (to) => to.append(bytes),
    clear: () => bytes.clear(),
  };
}

const plainOf = (empty: unknown, put: Plain['put']): Plain => ({ empty, put });

const int = plainOf(0, (value: number, to) => to.int64(value));

const plains: Record<string, (inner: string) => Plain> = {
  String: () => plainOf('', (value: string | AsJson, to) => (typeof value === 'string' ? to.text(value) : to.json(value.value))),
  FixedString: (inner) => {
    const size = Number(inner);
    return plainOf('', (value: string, to) => to.fixed(value, size));
  },
  UUID: uuids,
  Bool: () => plainOf(false, (value: boolean, to) => to.byte(value ? 1 : 0)),
  UInt8: () => plainOf(0, (value: number, to) => to.byte(value)),
  UInt16: () => plainOf(0, (value: number, to) => to.uint16(value)),
  UInt32: () => plainOf(0, (value: number, to) => to.uint32(value)),
  Int32: () => plainOf(0, (value: number, to) => to.uint32(value >>> 0)),
  UInt64: () => int,
  Int64: () => int,
  Float64: () => plainOf(0, (value: number, to) => to.float64(value)),
  DateTime: () => plainOf(0, (value: Moment, to) => to.uint32(Math.floor(msOf(value) / 1000))),
  DateTime64: (inner) => {
    const perMs = 10 ** (Number.parseInt(inner, 10) - 3);
    return plainOf(0, (value: Moment, to) => to.int64(Math.round(msOf(value) * perMs)));
  },
};

/** A time, as a number in milliseconds since 1970. */
type Moment = number | Date | string;
const msOf = (value: Moment) =>
  typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : value.getTime();

const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
const UUID_BYTES = 16;

/** Two numbers of 64 bits, the lower byte first. Most columns of them say one thing again and again. */
function uuids(): Plain {
  let last: string | undefined;
  return plainOf(ZERO_UUID, (value: string, to) => {
    if (value === last && to.at > 0) return to.again(UUID_BYTES);
    last = value;
    const hex = value.replaceAll('-', '');
    for (const at of [8, 0, 24, 16]) to.uint32(Number.parseInt(hex.slice(at, at + 8), 16));
  });
}

function nullable(inner: Column, room: Room): Column {
  const nulls = new Output(room);
  return {
    empty: null,
    add(value) {
      nulls.byte(value === null || value === undefined ? 1 : 0);
      inner.add(value);
    },
    write(to) {
      to.append(nulls);
      inner.write(to);
    },
    clear() {
      nulls.clear();
      inner.clear();
    },
  };
}

const VERSION = 1;
/** Keys of its own, which are all there are. */
const KEYS_FOLLOW = 0x600;

function lowCardinality(type: string, room: Room): Column {
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1];
  const keys = columnOf(inner ?? type, room);
  const indexes = new Output(room);
  const places = new Map<unknown, number>();
  let keyCount = 0;
  let last: unknown;
  let lastPlace = -1;

  /** The first place is what stands for null, where that may be, and for nothing. */
  function begin(): void {
    keyCount = inner === undefined ? 1 : 2;
    for (let n = 0; n < keyCount; n += 1) keys.add(undefined);
    places.set(keys.empty, keyCount - 1);
  }

  function placeOf(value: unknown): number {
    if (value === null || value === undefined) return 0;
    const known = places.get(value);
    if (known !== undefined) return known;
    places.set(value, keyCount);
    keys.add(value);
    return keyCount++;
  }

  begin();
  return {
    empty: inner === undefined ? keys.empty : null,
    head: (to) => to.int64(VERSION),
    add(value) {
      if (lastPlace < 0 || value !== last) {
        last = value;
        lastPlace = placeOf(value);
      }
      indexes.uint32(lastPlace);
    },
    write(to) {
      const count = indexes.at / 4;
      if (count === 0) return;
      const width = keyCount <= 0xff ? 0 : keyCount <= 0xffff ? 1 : 2;
      to.int64(KEYS_FOLLOW + width);
      to.int64(keyCount);
      keys.write(to);
      to.int64(count);
      for (let n = 0; n < count; n += 1) {
        const index = indexes.uint32At(n * 4);
        if (width === 0) to.byte(index);
        else if (width === 1) to.uint16(index);
        else to.uint32(index);
      }
    },
    clear() {
      keys.clear();
      indexes.clear();
      places.clear();
      last = undefined;
      lastPlace = -1;
      begin();
    },
  };
}

/** Values of which each is several: where each ends, and behind that what they are made of. */
function several(empty: unknown, parts: readonly Column[], room: Room, addParts: (value: unknown) => number): Column {
  const ends = new Output(room);
  let count = 0;
  return {
    empty,
    head: (to) => parts.forEach((part) => part.head?.(to)),
    add(value) {
      count += addParts(value);
      ends.int64(count);
    },
    write(to) {
      to.append(ends);
      for (const part of parts) part.write(to);
    },
    clear() {
      count = 0;
      ends.clear();
      for (const part of parts) part.clear();
    },
  };
}

const array = (items: Column, room: Room): Column =>
  several([], [items], room, (value) => {
    const given = (value ?? []) as readonly unknown[];
    for (const item of given) items.add(item);
    return given.length;
  });

/** Of a Map or whatever else tells its items one by one, or of an object. */
function map(names: Column, items: Column, room: Room): Column {
  let count = 0;
  const add = (item: unknown, name: unknown) => {
    names.add(name);
    items.add(item);
    count += 1;
  };
  return several({}, [names, items], room, (value) => {
    count = 0;
    if (isTold(value)) value.forEach(add);
    else for (const [name, item] of Object.entries(value ?? {})) add(item, name);
    return count;
  });
}

interface Told {
  forEach(each: (item: unknown, name: unknown) => void): void;
}

const isTold = (value: unknown): value is Told => typeof (value as Partial<Told> | null | undefined)?.forEach === 'function';

/** The two types in the brackets of a Map. */
function pair(inner: string, room: Room): [Column, Column] {
  let depth = 0;
  for (let at = 0; at < inner.length; at += 1) {
    if (inner[at] === '(') depth += 1;
    else if (inner[at] === ')') depth -= 1;
    else if (inner[at] === ',' && depth === 0)
      return [columnOf(inner.slice(0, at), room), columnOf(inner.slice(at + 1).trim(), room)];
  }
  throw new Error(`Map(${inner}) cannot be written.`);
}
