import { filled, type Column, type ColumnRef } from './columns.ts';
import type { Mapping } from './map-columns.ts';

/** Columns that hold something and of which nothing was read, by name: a wrapper counts by what is in it. Pure. */
export function unreadColumns(columns: readonly Column[], { fields, segments, scores, clock, id }: Mapping): string[] {
  const read = [...Object.values(fields), ...segments, ...scores, ...(clock ? [clock] : []), ...(id ? [id] : [])];
  return columns
    .filter(
      (column) =>
        filled(column).length > 0 &&
        !read.some((ref) => isWithin(column, ref) || isWithin(ref, column)) &&
        !columns.some((other) => other !== column && isWithin(other, column)),
    )
    .map(({ name }) => name);
}

/** Whether a value is the other one, or stands inside it. */
export const isWithin = (inner: ColumnRef, outer: ColumnRef) =>
  inner.column === outer.column && inner.path.length >= outer.path.length && outer.path.every((key, i) => key === inner.path[i]);
