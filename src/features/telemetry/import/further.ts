import type { Column, ColumnRef } from './columns.ts';
import type { Field } from './fields.ts';
import type { Mapping } from './map-columns.ts';

/** Fields of which a call keeps a number only, while the text says more. */
const alsoAsText: readonly Field[] = ['error', 'finish'];

/** The top-level columns that no field was read from, or not all of them. */
export function furtherColumns(columns: readonly Column[], { fields }: Mapping): ColumnRef[] {
  const taken = new Set(
    Object.entries(fields).flatMap(([field, { name, path }]) =>
      path.length === 0 && !alsoAsText.includes(field as Field) ? [name] : [],
    ),
  );
  return columns
    .filter(({ name, path }) => path.length === 0 && !taken.has(name))
    .map(({ name, column, path }) => ({ name, column, path }));
}
