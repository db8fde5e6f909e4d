import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import { tableOf } from './file-table.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

/** Where a record stands in its file. What has no lines, or was copied out of a document, has records only. */
export type Place = { line: number } | { record: number };

/** Finds the lines of records asked for in ascending order. A CSV record may take several lines, so its file is counted through. */
export function lineNumbers(source: Pick<Source, 'file' | 'header'>): (row: number) => Promise<Place> {
  const { format, compression, flattened } = source.file;
  if (flattened) return async (row) => ({ record: row + 1 });
  if (format === 'jsonl') return async (row) => ({ line: row + 1 });
  if (format !== 'csv' || compression === 'zstd') return async (row) => ({ record: row + 1 });
  const pieces = csvRecords(source);
  let piece: Piece = { first: 0, lines: [] };
  return async (row) => {
    const record = row + (source.header ? 1 : 0);
    while (record >= piece.first + piece.lines.length) {
      const next = await pieces.next();
      if (next.done) break;
      piece = next.value;
    }
    return { line: piece.lines[record - piece.first] ?? piece.lines.at(-1) ?? 1 };
  };
}

/** The records that end in one piece of the file: the number of the first, and the line on which each starts. */
interface Piece {
  first: number;
  lines: number[];
}

/** Places of records of a loaded file, in any order. */
export async function placesOf(
  telemetry: Telemetry,
  source: Source,
  index: number,
  rows: readonly number[],
): Promise<Map<number, Place>> {
  const places = new Map<number, Place>();
  if (rows.length === 0) return places;
  const find = await placeFinder(telemetry, source, index);
  for (const row of [...new Set(rows)].sort((a, b) => a - b)) places.set(row, await find(row));
  return places;
}

/** Finds the place of a record of a loaded file, asked for in ascending order. */
export async function placeFinder(telemetry: Telemetry, source: Source, index: number): Promise<(row: number) => Promise<Place>> {
  const { format, flattened } = source.file;
  if (format === 'csv' && !flattened && (await isLineEach(telemetry, source, index)))
    return async (row) => ({ line: row + (source.header ? 2 : 1) });
  return lineNumbers(source);
}

const known = new WeakMap<Source, Promise<boolean>>();

/**
 * Whether each record of a CSV file is one line: it has as many lines as records. The engine counts lines far sooner than all quotes
 * of a file can be looked at. Asked once, when the file has been loaded.
 */
export function isLineEach(telemetry: Telemetry, source: Source, index: number): Promise<boolean> {
  const found = known.get(source) ?? countLines(telemetry, source, index);
  known.set(source, found);
  return found;
}

async function countLines(telemetry: Telemetry, { file, header }: Source, index: number): Promise<boolean> {
  const binder = new Binder();
  const lines = tableOf({ ...file, format: 'jsonl' }, 0, binder);
  const [found] = await telemetry.rows(z.object({ lines: z.number(), records: z.number() }))(
    `select (select count() from ${lines}) as lines, max(row) + 1 as records from call where file = ${index}`,
    binder.params,
    { timeoutMs: 300_000 },
  );
  return found !== undefined && found.lines === found.records + (header ? 1 : 0);
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** The last byte of a byte-order mark. */
const MARK_END = 0xbf;

/** The first line of each record, 1-based. A line without anything is no record; a quote opens only at the start of a cell. */
async function* csvRecords({ file }: Pick<Source, 'file'>): AsyncGenerator<Piece, void> {
  const bytes = createReadStream(file.path, { highWaterMark: 1024 * 1024 });
  const delimiter = file.delimiter.charCodeAt(0);
  let [line, first, start, before] = [1, 0, 1, NEWLINE];
  let [quoted, filled] = [false, false];
  for await (const chunk of file.compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes) {
    const piece = chunk as Buffer;
    const lines: number[] = [];
    // By index and by the piece: an iterator or a promise per byte or record would take ten times as long.
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i]!;
      if (byte === QUOTE) {
        filled = true;
        // A second quote right after a closing one is a quote of the text, and the cell goes on.
        if (quoted) quoted = false;
        else quoted = before === QUOTE || before === delimiter || before === NEWLINE || before === MARK_END;
      } else if (byte === NEWLINE) {
        line += 1;
        if (!quoted) {
          if (filled) lines.push(start);
          start = line;
          filled = false;
        }
      } else if (byte !== RETURN) filled = true;
      before = byte;
    }
    yield { first, lines };
    first += lines.length;
  }
  if (filled) yield { first, lines: [start] };
}
