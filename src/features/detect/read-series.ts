import { DAY_MS } from '../../platform/clock.ts';
import { readFile } from 'node:fs/promises';
import { invalid } from '../../platform/problem.ts';
import { csvRows, type CsvRow } from './csv-rows.ts';
import { dayFirstIn, readTime } from './read-time.ts';

/** One row of the file. A row that could not be read keeps its place, with the reason. */
export interface SeriesRow {
  /** Line of a CSV file, place in a JSON array, the first being 1. */
  line: number;
  /** The time as written, or null when the series has none. */
  time: string | null;
  at: number;
  value: number;
  rejected: string | null;
}

export interface Series {
  rows: SeriesRow[];
  /** Which columns were taken, as the header names them. */
  columns: { time: string | null; value: string };
}

/** Reads a CSV file (time and value, found by name and by content) or a JSON array of numbers or of {time, value}. */
export async function readSeries(file: string): Promise<Series> {
  const text = (await contentOf(file)).replace(/^\uFEFF/, '');
  if (text.trim() === '') throw invalid(`${file} is empty.`);
  const series = /^\s*[[{]/.test(text) ? fromJson(file, text) : fromCsv(file, csvRows(text));
  const readable = series.rows.filter(({ rejected }) => rejected === null);
  const first = series.rows.find(({ rejected }) => rejected !== null);
  if (readable.length === 0)
    throw invalid(`${file} has no readable row. ${first ? `Line ${first.line}: ${first.rejected}` : ''}`.trim());
  return series;
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT') throw invalid(`There is no file ${file}.`);
    if (code === 'EISDIR') throw invalid(`${file} is a directory; name a file.`);
    throw invalid(`${file} cannot be read (${String(code)}).`);
  }
}

function fromJson(file: string, text: string): Series {
  const parsed = parsedJson(file, text);
  if (!Array.isArray(parsed)) throw invalid(`${file} must hold a JSON array of numbers or of {"time", "value"}.`);
  if (parsed.length === 0) throw invalid(`${file} holds an empty array.`);
  const items: unknown[] = parsed;
  const times = items.map((item) => field(item, TIME_NAMES));
  const timed = times.some((time) => time !== undefined);
  const rows = items.map((item, i) => {
    const value = typeof item === 'object' ? field(item, VALUE_NAMES) : item;
    return seriesRow(i + 1, i, timed ? written(times[i]) : null, written(value));
  });
  return { rows, columns: { time: timed ? 'time' : null, value: 'value' } };
}

/** What a JSON file holds, as it would stand in a CSV cell; null is an empty one. */
function written(item: unknown): string {
  if (item === null || item === undefined) return '';
  return typeof item === 'number' || typeof item === 'string' ? String(item) : JSON.stringify(item);
}

function parsedJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`${file} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const TIME_NAMES = ['time', 'timestamp', 'datetime', 'date', 'ts', 'ds', 'at', 't', 'created_at', 'day', 'hour'];
const VALUE_NAMES = ['value', 'y', 'v', 'metric', 'score', 'count', 'mean'];

function field(item: unknown, names: readonly string[]): unknown {
  if (typeof item !== 'object' || item === null) return undefined;
  const entries = Object.entries(item);
  return names
    .map((name) => entries.find(([key]) => key.toLowerCase() === name)?.[1] as unknown)
    .find((found) => found !== undefined);
}

function fromCsv(file: string, all: readonly CsvRow[]): Series {
  const [first] = all;
  const isHeader =
    first !== undefined && !first.cells.some((cell) => isNumber(cell) || COMMA.test(cell) || readTime(cell) !== null);
  const body = withPoints(isHeader ? all.slice(1) : all);
  if (body.length === 0) throw invalid(`${file} has a header and no rows.`);
  const names = isHeader ? first.cells : first!.cells.map((_, i) => `column ${i + 1}`);
  const time = timeColumn(names, body);
  const value = valueColumn(names, body, time);
  if (value < 0) throw invalid(`${file} has no numeric column. Give it the columns time and value.`);
  const dayFirst = time >= 0 && dayFirstIn(body.map(({ cells }) => cells[time] ?? ''));
  const rows = body.map(({ line, cells }, i) =>
    seriesRow(line, i, time < 0 ? null : (cells[time] ?? ''), cells[value] ?? '', dayFirst),
  );
  return { rows, columns: { time: time < 0 ? null : names[time]!, value: names[value]! } };
}

/** Rows looked at to tell what a column holds. */
const SAMPLE = 100;

const named = (names: readonly string[], wanted: readonly string[]) => {
  const lower = names.map((name) => name.toLowerCase());
  return wanted.map((name) => lower.indexOf(name)).find((place) => place >= 0) ?? -1;
};

/** By name; else the column in which most cells are a time. */
function timeColumn(names: readonly string[], body: readonly CsvRow[]): number {
  const byName = named(names, TIME_NAMES);
  if (byName >= 0) return byName;
  return names.findIndex((_, i) => mostly(body, i, (cell) => readTime(cell) !== null));
}

/** By name; else the first column of numbers that is not the time. */
function valueColumn(names: readonly string[], body: readonly CsvRow[], time: number): number {
  const byName = named(names, VALUE_NAMES);
  if (byName >= 0 && body.some(({ cells }) => isNumber(cells[byName] ?? ''))) return byName;
  return names.findIndex((_, i) => i !== time && mostly(body, i, isNumber));
}

function mostly(body: readonly CsvRow[], column: number, is: (cell: string) => boolean): boolean {
  const sample = body.slice(0, SAMPLE);
  return sample.filter(({ cells }) => is(cells[column] ?? '')).length * 2 > sample.length;
}

const COMMA = /^[-+]?(\d+|\d{1,3}(\.\d{3})+),\d+$/;
const THOUSANDS = /^[-+]?[1-9]\d{0,2}(,\d{3})+$/;

/** Numbers with a decimal comma as numbers: in a column that holds one whose comma cannot divide thousands. */
function withPoints(body: readonly CsvRow[]): CsvRow[] {
  const decimal = new Set<number>();
  for (const { cells } of body) {
    for (const [i, cell] of cells.entries()) if (COMMA.test(cell) && !THOUSANDS.test(cell)) decimal.add(i);
  }
  if (decimal.size === 0) return [...body];
  const point = (cell: string) => (COMMA.test(cell) ? cell.replaceAll('.', '').replace(',', '.') : cell);
  return body.map(({ line, cells }) => ({ line, cells: cells.map((cell, i) => (decimal.has(i) ? point(cell) : cell)) }));
}

const isNumber = (cell: string) => cell !== '' && Number.isFinite(Number(cell));

function seriesRow(line: number, place: number, time: string | null, value: string, dayFirst?: boolean): SeriesRow {
  // Rows without a time are taken as one a day: only their order matters then.
  const at = time === null ? place * DAY_MS : readTime(time, dayFirst);
  const noNumber = value === '' ? 'no value' : `"${short(value)}" is not a number`;
  const bad = at === null ? `"${short(time ?? '')}" is not a time` : isNumber(value) ? null : noNumber;
  return { line, time, at: at ?? 0, value: bad === null ? Number(value) : NaN, rejected: bad };
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
