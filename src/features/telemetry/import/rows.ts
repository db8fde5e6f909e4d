import { z } from 'zod';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import type { ColumnRef } from './columns.ts';
import { cellOf, isJson, readSettings, skip, tableOf } from './file-table.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

const Cells = z.object({ cells: z.array(z.string().nullable()) });
const PAGE_ROWS = 20_000;
const LIMIT = { timeoutMs: 300_000 };

/** A row of a file: what stands in a column of it, as text. */
export interface FileRow {
  /** The first is 1. */
  readonly number: number;
  readonly at: (ref: ColumnRef) => string | null;
}

/** Every row of a file, in their order, page by page. */
export async function* rowsOf(telemetry: ScratchTelemetry, { file, names, header }: Source): AsyncIterable<FileRow> {
  const isLines = isJson(file);
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const binder = new Binder();
    const texts = isLines ? ['line'] : names.map((_, column) => cellOf(file, names, column, binder));
    const page = await telemetry.rows(Cells)(
      `select [${texts.join(', ')}] as cells from ${tableOf(file, names.length, binder)}
      limit ${PAGE_ROWS} offset ${offset}`,
      binder.params,
      { ...LIMIT, settings: { ...readSettings(file), ...skip(header) } },
    );
    for (const [n, { cells }] of page.entries()) {
      const values = isLines ? fieldsOf(cells[0] ?? '', names) : cells;
      yield { number: offset + n + 1, at: ({ column, path }) => inside(values[column] ?? null, path) };
    }
    if (page.length < PAGE_ROWS) return;
  }
}

function fieldsOf(line: string, names: readonly string[]): (string | null)[] {
  const row = parsed(line.replace(/^\uFEFF/, ''));
  return names.map((name) => textOf(entryOf(row, name)));
}

const inside = (text: string | null, path: readonly (string | number)[]): string | null =>
  path.length === 0 || text === null ? text : textOf(path.reduce<unknown>(entryOf, parsed(text)));

const entryOf = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;
}
