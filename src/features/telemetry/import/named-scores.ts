import type { Column } from './columns.ts';

/** Lists of scores that each say their own name: `[{ "name": "helpfulness", "value": 4 }, …]`. Pure. */

/** A step of a path: of the entries of a list, the value of the one with the name that follows. */
export const BY_NAME = '\u0001name';

/** A log with more names than this keeps something else there. */
const MOST_NAMES = 40;

interface Entry {
  name: string;
  value: string;
}

/** Each name as a column of its own, `scores.helpfulness`, where a list of scores holds several: the first entry of such a list is no column. */
export function withNamedScores(columns: readonly Column[]): Column[] {
  return columns.reduce<Column[]>(
    (all, list) => {
      if (!/(^|\.)scores$/i.test(list.name) || list.path.includes(BY_NAME)) return all;
      const rows = list.values.map(entriesOf);
      const names = [...new Set(rows.flatMap((entries) => entries.map(({ name }) => name)))];
      if (names.length < 2 || names.length > MOST_NAMES) return all;
      const own = names.map((name): Column => ({
        name: `${list.name}.${name}`,
        column: list.column,
        path: [...list.path, BY_NAME, name],
        values: rows.map((entries) => entries.find((entry) => entry.name === name)?.value ?? null),
      }));
      return [...all.filter(({ name }) => !name.startsWith(`${list.name}.`)), ...own];
    },
    [...columns],
  );
}

function entriesOf(text: string | null): Entry[] {
  if (text === null || !/^\s*\[/.test(text)) return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('name' in entry) || !('value' in entry)) return [];
    const { name, value } = entry;
    const said = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
    return typeof name === 'string' && name !== '' && said ? [{ name, value: String(value) }] : [];
  });
}
