import { z } from 'zod';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';
import { estimateRows } from './estimate-rows.ts';
import type { Source } from './source.ts';

/**
 * A sample of the calls with their texts in a table of its own, `sampled`, drawn while they are loaded: to draw it from `call` later is
 * to read all texts of the log again. One of `every` rows, by chance; the same columns.
 */

const LIMIT = { timeoutMs: 600_000 };
/** Rows to be drawn, twice as many as are asked for: the rows of a log are only estimated before they are loaded. */
const DRAWN = 40_000;
/** Fewer than these are drawn anew. */
const FEWEST = 20_000;
/** What a row takes, where nobody can say how many there are, bytes. */
const SHORT_ROW = 200;

const columns = 'file, row, reject, at, error, input, output, output_length';
const drawn = (every: number) => `select ${columns}, ${every} as every from call where cityHash64(file, row) % ${every} = 0`;
/** A power of two, so that it can be told without a look at what is there. */
const everyOf = (rows: number) => 2 ** Math.max(0, Math.floor(Math.log2(rows / DRAWN)));

/** Makes the table, and has it filled by what is loaded from now on. */
export async function createSampled(telemetry: ScratchTelemetry, sources: readonly Source[]): Promise<void> {
  let rows = 0;
  for (const source of sources) rows += (await estimateRows(telemetry, source)) ?? source.file.bytes / SHORT_ROW;
  await telemetry.command('drop table if exists sampling');
  await telemetry.command('drop table if exists sampled');
  await telemetry.command(`
    create table sampled (
      file UInt16, row UInt64, reject LowCardinality(String), at Nullable(DateTime64(3, 'UTC')), error Nullable(UInt8),
      input String, output String, output_length UInt32, every UInt32
    ) engine = MergeTree partition by file order by tuple()
    settings min_bytes_for_wide_part = 1000000000000, max_bytes_to_merge_at_max_space_in_pool = 1,
      parts_to_delay_insert = 1000000, parts_to_throw_insert = 1000000`);
  await telemetry.command(`create materialized view sampling to sampled as ${drawn(everyOf(rows))}`);
}

/** Draws anew where there were far fewer rows than was thought. */
export async function completeSampled(telemetry: ScratchTelemetry): Promise<void> {
  const [found] = await telemetry.rows(z.object({ rows: z.number(), drawn: z.number() }))(
    'select (select count() from call) as rows, (select count() from sampled) as drawn',
    {},
    LIMIT,
  );
  if (!found || found.drawn >= Math.min(found.rows, FEWEST)) return;
  await telemetry.command('truncate table sampled');
  await telemetry.command(`insert into sampled ${drawn(everyOf(found.rows))}`, {}, LIMIT);
}
