import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, type ZlibOptions } from 'node:zlib';
import { Problem } from '../../../platform/problem.ts';
import { mendCsv } from './mend-csv.ts';
import type { LogFile } from './open-log.ts';
import { splitList } from './split-list.ts';

/** A copy of a file that the engine refuses, in which what is whole can be read; nothing when all has been tried. */
export async function mend(file: LogFile, rowStart: string | null = null): Promise<LogFile | null> {
  if (file.compression === 'gzip') return unpackWhatThereIs(file);
  if (file.compression !== 'none' || file.mended) return null;
  const path = join(file.work, 'mended');
  if (file.format === 'csv') {
    await mendCsv(file.path, path, { delimiter: file.delimiter, rowStart });
    return { ...file, path, mended: true };
  }
  if (file.format !== 'json') return null;
  await splitList(file.path, path);
  const { size } = await stat(path);
  return size === 0 ? null : { ...file, path, format: 'jsonl', bytes: size, mended: true, flattened: true };
}

/** Whether a copy might be read where the file was not. */
export const isMendable = (error: unknown) => !(error instanceof Problem) || error.code === 'too_large';

/** The file unpacked; of one that was cut off, all that can still be unpacked. */
async function unpackWhatThereIs(file: LogFile): Promise<LogFile | null> {
  const path = join(file.work, 'unpacked');
  const unpack = (options: ZlibOptions) => pipeline(createReadStream(file.path), createGunzip(options), createWriteStream(path));
  const whole = await unpack({}).then(
    () => true,
    () =>
      unpack({ finishFlush: constants.Z_SYNC_FLUSH })
        .catch(() => undefined)
        .then(() => false),
  );
  const { size } = await stat(path);
  if (size === 0) return null;
  const said = whole ? [] : [`"${file.name}" is cut off or damaged: what could be unpacked of it was read.`];
  return { ...file, path, bytes: size, compression: 'none', assumptions: [...file.assumptions, ...said] };
}

/** What to say when nothing helps. */
export function unreadable(file: LogFile, error: unknown): Problem {
  const format = { jsonl: 'JSON lines', json: 'a JSON list', csv: 'delimited text', parquet: 'Parquet' }[file.format];
  const packed = file.compression === 'none' ? '' : `, packed with ${file.compression}`;
  return new Problem(
    'invalid',
    `"${file.name}" was read as ${format}${packed}, but it is damaged or something else. Export it again, as CSV, TSV, JSON, JSONL or Parquet.`,
    { cause: error },
  );
}
