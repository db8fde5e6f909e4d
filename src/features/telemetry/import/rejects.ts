import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import { cellOf, isJson, readSettings, tableOf } from './file-table.ts';
import { placeFinder } from './lines.ts';
import { BROKEN_LINE } from './mend-csv.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

const Reject = z.object({ row: z.number(), reject: z.string(), raw: z.string() });
type Reject = z.infer<typeof Reject>;
const PAGE = 10_000;
/** A row is shown that far: ten thousand rows of 10 MB would fill a disk. */
const MAX_SHOWN = 100_000;

/** What became of the rows that could not be used: the file they are in, or why there is none. */
export interface Rejected {
  file?: string;
  warning?: string;
}

const ENDING = '.rejected.jsonl';

/** Whether a file is one that an earlier audit wrote. */
export const isRejectFile = async (name: string): Promise<boolean> =>
  name.endsWith(ENDING) && (await isOurs(resolve(name)).catch(() => false));

/** Writes the rows that could not be used beside the log, each with its line and reason, in the place of those of an earlier audit. */
export async function writeRejects(telemetry: Telemetry, source: Source, index: number): Promise<Rejected> {
  const name = `${source.file.name === '-' ? 'stdin' : source.file.name}${ENDING}`;
  const first = await page(telemetry, index, -1);
  // Rows of an earlier audit that are good now would be misread as rejected. Only what looks like our own file goes.
  if (await isRejectFile(name)) await rm(resolve(name), { force: true }).catch(() => undefined);
  if (first.length === 0) return {};
  try {
    await write(telemetry, source, index, first, resolve(name));
    return { file: name };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'EEXIST' ? 'there is something of that name that no audit wrote' : code;
    return { warning: `The rejected rows could not be written to "${name}" (${why}); the audit went on without that file.` };
  }
}

const page = (telemetry: Telemetry, index: number, after: number) =>
  telemetry.rows(Reject)(
    `select row, reject, substringUTF8(raw, 1, ${MAX_SHOWN}) as raw from call
     where file = ${index} and reject != '' and row > ${after} order by row limit ${PAGE}`,
    {},
    { timeoutMs: 300_000 },
  );

async function write(telemetry: Telemetry, source: Source, index: number, first: Reject[], path: string): Promise<void> {
  const place = await placeFinder(telemetry, source, index);
  // Never over what is there, nor through a link; the rows are as private as the log.
  const out = await open(path, 'wx', 0o600);
  let looks = MOST_LOOKS;
  try {
    for (let rows = first; rows.length > 0; rows = await page(telemetry, index, rows.at(-1)!.row)) {
      const lines: string[] = [];
      const cellsOfRow = looks > 0 ? await readCells(telemetry, source, index, rows) : new Map<number, string>();
      if (cellsOfRow.size > 0) looks -= 1;
      for (const { row, reject, raw } of rows) {
        const text = raw === '' ? (cellsOfRow.get(row) ?? '') : raw;
        lines.push(`${JSON.stringify({ ...(await place(row)), reason: reject, row: shown(source, text) })}\n`);
      }
      await out.write(lines.join(''));
    }
  } finally {
    await out.close();
  }
}

/** Each look passes through the file once; of rows behind the last the line and the reason are told. */
const MOST_LOOKS = 5;

/** The cells of rows that are whole and cannot be used: the load kept none of them. */
async function readCells(
  telemetry: Telemetry,
  { file, names, header }: Source,
  index: number,
  rows: readonly Reject[],
): Promise<Map<number, string>> {
  if (isJson(file) || rows.every(({ raw }) => raw !== '')) return new Map();
  const binder = new Binder();
  const cells = names.map((_, column) => `substringUTF8(ifNull(${cellOf(file, names, column, binder)}, ''), 1, ${MAX_SHOWN})`);
  const [first, last] = [rows[0]!.row, rows.at(-1)!.row].map((row) => binder.bind(row, 'UInt64'));
  const skipped = header ? 1 : 0;
  const found = await telemetry.rows(z.object({ row: z.number(), cells: z.string() }))(
    `select _row_number - ${skipped} as row, toJSONString([${cells.join(', ')}]) as cells from ${tableOf(file, names.length + 1, binder)}
     where _row_number in (
       select row + ${skipped} from call where file = ${index} and reject != '' and raw = '' and row between ${first} and ${last})`,
    binder.params,
    { timeoutMs: 300_000, settings: readSettings(file) },
  );
  return new Map(found.map(({ row, cells }) => [row, cells]));
}

async function isOurs(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0);
    return /^\{"(line|record)":\d+,"reason":"[^"]*","row":/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}

const shown = (source: Source, raw: string): unknown => (isJson(source.file) ? raw.trimEnd() : cells(raw));

/** The cells of a CSV row; of a line that is no CSV, the line. */
function cells(raw: string): unknown {
  if (raw === '') return null;
  try {
    const row = (JSON.parse(raw) as (string | null)[]).filter((cell) => cell !== null);
    return row[0]?.startsWith(BROKEN_LINE) ? row[0].slice(BROKEN_LINE.length) : row;
  } catch {
    return raw;
  }
}
