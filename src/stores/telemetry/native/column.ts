import type { Output } from './output.ts';

/** Writes the values of one column as ClickHouse's format Native has them. */
export interface Column {
  /** What stands before the values, also when there are none. */
  head?(to: Output): void;
  values(values: readonly unknown[], to: Output): void;
  /** What stands where there is nothing. */
  readonly empty: unknown;
}

/** How a column of that type is written; the type as ClickHouse names it. Throws for types that Steward has no use for. */
export function columnOf(type: string): Column {
  const [, name = '', inner = ''] = /^(\w+)(?:\((.*)\))?$/s.exec(type) ?? [];
  const plain = plains[name];
  if (plain) return plain(inner);
  if (name === 'Nullable') return nullable(columnOf(inner));
  if (name === 'LowCardinality') return lowCardinality(inner);
  if (name === 'Array') return array(columnOf(inner));
  if (name === 'Map') return map(...pair(inner));
  throw new Error(`Rows of the type ${type} cannot be written.`);
}

const each = (empty: unknown, write: (value: never, to: Output) => void): Column => ({
  empty,
  values(values, to) {
    for (const value of values) write((value ?? empty) as never, to);
  },
});

const int = each(0, (value: number, to) => to.int64(value));

const plains: Record<string, (inner: string) => Column> = {
  String: () => each('', (value: string, to) => to.text(value)),
  FixedString: (size) => each('', (value: string, to) => to.fixed(value, Number(size))),
  UUID: () => each(ZERO_UUID, uuid),
  Bool: () => each(false, (value: boolean, to) => to.byte(value ? 1 : 0)),
  UInt8: () => each(0, (value: number, to) => to.byte(value)),
  UInt16: () => each(0, (value: number, to) => to.uint16(value)),
  UInt32: () => each(0, (value: number, to) => to.uint32(value)),
  Int32: () => each(0, (value: number, to) => to.uint32(value >>> 0)),
  UInt64: () => int,
  Int64: () => int,
  Float64: () => each(0, (value: number, to) => to.float64(value)),
  DateTime: () => each(0, (value: Moment, to) => to.uint32(Math.floor(msOf(value) / 1000))),
  DateTime64: (inner) => {
    const perMs = 10 ** (Number.parseInt(inner, 10) - 3);
    return each(0, (value: Moment, to) => to.int64(Math.round(msOf(value) * perMs)));
  },
};

/** A time, as a number in milliseconds since 1970. */
type Moment = number | Date | string;
const msOf = (value: Moment) =>
  typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : value.getTime();

const ZERO_UUID = '00000000-0000-0000-0000-000000000000';

/** Two numbers of 64 bits, the lower byte first. */
function uuid(value: string, to: Output): void {
  const hex = value.replaceAll('-', '');
  for (const at of [8, 0, 24, 16]) to.uint32(Number.parseInt(hex.slice(at, at + 8), 16));
}

const nullable = (inner: Column): Column => ({
  empty: null,
  values(values, to) {
    to.room(values.length);
    for (const value of values) to.byte(value === null || value === undefined ? 1 : 0);
    inner.values(values, to);
  },
});

const VERSION = 1;
/** Keys of its own, which are all there are. */
const KEYS_FOLLOW = 0x600;

function lowCardinality(type: string): Column {
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1];
  const keys = columnOf(inner ?? type);
  // The first place is what stands for null, where that may be, and for nothing.
  const first = inner === undefined ? [keys.empty] : [keys.empty, keys.empty];
  return {
    empty: inner === undefined ? keys.empty : null,
    head: (to) => to.int64(VERSION),
    values(values, to) {
      if (values.length === 0) return;
      const places = new Map<unknown, number>([[keys.empty, first.length - 1]]);
      const all: unknown[] = [...first];
      const indexes = new Uint32Array(values.length);
      let last: unknown;
      let lastPlace = -1;
      for (let n = 0; n < values.length; n += 1) {
        const value = values[n];
        if (lastPlace < 0 || value !== last) {
          last = value;
          lastPlace = value === null || value === undefined ? 0 : placeOf(value, places, all);
        }
        indexes[n] = lastPlace;
      }
      const width = all.length <= 0xff ? 0 : all.length <= 0xffff ? 1 : 2;
      to.int64(KEYS_FOLLOW + width);
      to.int64(all.length);
      keys.values(all, to);
      to.int64(values.length);
      to.room(values.length << width);
      for (const index of indexes) {
        if (width === 0) to.byte(index);
        else if (width === 1) to.uint16(index);
        else to.uint32(index);
      }
    },
  };
}

function placeOf(value: unknown, places: Map<unknown, number>, all: unknown[]): number {
  const known = places.get(value);
  if (known !== undefined) return known;
  places.set(value, all.length);
  return all.push(value) - 1;
}

const array = (inner: Column): Column => ({
  empty: [],
  ...(inner.head && { head: (to: Output) => inner.head?.(to) }),
  values(values, to) {
    const items: unknown[] = [];
    for (const value of values as readonly (readonly unknown[] | null | undefined)[]) {
      for (const item of value ?? []) items.push(item);
      to.int64(items.length);
    }
    inner.values(items, to);
  },
});

/** Of a Map, or of an object. */
function map(keys: Column, of: Column): Column {
  const entries = (value: unknown) =>
    value instanceof Map ? (value as ReadonlyMap<unknown, unknown>) : Object.entries(value ?? {});
  return {
    empty: {},
    head(to) {
      keys.head?.(to);
      of.head?.(to);
    },
    values(values, to) {
      const [names, items]: unknown[][] = [[], []];
      for (const value of values) {
        for (const [name, item] of entries(value)) {
          names!.push(name);
          items!.push(item);
        }
        to.int64(names!.length);
      }
      keys.values(names!, to);
      of.values(items!, to);
    },
  };
}

/** The two types in the brackets of a Map. */
function pair(inner: string): [Column, Column] {
  let depth = 0;
  for (let at = 0; at < inner.length; at += 1) {
    if (inner[at] === '(') depth += 1;
    else if (inner[at] === ')') depth -= 1;
    else if (inner[at] === ',' && depth === 0) return [columnOf(inner.slice(0, at)), columnOf(inner.slice(at + 1).trim())];
  }
  throw new Error(`Map(${inner}) cannot be written.`);
}
