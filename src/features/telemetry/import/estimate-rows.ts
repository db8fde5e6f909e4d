import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import { isJson, tableOf, type Shape } from './file-table.ts';
import type { LogFile } from './open-log.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

/** About how many rows a file has, for whoever waits; nothing where nobody can say. Of Parquet exactly: it says so itself. */
export async function estimateRows(telemetry: Telemetry, source: Source): Promise<number | undefined> {
  const { file } = source;
  if (file.format === 'parquet') return file.compression === 'none' ? countRows(telemetry, source) : undefined;
  const [rows, bytes] = [source.columns[0]?.values.length ?? 0, sampleBytes(source)];
  const unpacked = file.bytes * (file.compression === 'gzip' ? await ratioOf(file) : 1);
  return bytes > 0 && file.compression !== 'zstd' ? Math.round((unpacked / bytes) * rows) : undefined;
}

/** What the rows of the sample take in their file. */
function sampleBytes({ file, columns }: Source): number {
  const top = columns.filter(({ path }) => path.length === 0);
  const around = (name: string) => (isJson(file) ? name.length + 5 : 1);
  return top.reduce((sum, { name, values }) => sum + values.reduce((s, value) => s + (value?.length ?? 0) + around(name), 0), 0);
}

/** Rows of a file that knows them; of another kind this reads all of it. */
export async function countRows(telemetry: Telemetry, { file, names }: Shape): Promise<number> {
  const binder = new Binder();
  const sql = `select count() as n from ${tableOf(file, names.length, binder)}`;
  return (await telemetry.rows(z.object({ n: z.number() }))(sql, binder.params, { timeoutMs: 300_000 }))[0]?.n ?? 0;
}

const TRIED_BYTES = 1024 * 1024;

/** How much larger the beginning of a packed file is when unpacked. */
async function ratioOf({ path, bytes }: LogFile): Promise<number> {
  let size = 0;
  const packed = createReadStream(path, { end: TRIED_BYTES - 1 });
  try {
    for await (const chunk of packed.pipe(createGunzip())) size += (chunk as Buffer).length;
  } catch {
    // It ends where we stopped reading.
  }
  return size / Math.min(bytes, TRIED_BYTES);
}
