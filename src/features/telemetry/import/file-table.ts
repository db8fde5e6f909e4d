import type { LogFile } from './open-log.ts';
import type { Binder } from './sql.ts';

/** A log file and its top-level columns. */
export interface Shape {
  file: LogFile;
  /** Names of the top-level columns; of JSON none are known before a sample is read. */
  names: readonly string[];
  /** The first line holds names, not a row. */
  header: boolean;
}

export const isJson = ({ format }: LogFile) => format === 'jsonl' || format === 'json';

const engineFormat = { jsonl: 'LineAsString', json: 'JSONAsString', csv: 'CSV', parquet: 'Parquet' } as const;

/** Settings under which a log is read: nothing is guessed, trimmed or refused by the engine. */
export const readSettings = (file: LogFile) => ({
  format_csv_delimiter: file.delimiter,
  format_csv_null_representation: '\u0001NULL\u0001',
  // What is asked for the first rows gets the first ones.
  max_threads: 1,
  // Small pieces: each is held several times over while its columns are computed.
  max_block_size: '8192',
  min_chunk_bytes_for_parallel_parsing: '4194304',
  // Layers of a query kept apart are each computed once. Merged, the parse of a JSON line was repeated for every branch that might
  // need it, and the load took three times as long; the end of a text was cut out again and again.
  query_plan_merge_expressions: 0 as const,
  input_format_csv_allow_variable_number_of_columns: 1 as const,
  input_format_csv_empty_as_default: 0 as const,
  input_format_csv_trim_whitespaces: 0 as const,
  // The engine takes a tab for blank space otherwise, and refuses it.
  input_format_csv_allow_whitespace_or_tab_as_delimiter: file.delimiter === '\t' ? (1 as const) : (0 as const),
  input_format_parquet_allow_missing_columns: 1 as const,
});

export const skip = (header: boolean) => (header ? { input_format_csv_skip_first_lines: '1' } : {});

/** The table function that reads the file: rows with `line` (JSON), `c0 … cN` (CSV) or the file's own columns (Parquet). */
export function tableOf(file: LogFile, columns: number, binder: Binder): string {
  const structure = {
    jsonl: 'line String',
    json: 'line String',
    csv: Array.from({ length: columns }, (_, i) => `c${i} Nullable(String)`).join(', '),
    parquet: 'auto',
  }[file.format];
  const [path, format] = [binder.bind(file.path, 'String'), engineFormat[file.format]];
  return `file(${path}, '${format}', '${structure}', '${file.compression}')`;
}

/** One top-level cell as text; NULL where the row has none. */
export function cellOf(file: LogFile, names: readonly string[], column: number, binder: Binder): string {
  if (file.format === 'csv') return `c${column}`;
  const name = binder.bind(names[column]!, 'Identifier');
  return `if(isNull(${name}), NULL, if(match(toTypeName(${name}), '^(Nullable\\\\()?(Array|Tuple|Map)'), toJSONString(${name}), toString(${name})))`;
}
