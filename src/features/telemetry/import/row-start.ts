import { filled, type Column } from './columns.ts';
import type { Mapping } from './map-columns.ts';
import type { Source } from './source.ts';

/** Ways of writing a time that are looked for; a log has one or two. */
const MOST_SHAPES = 8;
/** A pattern that counts further would be slow. */
const LAST_COLUMN = 40;
/** So many digits in one run are a time by themselves. */
const LONG_RUN = 9;
/** A time has a day, a month and a year. */
const FEWEST_RUNS = 3;

/**
 * What a line of a CSV file looks like that starts a row: its cell for the time holds one, written as in the sample. A pattern for
 * JavaScript and for the engine; nothing where the log has no such column.
 */
export function rowStartOf(
  { file, columns }: Pick<Source, 'file' | 'columns'>,
  { fields }: Pick<Mapping, 'fields'>,
): string | null {
  const time = columns.find(({ name }) => name === fields.time?.name);
  if (file.format !== 'csv' || !time || time.path.length > 0 || time.column > LAST_COLUMN) return null;
  const shapes = shapesOf(time);
  if (shapes.length === 0) return null;
  const mark = escaped(file.delimiter);
  return `^(?:(?:"(?:[^"\\n]|"")*"|[^"\\n${mark}]*)${mark}){${time.column}}"?(?:${shapes.join('|')})"?(?:${mark}|\\r?$)`;
}

/** "2026-05-04T10:00:00Z" as `\d+-\d+-\d+T\d+…`, the commonest first. */
function shapesOf(time: Column): string[] {
  const counts = new Map<string, number>();
  for (const value of filled(time)) {
    const runs = value.match(/\d+/g) ?? [];
    const isTime = runs.length >= FEWEST_RUNS || runs.some(({ length }) => length >= LONG_RUN);
    // The file is searched byte for byte.
    if (!isTime || value.length > 60 || !/^[\x20-\x7e]+$/.test(value)) continue;
    const shape = value.replaceAll(/\d+|[A-Za-z]+|[^\dA-Za-z]/g, shapeOf);
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_SHAPES)
    .map(([shape]) => shape);
}

function shapeOf(run: string): string {
  if (/^\d/.test(run)) return run.length >= LONG_RUN ? `\\d{${LONG_RUN},}` : '\\d+';
  return /^[A-Za-z]/.test(run) ? '[A-Za-z]+' : escaped(run);
}

const escaped = (mark: string) => mark.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
