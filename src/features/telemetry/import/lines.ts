import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Source } from './source.ts';

/** Where a record stands in its file. Formats without lines have records only. */
export type Place = { line: number } | { record: number };

/** Finds the lines of records asked for in ascending order. A CSV record may take several lines, so its file is counted through. */
export function lineNumbers(source: Source): (row: number) => Promise<Place> {
  const { format, compression } = source.file;
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

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/** The first line of each record, 1-based. */
async function* csvRecords({ file }: Source) {
  const bytes = createReadStream(file.path);
  let [line, record, quoted] = [1, 0, false];
  yield { record, line };
  for await (const chunk of file.compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes) {
    for (const byte of chunk as Buffer) {
      if (byte === QUOTE) quoted = !quoted;
      if (byte !== NEWLINE) continue;
      line += 1;
      if (quoted) continue;
      record += 1;
      yield { record, line };
    }
  }
}
