import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { openLog } from '../../../../platform/log.ts';
import { openScratchTelemetry, type ScratchTelemetry } from '../../../../stores/telemetry/index.ts';
import { importLogs, openLogFile, type ImportOptions, type LogFile } from '../index.ts';

const Call = z.object({
  file: z.number(),
  row: z.number(),
  reject: z.string(),
  at: z.string().nullable(),
  model: z.string(),
  workflow: z.string(),
  prompt_version: z.string(),
  user: z.string(),
  session: z.string(),
  segment: z.array(z.string()),
  input: z.string(),
  output: z.string(),
  expected: z.string(),
  graded: z.number().nullable(),
  scores: z.array(z.number().nullable()),
  latency_s: z.number().nullable(),
  cost_usd: z.number().nullable(),
  input_tokens: z.number().nullable(),
  output_tokens: z.number().nullable(),
  error: z.number().nullable(),
  refusal: z.number(),
  empty: z.number(),
  ending: z.number(),
  format_valid: z.number().nullable(),
  recoded: z.number(),
});
export type Call = z.infer<typeof Call>;

/** One engine for all logs of a test file, and a directory for them. */
export async function openReader() {
  const dir = mkdtempSync(join(tmpdir(), 'steward-read-'));
  const store = await openScratchTelemetry({ log: openLog('silent') });
  return {
    dir,
    store,
    /** Writes a file into the directory and answers its path. */
    write(name: string, content: string | Uint8Array): string {
      const path = join(dir, name);
      writeFileSync(path, content);
      return path;
    },
    read: (paths: string | readonly string[], options: Partial<ImportOptions> = {}, stdin = '') =>
      readLogs(store, typeof paths === 'string' ? [paths] : paths, options, stdin),
    async [Symbol.asyncDispose]() {
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function readLogs(store: ScratchTelemetry, paths: readonly string[], options: Partial<ImportOptions>, stdin: string) {
  const files: LogFile[] = [];
  try {
    for (const path of paths) files.push(await openLogFile(path, Readable.from([stdin])));
    await store.command('drop table if exists call');
    const now = new Date('2026-11-01T00:00:00Z');
    const imported = await importLogs(store, files, { map: {}, now, onProgress: () => undefined, ...options });
    const all = await store.rows(Call)(`select ${Object.keys(Call.shape).join(', ')} from call order by file, row`);
    const places = await imported.locate(
      0,
      all.filter(({ file }) => file === 0).map(({ row }) => row),
    );
    const fields = Object.fromEntries(Object.entries(imported.mapping.fields).map(([field, ref]) => [field, ref.name]));
    return {
      ...imported,
      fields,
      calls: all.filter(({ reject }) => reject === ''),
      rejected: all.filter(({ reject }) => reject !== ''),
      places,
    };
  } finally {
    for (const file of files) await file[Symbol.asyncDispose]();
  }
}

/** The hour `i` of the logs that tests write. */
export const hour = (i: number) => new Date(Date.parse('2026-05-04T00:00:00Z') + i * 3_600_000).toISOString();

/** An AI call as a log carries it. */
export const callOf = (i: number) => ({
  timestamp: hour(i),
  model: 'gpt-4o',
  input: `question ${i}`,
  output: `the answer to question ${i}, which is yes`,
  latency_s: 1 + (i % 3),
});

export const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
export const csvRow = (i: number, mark = ',') =>
  Object.values(callOf(i))
    .map((cell) => `"${cell}"`)
    .join(mark);
export const csvHeader = (mark = ',') => Object.keys(callOf(0)).join(mark);
export const csv = (n: number, mark = ',') => [csvHeader(mark), ...times(n, (i) => csvRow(i, mark))].join('\n');
export const jsonl = (n: number) => times(n, (i) => JSON.stringify(callOf(i))).join('\n');
