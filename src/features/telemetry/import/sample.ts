import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { countRows } from './estimate-rows.ts';
import type { LogFile } from './open-log.ts';
import { cellOf, isJson, readSettings, skip, tableOf, type Shape } from './file-table.ts';
import { Binder } from './sql.ts';

const SAMPLE_ROWS = 2000;
const FEWEST_ROWS = 20;
/** What a sample may weigh: JavaScript holds all of it. */
const SAMPLE_BYTES = 24 * 1024 * 1024;
/** A longer line is left out of the sample, a longer cell is cut, unless there is nothing else. */
const MOST_BYTES = 1024 * 1024;
const LIMIT = { timeoutMs: 300_000 };

const Cells = z.object({ cells: z.array(z.string().nullable()) });
type Row = (string | null)[];

/** The first rows, and of a long file rows from all over it: columns and formats may change on the way. */
export async function sample(telemetry: ScratchTelemetry, shape: Shape): Promise<Row[]> {
  const rowBytes = await meanRowBytes(telemetry, shape);
  const most = Math.max(FEWEST_ROWS, Math.min(SAMPLE_ROWS, Math.floor(SAMPLE_BYTES / rowBytes)));
  const first = await firstRows(telemetry, shape, most);
  if (first.length < most) return first;
  return [...first.slice(0, most / 2), ...(await spread(telemetry, shape, rowBytes, most))];
}

function question({ file, names, header }: Shape) {
  const binder = new Binder();
  const texts = isJson(file) ? ['line'] : names.map((_, i) => cellOf(file, names, i, binder));
  const table = tableOf(file, names.length, binder);
  const options = { ...LIMIT, settings: { ...readSettings(file), ...skip(header) } };
  return { binder, texts, table, options };
}

async function meanRowBytes(telemetry: ScratchTelemetry, shape: Shape): Promise<number> {
  const { binder, texts, table, options } = question(shape);
  const bytes = texts.map((text) => `ifNull(length(${text}), 0)`).join(' + ');
  const [found] = await telemetry.rows(z.object({ mean: z.number().nullable() }))(
    `select avg(bytes) as mean from (select ${bytes} as bytes from ${table} limit 100)`,
    binder.params,
    options,
  );
  return Math.max(1, found?.mean ?? 1);
}

async function firstRows(telemetry: ScratchTelemetry, shape: Shape, most: number): Promise<Row[]> {
  const few = await ask(telemetry, shape, most, isJson(shape.file) ? `length(line) <= ${MOST_BYTES}` : '1');
  return few.length > 0 ? few : ask(telemetry, shape, 3, '1');
}

/** The first rows that fit; `inOrder`: of few that fit, all over the file, read in two threads and put in order. */
async function ask(
  telemetry: ScratchTelemetry,
  shape: Shape,
  most: number,
  where: string,
  { inOrder = false } = {},
): Promise<Row[]> {
  const { binder, texts, table, options } = question(shape);
  const cut = isJson(shape.file) ? texts : texts.map((text) => `substringUTF8(${text}, 1, ${MOST_BYTES / 4})`);
  const rows = await telemetry.rows(Cells)(
    `select [${cut.join(', ')}] as cells from ${table} where ${where} ${inOrder ? 'order by _row_number' : ''} limit ${most}`,
    binder.params,
    inOrder ? { ...options, settings: { ...options.settings, max_threads: 2 } } : options,
  );
  return rows.map(({ cells }) => cells);
}

/** Rows from all over the file: by jumping where lines are rows, else by passing through all of it. */
async function spread(telemetry: ScratchTelemetry, shape: Shape, rowBytes: number, most: number): Promise<Row[]> {
  const { file } = shape;
  if (file.format === 'jsonl' && file.compression === 'none')
    return (await linesAllOver(file, rowBytes, most)).map((line) => [line]);
  if (file.format === 'csv' && file.compression === 'none') {
    const found = await cellsAllOver(telemetry, shape, rowBytes, most).catch(() => []);
    if (found.length > most / 4) return found;
  }
  const rows = file.format === 'parquet' ? await countRows(telemetry, shape) : (file.bytes * unpacked(file)) / rowBytes;
  const every = Math.max(1, Math.floor(rows / most));
  // In a file that is short, the second half of what is wanted is simply all the rest.
  const where = `cityHash64(_row_number) % ${every} = 0 and _row_number >= ${Math.floor(most / 2)}`;
  return ask(telemetry, shape, most, where, { inOrder: file.format === 'parquet' });
}

/** The same of CSV, where a piece may start inside a quoted cell: rows that do not fit the header are left out. */
async function cellsAllOver(telemetry: ScratchTelemetry, shape: Shape, rowBytes: number, most: number): Promise<Row[]> {
  const path = join(shape.file.work, 'sample.csv');
  await writeFile(path, (await linesAllOver(shape.file, rowBytes, most)).join('\n'), 'latin1');
  const file = { ...shape.file, path: telemetry.pathFor(path), bytes: 0 };
  const rows = await ask(telemetry, { ...shape, file, header: false }, most, `isNotNull(c${shape.names.length - 1})`);
  await rm(path);
  return rows;
}

/** Logs shrink about sixfold. */
const unpacked = ({ compression }: LogFile) => (compression === 'none' ? 1 : 6);

const ROWS_PER_PLACE = 10;

/** Whole lines at places spread evenly over the file, read without passing through what lies between. */
async function linesAllOver({ path, bytes, format }: LogFile, rowBytes: number, most: number): Promise<string[]> {
  const piece = Buffer.alloc(Math.ceil(Math.min(bytes, rowBytes * (ROWS_PER_PLACE + 2))));
  const places = Math.ceil(most / ROWS_PER_PLACE);
  const lines: string[] = [];
  const file = await open(path);
  try {
    for (let place = 0; place < places; place += 1) {
      const { bytesRead } = await file.read(piece, 0, piece.length, Math.floor(((place + 0.5) / places) * bytes));
      // The first and the last line of a piece may be cut. Of short lines no more than of long ones, or the end is never reached.
      lines.push(
        ...piece
          .toString(format === 'csv' ? 'latin1' : 'utf8', 0, bytesRead)
          .split('\n')
          .slice(1, -1)
          .slice(0, ROWS_PER_PLACE),
      );
    }
  } finally {
    await file.close();
  }
  return lines;
}
