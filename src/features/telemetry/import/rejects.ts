import { createWriteStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { z } from 'zod';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import { lineNumbers } from './lines.ts';
import { isJson, type Source } from './source.ts';

const Reject = z.object({ row: z.number(), reject: z.string(), raw: z.string() });
const PAGE = 10_000;

/** Writes the rows that could not be used beside the log, each with its line and reason. Answers the file's name, or nothing. */
export async function writeRejects(telemetry: Telemetry, source: Source, index: number): Promise<string | null> {
  const page = (after: number) =>
    telemetry.rows(Reject)(
      `select row, reject, raw from call where file = ${index} and reject != '' and row > ${after} order by row limit ${PAGE}`,
    );
  let rows = await page(-1);
  if (rows.length === 0) return null;
  const path = `${source.file.name === '-' ? resolve('stdin') : resolve(source.file.name)}.rejected.jsonl`;
  const out = createWriteStream(path);
  const line = lineNumbers(source);
  while (rows.length > 0) {
    for (const { row, reject, raw } of rows) {
      out.write(`${JSON.stringify({ ...(await line(row)), reason: reject, row: isJson(source.file) ? raw : cells(raw) })}\n`);
    }
    rows = await page(rows.at(-1)!.row);
  }
  out.end();
  await finished(out);
  return basename(path) === path ? path : `${source.file.name === '-' ? 'stdin' : source.file.name}.rejected.jsonl`;
}

const cells = (raw: string): unknown =>
  raw === '' ? null : (JSON.parse(raw) as (string | null)[]).filter((cell) => cell !== null);
