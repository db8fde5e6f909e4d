import { z } from 'zod';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { isMissing } from './content.ts';
import { cellOf, isJson, readSettings, skip, tableOf, type Shape } from './file-table.ts';
import { Binder } from './sql.ts';
import { isMissing as isMissingSql } from './values.ts';

/** What a sample of a file does not show: columns that are filled in few rows, such as that of errors. Looked for in all of the file. */

type Row = Record<string, unknown>;
type Cells = (string | null)[];

const LIMIT = { timeoutMs: 300_000 };
/** Rows that are fetched for each column. */
const ROWS_EACH = 20;
/** Columns that are looked for at once. */
const MOST_COLUMNS = 40;
/** A longer line is left out, as of the sample. */
const MOST_BYTES = 1024 * 1024;

/** Names under which a failed call carries its error, and others carry nothing at all. */
const errorNames = ['error', 'error_message', 'errorMessage', 'error_type', 'errorType', 'exception', 'failure'];

/** A value of JSON that says something: no null, no empty text, list or object, no word for nothing. */
const SOME_VALUE = '(?:"(?:[^"nN-]|[nN][^"]{4}|-[^"])|[0-9tf-]|\\{\\s*"|\\[\\s*[^\\s\\]])';

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === '' || (typeof value === 'string' && isMissing(value));

/** Of lines that fill what the sample leaves empty: only that, because their place in the order of rows says nothing. */
export async function lackingFields(telemetry: ScratchTelemetry, shape: Shape, sample: readonly Row[]): Promise<Row[]> {
  const known = new Set<string>();
  const shown = new Set<string>();
  for (const row of sample) {
    for (const name of Object.keys(row)) {
      known.add(name);
      if (!isEmpty(row[name])) shown.add(name);
    }
  }
  const names = [...new Set([...known, ...errorNames])]
    .filter((name) => !shown.has(name) && /^[\w .-]{1,60}$/.test(name))
    .slice(0, MOST_COLUMNS);
  if (names.length === 0) return [];
  const binder = new Binder();
  const patterns = names.map((name) => `"${name.replaceAll(/[.-]/g, '\\$&')}"\\s*:\\s*${SOME_VALUE}`);
  const table = tableOf(shape.file, 0, binder);
  const found = await telemetry.rows(z.object({ line: z.string() }))(
    `select found.2 as line from (
       select arrayJoin(groupArraySorted(${ROWS_EACH})((row, line))) as found from (
         select _row_number as row, line, multiMatchAnyIndex(line, ${binder.bind(patterns, 'Array(String)')}) as which from ${table}
         where length(line) <= ${MOST_BYTES}) where which > 0 group by which)
     order by found.1`,
    binder.params,
    // In two threads the first ones come in any order.
    { ...LIMIT, settings: { ...readSettings(shape.file), max_threads: 2 } },
  );
  return found.flatMap(({ line }) => {
    const row = Object.entries(parsed(line)).filter(([name, value]) => !shown.has(name) && !isEmpty(value));
    return row.length > 0 ? [Object.fromEntries(row)] : [];
  });
}

function parsed(line: string): object {
  try {
    return (JSON.parse(line) as object | null) ?? {};
  } catch {
    return {};
  }
}

/** The same of cells: rows that hold something in a column that is empty in the sample. */
export async function lackingCells(telemetry: ScratchTelemetry, shape: Shape, sample: readonly Cells[]): Promise<Cells[]> {
  const { file, names, header } = shape;
  if (isJson(file)) return [];
  const empty = names.flatMap((_, i) => (sample.every((row) => isEmpty(row[i])) ? [i] : [])).slice(0, MOST_COLUMNS);
  if (empty.length === 0) return [];
  const binder = new Binder();
  const cells = empty.map((i) => cellOf(file, names, i, binder));
  const which = cells.map((cell, n) => `not ${isMissingSql(cell)}, ${n + 1}`).join(', ');
  const found = await telemetry.rows(z.object({ cells: z.array(z.string().nullable()) }))(
    `select cells from (select multiIf(${which}, 0) as which,
        [${cells.map((cell) => `substringUTF8(${cell}, 1, ${MOST_BYTES / 4})`).join(', ')}] as cells
      from ${tableOf(file, names.length, binder)}) where which > 0 limit ${ROWS_EACH} by which`,
    binder.params,
    { ...LIMIT, settings: { ...readSettings(file), ...skip(header) } },
  );
  return found.map((row) => names.map((_, i) => (empty.includes(i) ? (row.cells[empty.indexOf(i)] ?? null) : null)));
}
