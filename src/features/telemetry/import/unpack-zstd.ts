import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Progress } from '../../../platform/context.ts';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { recognise, type LogFile } from './open-log.ts';

const LIMIT = { timeoutMs: 3_600_000 };

/** Node 20 cannot read zstd, the engine can: it unpacks the file, whose content is then recognised like any other. */
export async function unpackZstd(
  telemetry: ScratchTelemetry,
  file: LogFile,
  onProgress: (progress: Progress) => void,
): Promise<LogFile> {
  if (file.compression !== 'zstd') return file;
  const from = telemetry.pathFor(file.path);
  const table = `file({from:String}, 'LineAsString', 'line String', 'zstd')`;
  const [first] = await telemetry.rows(z.object({ parquet: z.number() }))(
    `select startsWith(line, 'PAR1') as parquet from ${table} limit 1`,
    { from },
    LIMIT,
  );
  // Parquet is no text that could be copied line by line, and the engine reads it packed.
  if (first?.parquet === 1) return { ...file, format: 'parquet' };
  onProgress({ label: `Unpacking ${basename(file.name)}`, done: 0, unit: 'rows' });
  const to = join(file.work, 'unpacked.txt');
  await telemetry.command(
    `insert into function file({to:String}, 'LineAsString') select line from ${table}`,
    { from, to },
    LIMIT,
  );
  return { ...file, ...(await recognise(file.name, to, file.work, file.elsewhere)) };
}
