import { columnOf, type Column } from './column.ts';
import { MOST_BATCH_BYTES, roomFor, type Output } from './output.ts';

/** The columns of a table that rows may name. One block of it is written at a time. */
export type TableShape = ReadonlyMap<string, { readonly type: string; readonly column: Column }>;

/** Columns in the order of the table; their types are ClickHouse's. Throws for a type that cannot be written. */
export function shapeOf(columns: readonly { name: string; type: string }[]): TableShape {
  const room = roomFor(MOST_BATCH_BYTES);
  return new Map(columns.map(({ name, type }) => [name, { type, column: columnOf(type, room) }]));
}

type Row = { readonly [column: string]: unknown };

/**
 * Writes rows as one block of ClickHouse's format Native, column by column; blocks behind one another are Native, too. It names
 * its columns and their types, so that it can be loaded after a later Steward has added some. What the first row does not name
 * is left to the table. What is in `same` is said of each row, whatever the row says.
 */
export function writeBlock(rows: Iterable<Row>, shape: TableShape, to: Output, same: Row = {}): void {
  const own: Named[] = [];
  const others = Object.keys(same).map((name) => named(name, shape));
  try {
    let count = 0;
    for (const row of rows) {
      if (count === 0) own.push(...ownColumns(row, same, shape));
      addTo(own, row);
      for (const { name, column } of others) column.add(same[name]);
      count += 1;
    }
    if (count === 0) return;
    to.varint(own.length + others.length);
    to.varint(count);
    for (const { name, type, column } of [...own, ...others]) {
      to.text(name);
      to.text(type);
      column.head?.(to);
      column.write(to);
    }
  } finally {
    for (const { column } of [...own, ...others]) column.clear();
  }
}

/** Rows name the same columns in the same order, mostly: what stands next in a row is at hand, what has to be looked up by its name is not. */
function addTo(own: readonly Named[], row: Row): void {
  let n = 0;
  for (const name in row) {
    const of = own[n];
    if (of === undefined || of.name !== name) break;
    of.column.add(row[name]);
    n += 1;
  }
  for (; n < own.length; n += 1) own[n]!.column.add(row[own[n]!.name]);
}

interface Named {
  readonly name: string;
  readonly type: string;
  readonly column: Column;
}

const ownColumns = (row: Row, same: Row, shape: TableShape) =>
  Object.keys(row).flatMap((name) => (name in same ? [] : [named(name, shape)]));

function named(name: string, shape: TableShape): Named {
  const known = shape.get(name);
  if (!known) throw new Error(`The table has no column ${name}.`);
  return { name, ...known };
}
