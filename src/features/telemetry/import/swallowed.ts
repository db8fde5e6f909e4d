import { z } from 'zod';
import type { Telemetry } from '../../../stores/telemetry/index.ts';
import { tableOf } from './file-table.ts';
import { isLineEach } from './lines.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

/** Lines in a last, broken cell that are more than an answer that was cut off. */
const MANY_LINES = 2;

const Found = z.object({ lines: z.number(), starts: z.number(), odd: z.number(), records: z.number(), broken: z.number() });

/**
 * Whether a quote that nobody closed, or one closed only by a quote far below, has made one cell of rows: more lines start a row
 * than there are records, or all quotes together are odd. The engine takes such a cell for good and says nothing. `rowStart`: what a
 * line looks like that starts a row, where that is known.
 */
export async function swallowedRows(
  telemetry: Telemetry,
  source: Source,
  index: number,
  rowStart: string | null,
): Promise<boolean> {
  const { file, header } = source;
  // Where each record is a line no cell holds another, and there is no need to look at all quotes.
  if (file.format !== 'csv' || (await isLineEach(telemetry, source, index))) return false;
  const binder = new Binder();
  const starts = rowStart === null ? '0' : `countIf(match(line, ${binder.bind(rowStart, 'String')}))`;
  const [found] = await telemetry.rows(Found)(
    `select lines, starts, odd, records, broken from
       (select count() as lines, ${starts} as starts, sum(countSubstrings(line, '"')) % 2 as odd from ${tableOf({ ...file, format: 'jsonl' }, 0, binder)}) as read,
       (select max(row) + 1 as records, argMax(reject like '%fewer cells%' and countSubstrings(raw, '\\\\n') >= ${MANY_LINES}, row) as broken
        from call where file = ${index}) as loaded`,
    binder.params,
    { timeoutMs: 300_000 },
  );
  if (!found) return false;
  const { lines, records, broken, odd } = found;
  return broken === 1 || found.starts > records || (odd === 1 && lines - (header ? 1 : 0) - records >= MANY_LINES);
}
