import type { Column, ColumnRef } from './columns.ts';
import type { Mapping } from './map-columns.ts';

/**
 * What a call keeps beside its fields: the top-level columns that no field was read from, or not all of them, and the texts of
 * fields of which it keeps a number only.
 */
export function furtherColumns(columns: readonly Column[], { fields, chat }: Mapping): ColumnRef[] {
  const { error, finish, ...whole } = fields;
  const taken = new Set(
    Object.entries(whole).flatMap(([field, { name, path }]) =>
      // A response says more than its answer.
      path.length > 0 || chat.some((one) => one === field) ? [] : [name],
    ),
  );
  const top = columns.filter(({ name, path }) => path.length === 0 && !taken.has(name));
  const inside = [error, finish].filter((ref) => ref !== undefined && ref.path.length > 0);
  return [...top, ...inside].flatMap((ref) => (ref ? { name: ref.name, column: ref.column, path: ref.path } : []));
}
