import type { ColumnRef } from './columns.ts';
import { cellOf, isJson, tableOf } from './file-table.ts';
import { BROKEN_LINE } from './mend-csv.ts';
import { BY_NAME } from './named-scores.ts';
import type { Source } from './source.ts';
import { quoted, type Binder } from './sql.ts';

/** SQL for the texts of some columns over one pass of a file. */
export interface Texts {
  /**
   * A query that answers a row per record: `row` (0-based), `raw` (the record, to show it when it is broken), `blank`,
   * `broken` (why it cannot be used, or empty) and `recoded`.
   */
  from: string;
  /** An expression over `from` for each column; NULL where the row has none. */
  texts: string[];
}

export function readTexts(source: Source, refs: readonly ColumnRef[], binder: Binder): Texts {
  const used = [...new Set(refs.map(({ column }) => column))];
  return isJson(source.file) ? jsonTexts(source, refs, used, binder) : cellTexts(source, refs, used, binder);
}

/** What is not UTF-8 in a log is nearly always a Western Windows export. */
const fromWindows = (text: string) => `convertCharset(${text}, 'windows-1252', 'UTF-8')`;
const isBlank = (text: string) => `trimBoth(${text}, ' \\t\\r\\n') = ''`;

/**
 * What the engine's JSON parser refuses and other tools write, made readable: a byte-order mark, bare control characters, halves
 * of surrogate pairs, NaN and Infinity, numbers past 64 bit. Asked of refused lines only.
 */
const mendings: readonly (readonly [pattern: string, by: string])[] = [
  ['^\\xEF\\xBB\\xBF', ''],
  ['[\\x00-\\x1F]', ' '],
  ['(\\\\\\\\u[dD][89aAbB][0-9a-fA-F]{2}\\\\\\\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\\\\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}', '\\\\1'],
  ['([:\\\\[,]\\\\s*)-?(?:NaN|Infinity)(\\\\s*[,}\\\\]])', '\\\\1null\\\\2'],
  ['("\\\\s*:\\\\s*)(-?\\\\d{19,}(?:\\\\.\\\\d+)?|-?\\\\d+(?:\\\\.\\\\d+)?[eE][-+]?\\\\d{3,})(\\\\s*[,}])', '\\\\1"\\\\2"\\\\3'],
];
const mended = (line: string) =>
  mendings.reduce((text, [pattern, by]) => `replaceRegexpAll(${text}, '${pattern}', '${by}')`, line);

/** One parse of the line for all columns; what is valid JSON is UTF-8 and not blank. Their names are data of a type, not of the statement. */
function jsonTexts({ file, names }: Source, refs: readonly ColumnRef[], used: readonly number[], binder: Binder): Texts {
  const type = binder.bind(`Tuple(${used.map((column) => `${quoted(names[column]!)} Nullable(String)`).join(', ')})`, 'String');
  const from = `
    select row, raw, recoded, blank, JSONExtract(readable, ${type}) as cells,
      multiIf(startsWith(readable, '{') and valid, '', not isValidJSON(readable), 'not valid JSON',
        JSONType(readable) != 'Object', 'not a JSON object', '') as broken
    from (select _row_number as row, line as raw, not valid and not isValidUTF8(line) as recoded, not valid and ${isBlank('line')} as blank,
      isValidJSON(line) as valid, multiIf(recoded, ${mended(fromWindows('line'))}, valid, line, ${mended('line')}) as readable
    from ${tableOf(file, 0, binder)})`;
  return { from, texts: refs.map((ref) => inside(`tupleElement(cells, ${used.indexOf(ref.column) + 1})`, ref.path, binder)) };
}

/**
 * The first line is read with the others and left out: where the engine skips it, rows behind the first piece of a file that is read
 * in several are numbered one too high.
 */
function cellTexts({ file, names, header }: Source, refs: readonly ColumnRef[], used: readonly number[], binder: Binder): Texts {
  const csv = file.format === 'csv';
  const cells = used.map((column) => {
    const cell = cellOf(file, names, column, binder);
    return `if(isValidUTF8(ifNull(${cell}, '')), ${cell}, ${fromWindows(`ifNull(${cell}, '')`)}) as t${column}`;
  });
  const invalidText =
    used.map((column) => `not isValidUTF8(ifNull(${cellOf(file, names, column, binder)}, ''))`).join(' or ') || '0';
  const from = `
    select _row_number${header ? ' - 1' : ''} as row, ${invalidText} as recoded, ${csv ? csvRecord(names.length) : `'' as broken, 0 as blank, '' as raw`}
      ${cells.map((cell) => `, ${cell}`).join('')}
    from ${tableOf(file, names.length + 1, binder)}${header ? ' where _row_number > 0' : ''}`;
  return { from, texts: refs.map((ref) => inside(`t${ref.column}`, ref.path, binder)) };
}

/** One cell more than the header has is read, so that it shows where a row has too many. */
function csvRecord(width: number): string {
  const all = Array.from({ length: width + 1 }, (_, i) => `c${i}`).join(', ');
  return `
    multiIf(isNotNull(c${width}), 'more cells than the header has columns',
      isNotNull(c${width - 1}), '',
      startsWith(ifNull(c0, ''), '${BROKEN_LINE}'), 'a quote that is not closed, or text after a closing quote',
      'fewer cells than the header has columns') as broken,
    isNull(c1) and ${isBlank(`ifNull(c0, '')`)} as blank,
    if(broken = '', '', toJSONString([${all}])) as raw`;
}

function inside(cell: string, path: ColumnRef['path'], binder: Binder): string {
  if (path.length === 0) return cell;
  const named = path.indexOf(BY_NAME);
  const keys = (named < 0 ? path : path.slice(0, named)).map((key) =>
    typeof key === 'number' ? binder.bind(key + 1, 'Int32') : binder.bind(key, 'String'),
  );
  const at = [`ifNull(${cell}, '')`, ...keys].join(', ');
  if (named < 0) return `JSONExtract(${at}, 'Nullable(String)')`;
  const wanted = binder.bind(String(path[named + 1]), 'String');
  const entry = `arrayFirst(entry -> JSONExtractString(entry, 'name') = ${wanted}, JSONExtractArrayRaw(${at}))`;
  return `JSONExtract(${entry}, 'value', 'Nullable(String)')`;
}
