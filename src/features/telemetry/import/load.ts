import type { Progress } from '../../../platform/context.ts';
import type { ScratchTelemetry, Telemetry } from '../../../stores/telemetry/index.ts';
import { estimateRows } from './estimate-rows.ts';
import { readSettings, readTwice, skip } from './file-table.ts';
import { selectCalls, type Reading } from './select-calls.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

/** One row per AI call; `reject` holds the reason of those that cannot be used, whose text is in `raw`. */
export const createCalls = `
  create table call (
    file UInt16, row UInt64, reject LowCardinality(String), raw String, recoded UInt8,
    at Nullable(DateTime64(3, 'UTC')),
    model LowCardinality(String), workflow LowCardinality(String), prompt_version LowCardinality(String),
    user String, session String,
    segment Array(LowCardinality(String)),
    input String, output String, expected String,
    has_output UInt8, graded Nullable(Float64), score_unread UInt8,
    latency_s Nullable(Float64), cost_usd Nullable(Float64), input_tokens Nullable(Float64), output_tokens Nullable(Float64),
    error Nullable(UInt8), output_length UInt32, input_length UInt32, refusal UInt8, empty UInt8, format_valid Nullable(UInt8),
    call_id UInt64
  ) engine = MergeTree partition by file order by tuple()`;

const LOAD_LIMIT_MS = 3_600_000;
const WATCH_MS = 200;

/** Blocks this big: larger ones are loaded no faster and are held in memory whole. */
const insertSettings = {
  max_insert_threads: '2',
  min_insert_block_size_rows: '131072',
  min_insert_block_size_bytes: '134217728',
};

/** Reads a whole file into `call`. The engine parses; no row passes through JavaScript. */
export async function loadCalls(
  telemetry: ScratchTelemetry,
  source: Source,
  index: number,
  reading: Reading,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const binder = new Binder();
  const twice = readTwice(telemetry, source.file);
  const statement = `insert into call ${selectCalls({ ...source, ...twice }, index, reading, binder)}`;
  const readers = twice.file === source.file ? 1 : 2;
  const queryId = `load-${process.pid}-${index}-${Date.now()}`;
  const total = await estimateRows(telemetry, source);
  const watch = setInterval(() => {
    void telemetry.progressOf(queryId).then((at) => {
      if (!at) return;
      const done = Math.round(at.rows / readers);
      onProgress({ label: source.file.name, done, ...(total && { total: Math.max(total, done) }), unit: 'rows' });
    });
  }, WATCH_MS);
  try {
    await telemetry.command(statement, binder.params, {
      queryId,
      timeoutMs: LOAD_LIMIT_MS,
      settings: { ...readSettings(source.file), ...skip(source.header), ...insertSettings },
    });
  } finally {
    clearInterval(watch);
  }
}

/** Takes back what a load that failed half way has left. */
export const unloadCalls = (telemetry: Telemetry, index: number) => telemetry.command(`alter table call drop partition ${index}`);
