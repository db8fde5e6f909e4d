import { isMissing, looksLike } from './content.ts';
import { withNamedScores } from './named-scores.ts';

/** The columns of a log as a sample shows them. Values inside JSON are columns too, under dotted names. */

/** Where a value stands: a top-level column, then keys and 0-based positions inside its JSON. */
export interface ColumnRef {
  /** Dotted name as people write it, e.g. `response.choices.0.message.content`. */
  name: string;
  /** Position among the top-level columns of the source. */
  column: number;
  path: readonly (string | number)[];
}

export interface Column extends ColumnRef {
  /** The sample's values as text; `null` where the row has none. */
  values: readonly (string | null)[];
}

/** The sample's values that say something. */
export const filled = ({ values }: Column) => values.filter((value): value is string => value !== null && !isMissing(value));

/** The columns that are scores by their names, `scores.helpfulness`, and by their values. What a list holds is its own matter. */
export const scoresIn = (columns: readonly Column[]) =>
  columns.filter(
    (column) =>
      /^scores?[._ ]/i.test(column.name) &&
      column.path[0] !== 0 &&
      filled(column).length > 0 &&
      looksLike.verdict(filled(column)),
  );

/** A name as aliases are written: letters and digits in lower case. */
export const plain = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Deep enough for `response.body.choices.0.message.content`. */
const MAX_DEPTH = 6;
/** A log with more columns than this is a document store; the rest is left alone. */
const MAX_COLUMNS = 400;

/** `rows`: the sample, one text (or `null`) per top-level column, in the order of `names`. */
export function readColumns(names: readonly string[], rows: readonly (readonly (string | null)[])[]): Column[] {
  const columns = new Map<string, Column & { values: (string | null)[] }>();
  const put = (row: number, name: string, column: number, path: readonly (string | number)[], value: string) => {
    let found = columns.get(name);
    if (!found && columns.size < MAX_COLUMNS) {
      found = { name, column, path, values: rows.map(() => null) };
      columns.set(name, found);
    }
    if (found) found.values[row] = value;
  };
  rows.forEach((cells, row) => {
    cells.forEach((text, column) => {
      if (text === null) return;
      put(row, names[column] ?? `column ${column + 1}`, column, [], text);
      for (const leaf of leaves(text)) {
        put(row, [names[column], ...leaf.path].join('.'), column, leaf.path, leaf.value);
      }
    });
  });
  // A column without a value has a name all the same.
  names.forEach((name, column) => {
    if (!columns.has(name) && columns.size < MAX_COLUMNS)
      columns.set(name, { name, column, path: [], values: rows.map(() => null) });
  });
  return withNamedScores([...columns.values()]);
}

interface Leaf {
  path: (string | number)[];
  value: string;
}

/** The scalars inside a JSON text. A text that is not JSON has none. */
function leaves(text: string): Leaf[] {
  if (!/^\s*[[{]/.test(text)) return [];
  try {
    return walk(JSON.parse(text), []);
  } catch {
    return [];
  }
}

function walk(value: unknown, path: (string | number)[]): Leaf[] {
  if (path.length >= MAX_DEPTH) return [];
  // Of a list only the first entry: choices[0] is the answer, messages[7] is nobody's column.
  if (Array.isArray(value)) return value.length > 0 ? enter(value[0], [...path, 0]) : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => enter(inner, [...path, key]));
}

function enter(value: unknown, path: (string | number)[]): Leaf[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [{ path, value: `${value as string | number | boolean}` }];
  return [{ path, value: JSON.stringify(value) }, ...walk(value, path)];
}
