import { columnOf, type Column } from './column.ts';
import type { Output } from './output.ts';

/** The columns of a table that rows may name. */
export type TableShape = ReadonlyMap<string, { readonly type: string; readonly column: Column }>;

export const shapeOf = (columns: readonly { name: string; type: string }[]): TableShape =>
  new Map(columns.map(({ name, type }) => [name, { type, column: columnOf(type) }]));

type Row = { readonly [column: string]: unknown };

/**
 * Writes rows as one block of ClickHouse's format Native, column by column; blocks behind one another are Native, too. It names
 * its columns and their types, so that it can be loaded after a later Steward has added some. What the first row does not name
 * is left to the table. What is in `same` is said of each row, whatever the row says.
 */
export function writeBlock(rows: readonly Row[], shape: TableShape, to: Output, same: Row = {}): void {
  if (rows.length === 0) return;
  const names = [...new Set([...Object.keys(rows[0]!), ...Object.keys(same)])];
  to.varint(names.length);
  to.varint(rows.length);
  for (const name of names) {
    const known = shape.get(name);
    if (!known) throw new Error(`The table has no column ${name}.`);
    to.text(name);
    to.text(known.type);
    known.column.head?.(to);
    known.column.values(rows.map(name in same ? () => same[name] : (row) => row[name]), to);
  }
}
