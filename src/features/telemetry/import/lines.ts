import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Source } from './source.ts';

/** Where a record stands in its file. What has no lines, or was copied out of a document, has records only. */
export type Place = { line: number } | { record: number };

/** Finds the lines of records asked for in ascending order. A CSV record may take several lines, so its file is counted through. */
export function lineNumbers(source: Pick<Source, 'file' | 'header'>): (row: number) => Promise<Place> {
  const { format, compression, flattened } = source.file;
  if (flattened) return async (row) => ({ record: row + 1 });
  if (format === 'jsonl') return async (row) => ({ line: row + 1 });
  if (format !== 'csv' || compression === 'zstd') return async (row) => ({ record: row + 1 });
  const starts = csvRecords(source);
  let at = { record: -1, line: 0 };
  return async (row) => {
    const record = row + (source.header ? 1 : 0);
    while (at.record < record) {
      const next = await starts.next();
      if (next.done) break;
      at = next.value;
    }
    return { line: at.line };
  };
}

/** Places of records in any order. */
export async function placesOf(source: Pick<Source, 'file' | 'header'>, rows: readonly number[]): Promise<Map<number, Place>> {
  const find = lineNumbers(source);
  const places = new Map<number, Place>();
  for (const row of [...new Set(rows)].sort((a, b) => a - b)) places.set(row, await find(row));
  return places;
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** The last byte of a byte-order mark. */
const MARK_END = 0xbf;

/** The first line of each record, 1-based. A line without anything is no record; a quote opens only at the start of a cell. */
async function* csvRecords({ file }: Pick<Source, 'file'>) {
  const bytes = createReadStream(file.path, { highWaterMark: 1024 * 1024 });
  const delimiter = file.delimiter.charCodeAt(0);
  let [line, record, start, before] = [1, 0, 1, NEWLINE];
  let [quoted, filled] = [false, false];
  for await (const chunk of file.compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes) {
    for (const byte of chunk as Buffer) {
      if (byte === QUOTE) {
        filled = true;
        // A second quote right after a closing one is a quote of the text, and the cell goes on.
        if (quoted) quoted = false;
        else quoted = before === QUOTE || before === delimiter || before === NEWLINE || before === MARK_END;
      } else if (byte === NEWLINE) {
        line += 1;
        if (!quoted) {
          if (filled) yield { record: record++, line: start };
          [start, filled] = [line, false];
        }
      } else if (byte !== RETURN) filled = true;
      before = byte;
    }
  }
  if (filled) yield { record, line: start };
}
