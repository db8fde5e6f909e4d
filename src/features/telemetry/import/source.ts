import { z } from 'zod';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { invalid } from '../../../platform/problem.ts';
import { readColumns, type Column } from './columns.ts';
import { isNumber, timeFormat } from './content.ts';
import { isJson, readSettings, tableOf, type Shape } from './file-table.ts';
import { lackingCells, lackingFields } from './lacking.ts';
import type { LogFile } from './open-log.ts';
import { sample } from './sample.ts';
import { Binder } from './sql.ts';

/** Columns of a log file that the engine reads; more are left alone. */
const MAX_COLUMNS = 400;

/** A log file as the engine sees it. */
export interface Source extends Shape {
  columns: readonly Column[];
}

/** Reads a sample, and with it the names of the columns. */
export async function readSource(telemetry: ScratchTelemetry, opened: LogFile): Promise<Source> {
  const file = { ...opened, path: telemetry.pathFor(opened.path) };
  const shape = await shapeOf(telemetry, file);
  const rows = await sample(telemetry, shape);
  if (rows.length === 0) throw invalid(`"${file.name}" has column names but no rows: there is nothing to audit.`);
  if (!isJson(file)) {
    const more = await lackingCells(telemetry, shape, rows);
    return { ...shape, columns: readColumns(shape.names, [...rows, ...more]) };
  }
  const sampled = rows.map((row) => object(row[0]!));
  const objects = [...sampled, ...(await lackingFields(telemetry, shape, sampled))];
  const names = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  if (names.length === 0) throw invalid(notALog(file));
  return {
    file,
    names,
    header: false,
    columns: readColumns(
      names,
      objects.map((row) => cellsOf(row, names)),
    ),
  };
}

async function shapeOf(telemetry: ScratchTelemetry, file: LogFile): Promise<Shape> {
  if (file.format === 'csv') return { file, ...(await csvHeader(telemetry, file)) };
  return { file, names: isJson(file) ? [] : await fieldsOf(telemetry, file), header: false };
}

const notALog = ({ name, format }: LogFile) =>
  `"${name}" was read as ${format === 'jsonl' ? 'one JSON object per line' : 'a list of JSON objects'}, but none of its first rows is a JSON object. Export the log as CSV, TSV, JSON, JSONL or Parquet.`;

async function csvHeader(telemetry: ScratchTelemetry, file: LogFile): Promise<Pick<Shape, 'names' | 'header'>> {
  const binder = new Binder();
  const cells = Array.from({ length: MAX_COLUMNS }, (_, i) => `c${i}`).join(', ');
  const [first] = await telemetry.rows(z.object({ cells: z.array(z.string().nullable()) }))(
    `select [${cells}] as cells from ${tableOf(file, MAX_COLUMNS, binder)} limit 1`,
    binder.params,
    { settings: readSettings(file) },
  );
  const row = first?.cells ?? [];
  const names = row.slice(0, row.findLastIndex((cell) => cell !== null) + 1).map((cell, i) => nameOf(cell ?? '', i));
  if (names.length < 2)
    throw invalid(
      `"${file.name}" has a single column. A log has one row per AI call with several columns, or one JSON object per line.`,
    );
  const header = names.every((name) => !isNumber(name) && (name === '' || timeFormat([name]) === null));
  return { names: header ? distinct(names) : names.map((_, i) => `column ${i + 1}`), header };
}

/** A byte-order mark hides the quotes of the first name from the engine. */
const nameOf = (cell: string, i: number) =>
  i === 0 && cell.startsWith('\uFEFF')
    ? cell
        .slice(1)
        .trim()
        .replace(/^"(.*)"$/s, '$1')
    : cell.trim();

/** Spreadsheets repeat names and leave the index unnamed. */
function distinct(names: readonly string[]): string[] {
  return names.map((name, i) => (name === '' || names.indexOf(name) < i ? `${name || 'column'} ${i + 1}` : name));
}

async function fieldsOf(telemetry: ScratchTelemetry, file: LogFile): Promise<string[]> {
  const binder = new Binder();
  const shape = await telemetry.rows(z.object({ name: z.string() }))(`describe table ${tableOf(file, 0, binder)}`, binder.params);
  return shape.map(({ name }) => name).slice(0, MAX_COLUMNS);
}

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
    return typeof value === 'object' ? asJson(value) : `${value as string | number | boolean}`;
  });

function asJson(value: object): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack is; no column lies down there.
    return null;
  }
}
