import type { Progress } from '../../../platform/context.ts';
import type { ScratchTelemetry, Telemetry } from '../../../stores/telemetry/index.ts';
import { estimateRows } from './estimate-rows.ts';
import { readSettings } from './file-table.ts';
import { selectCalls, type Reading } from './select-calls.ts';
import type { Source } from './source.ts';
import { Binder } from './sql.ts';

/**
 * One row per AI call; `reject` holds the reason of those that cannot be used, whose text is in `raw`. It lives for one audit: a part
 * is one file, and is left as it was written, however many there are. To merge them would be to write the texts twice.
 */
const callTable = ({ label, order }: { label: string; order: string }) => `
  create table call (
    file UInt16, row UInt64, reject LowCardinality(String), raw String, recoded UInt8,
    at Nullable(DateTime64(3, 'UTC')),
    model LowCardinality(String), workflow LowCardinality(String), prompt_version LowCardinality(String),
    user String, session String,
    segment Array(${label}),
    input String, output String, expected String,
    has_output UInt8, graded Nullable(Float64), score_unread UInt8,
    latency_s Nullable(Float64), cost_usd Nullable(Float64), input_tokens Nullable(Float64), output_tokens Nullable(Float64),
    error Nullable(UInt8), output_length UInt32, input_length UInt32, refusal UInt8, empty UInt8, ending UInt8, output_end String, format_valid Nullable(UInt8),
    call_id UInt64, failure String, scores Array(Nullable(Float64))
  ) engine = MergeTree partition by file order by ${order}
  settings min_bytes_for_wide_part = 1000000000000, max_bytes_to_merge_at_max_space_in_pool = 1,
    parts_to_delay_insert = 1000000, parts_to_throw_insert = 1000000`;

export const createCalls = callTable({ label: 'LowCardinality(String)', order: 'tuple()' });
/** The same with whole texts, to be read out page by page. */
export const createWholeCalls = callTable({ label: 'String', order: 'row' });

const LOAD_LIMIT_MS = 3_600_000;
const WATCH_MS = 200;

/** Two streams of blocks this big: larger ones are loaded no faster, and each stream holds one whole, more than once. */
const insertSettings = {
  max_threads: 2,
  max_insert_threads: '2',
  min_insert_block_size_rows: '32768',
  min_insert_block_size_bytes: '33554432',
};
/** Whole texts weigh more. */
const wholeSettings = { ...insertSettings, max_block_size: '1024', min_insert_block_size_rows: '8192' };

/** Reads a whole file into `call`. The engine parses; no row passes through JavaScript. */
export async function loadCalls(
  telemetry: ScratchTelemetry,
  source: Source,
  index: number,
  reading: Reading,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const binder = new Binder();
  const statement = `insert into call ${selectCalls(source, index, reading, binder)}`;
  const queryId = `load-${process.pid}-${index}-${Date.now()}`;
  const total = await estimateRows(telemetry, source);
  const watch = setInterval(() => {
    void telemetry.progressOf(queryId).then((at) => {
      if (!at) return;
      onProgress({ label: source.file.name, done: at.rows, ...(total && { total: Math.max(total, at.rows) }), unit: 'rows' });
    });
  }, WATCH_MS);
  try {
    await telemetry.command(statement, binder.params, {
      queryId,
      timeoutMs: LOAD_LIMIT_MS,
      settings: { ...readSettings(source.file), ...(reading.whole ? wholeSettings : insertSettings) },
    });
  } finally {
    clearInterval(watch);
  }
}

/** Takes back what a load that failed half way has left. */
export async function unloadCalls(telemetry: Telemetry, index: number, { whole }: { whole?: boolean }): Promise<void> {
  for (const table of whole ? ['call'] : ['call', 'sampled'])
    await telemetry.command(`alter table ${table} drop partition ${index}`);
}
