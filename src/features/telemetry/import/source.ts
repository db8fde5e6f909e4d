import { z } from 'zod';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { invalid } from '../../../platform/problem.ts';
import { readColumns, type Column, type ColumnRef } from './columns.ts';
import { isNumber, timeFormat } from './content.ts';
import type { LogFile } from './open-log.ts';
import { Binder } from './sql.ts';

/** Columns of a log file that the engine reads; more are left alone. */
const MAX_COLUMNS = 400;
const SAMPLE_ROWS = 2000;

/** A log file as the engine sees it. */
export interface Source {
  file: LogFile;
  /** Names of the top-level columns. */
  names: readonly string[];
  /** The first line holds names, not a row. */
  header: boolean;
  columns: readonly Column[];
}

/** Reads a sample, and with it the names of the columns. */
export async function readSource(telemetry: ScratchTelemetry, opened: LogFile): Promise<Source> {
  const file = { ...opened, path: telemetry.pathFor(opened.path) };
  const { names, header } =
    file.format === 'csv' ? await csvHeader(telemetry, file) : { names: await fieldsOf(telemetry, file), header: false };
  const rows = await sample(telemetry, file, names, header);
  if (rows.length === 0) throw invalid(`"${file.name}" has column names but no rows: there is nothing to audit.`);
  const jsonNames = isJson(file) ? [...new Set(rows.flatMap((row) => Object.keys(object(row[0]!))))] : names;
  const cells = isJson(file) ? rows.map((row) => cellsOf(object(row[0]!), jsonNames)) : rows;
  if (jsonNames.length === 0) throw invalid(notALog(file));
  return { file, names: jsonNames, header, columns: readColumns(jsonNames, cells) };
}

const notALog = ({ name, format }: LogFile) =>
  `"${name}" was read as ${format === 'jsonl' ? 'one JSON object per line' : 'a list of JSON objects'}, but none of its first rows is a JSON object. Export the log as CSV, TSV, JSON, JSONL or Parquet.`;

export const isJson = ({ format }: LogFile) => format === 'jsonl' || format === 'json';

const engineFormat = { jsonl: 'LineAsString', json: 'JSONAsString', csv: 'CSV', parquet: 'Parquet' } as const;

/** Settings under which a log is read: nothing is guessed, trimmed or refused by the engine. */
export const readSettings = ({ delimiter }: LogFile) => ({
  format_csv_delimiter: delimiter,
  format_csv_null_representation: '\u0001NULL\u0001',
  // Small pieces: each is held several times over while its columns are computed.
  max_block_size: '8192',
  min_chunk_bytes_for_parallel_parsing: '2097152',
  input_format_csv_allow_variable_number_of_columns: 1 as const,
  input_format_csv_empty_as_default: 0 as const,
  input_format_csv_trim_whitespaces: 0 as const,
  input_format_parquet_allow_missing_columns: 1 as const,
});

/** The table function that reads the file: rows with `line` (JSON), `c0 … cN` (CSV) or the file's own columns (Parquet). */
export function tableOf(file: LogFile, columns: number, binder: Binder): string {
  const structure = {
    jsonl: 'line String',
    json: 'line String',
    csv: Array.from({ length: columns }, (_, i) => `c${i} Nullable(String)`).join(', '),
    parquet: 'auto',
  }[file.format];
  const [path, format] = [binder.bind(file.path, 'String'), engineFormat[file.format]];
  return `file(${path}, '${format}', '${structure}', '${file.compression === 'none' ? 'none' : file.compression}')`;
}

/** One top-level cell as text; NULL where the row has none. */
export function cellOf(file: LogFile, names: readonly string[], column: number, binder: Binder): string {
  if (file.format === 'csv') return `c${column}`;
  const name = binder.bind(names[column]!, 'Identifier');
  return `if(isNull(${name}), NULL, if(match(toTypeName(${name}), '^(Nullable\\\\()?(Array|Tuple|Map)'), toJSONString(${name}), toString(${name})))`;
}

async function csvHeader(telemetry: ScratchTelemetry, file: LogFile): Promise<{ names: string[]; header: boolean }> {
  const binder = new Binder();
  const cells = Array.from({ length: MAX_COLUMNS }, (_, i) => `c${i}`).join(', ');
  const [first] = await telemetry.rows(z.object({ cells: z.array(z.string().nullable()) }))(
    `select [${cells}] as cells from ${tableOf(file, MAX_COLUMNS, binder)} limit 1`,
    binder.params,
    { settings: readSettings(file) },
  );
  const names = (first?.cells ?? [])
    .slice(0, (first?.cells ?? []).findLastIndex((cell) => cell !== null) + 1)
    .map((cell) => (cell ?? '').replace(/^\uFEFF/, '').trim());
  if (names.length < 2)
    throw invalid(
      `"${file.name}" has a single column. A log has one row per AI call with several columns, or one JSON object per line.`,
    );
  const header = names.every((name) => !isNumber(name) && (name === '' || timeFormat([name]) === null));
  return { names: header ? distinct(names) : names.map((_, i) => `column ${i + 1}`), header };
}

/** Spreadsheets repeat names and leave the index unnamed. */
function distinct(names: readonly string[]): string[] {
  return names.map((name, i) => (name === '' || names.indexOf(name) < i ? `${name || 'column'} ${i + 1}` : name));
}

async function fieldsOf(telemetry: ScratchTelemetry, file: LogFile): Promise<string[]> {
  if (isJson(file)) return [];
  const binder = new Binder();
  const shape = await telemetry.rows(z.object({ name: z.string() }))(`describe table ${tableOf(file, 0, binder)}`, binder.params);
  return shape.map(({ name }) => name).slice(0, MAX_COLUMNS);
}

/** The first rows, and of a long file rows from all over it: columns and formats may change on the way. */
async function sample(
  telemetry: ScratchTelemetry,
  file: LogFile,
  names: readonly string[],
  header: boolean,
): Promise<(string | null)[][]> {
  const binder = new Binder();
  const cells = isJson(file) ? 'line' : names.map((_, i) => cellOf(file, names, i, binder)).join(', ');
  const table = tableOf(file, names.length, binder);
  const ask = (where: string) =>
    telemetry.rows(z.object({ cells: z.array(z.string().nullable()) }))(
      `select [${cells}] as cells from ${table} ${where} limit ${SAMPLE_ROWS}`,
      binder.params,
      { settings: { ...readSettings(file), ...skip(header) }, timeoutMs: 300_000 },
    );
  const first = await ask('');
  if (first.length < SAMPLE_ROWS || file.compression !== 'none' || file.format === 'json') return first.map((row) => row.cells);
  const rowBytes = first.reduce((sum, row) => sum + row.cells.join().length, 0) / first.length;
  const every = Math.max(1, Math.floor(file.bytes / Math.max(1, rowBytes) / SAMPLE_ROWS));
  const spread = every > 1 ? await ask(`where cityHash64(_row_number) % ${every} = 0`) : [];
  return [...first.slice(0, SAMPLE_ROWS / 2), ...spread].map((row) => row.cells);
}

export const skip = (header: boolean) => (header ? { input_format_csv_skip_first_lines: '1' } : {});

function object(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.replace(/^\uFEFF/, ''));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const cellsOf = (row: Record<string, unknown>, names: readonly string[]) =>
  names.map((name) => {
    const value = Object.hasOwn(row, name) ? row[name] : null;
    if (value === null || value === undefined) return null;
    return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;
  });

/**
 * The text of each column that is wanted, over one pass of the file. `from` answers a row per record with `row` (0-based),
 * `raw` (the record, to show it when it is broken), `blank`, `broken` (why it cannot be used, or empty) and `recoded`.
 */
export function readTexts(source: Source, refs: readonly ColumnRef[], binder: Binder): { from: string; texts: string[] } {
  const used = [...new Set(refs.map(({ column }) => column))];
  return isJson(source.file) ? jsonTexts(source, refs, used, binder) : cellTexts(source, refs, used, binder);
}

/** One parse of the line for all columns. Their names are data of a type, not of the statement. */
function jsonTexts({ file, names }: Source, refs: readonly ColumnRef[], used: readonly number[], binder: Binder) {
  const type = binder.bind(`Tuple(${used.map((column) => `${quoted(names[column]!)} Nullable(String)`).join(', ')})`, 'String');
  const from = `
    select row, raw, recoded, trimBoth(raw) = '' as blank,
      multiIf(not isValidJSON(raw), 'not valid JSON', JSONType(raw) != 'Object', 'not a JSON object', '') as broken,
      JSONExtract(raw, ${type}) as cells
    from (select _row_number as row, not isValidUTF8(line) as recoded,
      if(recoded, ${fromWindows('bare')}, bare) as raw,
      if(_row_number = 0 and startsWith(line, '\\xEF\\xBB\\xBF'), substring(line, 4), line) as bare
    from ${tableOf(file, 0, binder)})`;
  return { from, texts: refs.map((ref) => inside(`tupleElement(cells, ${used.indexOf(ref.column) + 1})`, ref.path, binder)) };
}

function cellTexts({ file, names }: Source, refs: readonly ColumnRef[], used: readonly number[], binder: Binder) {
  const csv = file.format === 'csv';
  const width = names.length;
  const cells = used.map((column) => {
    const cell = cellOf(file, names, column, binder);
    return `if(isValidUTF8(ifNull(${cell}, '')), ${cell}, ${fromWindows(`ifNull(${cell}, '')`)}) as t${column}`;
  });
  const invalidText =
    used.map((column) => `not isValidUTF8(ifNull(${cellOf(file, names, column, binder)}, ''))`).join(' or ') || '0';
  const all = Array.from({ length: width + 1 }, (_, i) => `c${i}`).join(', ');
  const broken = `multiIf(isNotNull(c${width}), 'more cells than the header has columns', isNull(c${width - 1}), 'fewer cells than the header has columns', '')`;
  const from = `
    select _row_number as row, ${invalidText} as recoded,
      ${csv ? `${broken} as broken, isNull(c1) and ifNull(c0, '') = '' as blank, if(broken = '', '', toJSONString([${all}])) as raw` : `'' as broken, 0 as blank, '' as raw`}
      ${cells.map((cell) => `, ${cell}`).join('')}
    from ${tableOf(file, width + 1, binder)}`;
  return { from, texts: refs.map((ref) => inside(`t${ref.column}`, ref.path, binder)) };
}

/** What is not UTF-8 in a log is nearly always a Western Windows export. */
const fromWindows = (text: string) => `convertCharset(${text}, 'windows-1252', 'UTF-8')`;

const quoted = (name: string) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;

function inside(cell: string, path: ColumnRef['path'], binder: Binder): string {
  if (path.length === 0) return cell;
  const keys = path.map((key) => (typeof key === 'number' ? binder.bind(key + 1, 'Int32') : binder.bind(key, 'String')));
  return `JSONExtract(ifNull(${cell}, ''), ${keys.join(', ')}, 'Nullable(String)')`;
}
