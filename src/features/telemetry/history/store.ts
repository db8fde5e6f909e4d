import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { ScratchTelemetry } from '../../../stores/telemetry/index.ts';

const LIMIT = { timeoutMs: 300_000 };

const Call = z.object({
  row: z.number(),
  at_ms: z.number(),
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
  latency_s: z.number().nullable(),
  cost_usd: z.number().nullable(),
  input_tokens: z.number().nullable(),
  output_tokens: z.number().nullable(),
  error: z.number().nullable(),
  /** 0 where the row has no id. */
  call_id: z.string(),
});
/** A row of a log that was read whole. */
export type Call = z.infer<typeof Call>;

const columns = `row, toUnixTimestamp64Milli(assumeNotNull(at)) as at_ms, model, workflow, prompt_version, user, session, segment, input,
  output, expected, graded, latency_s, cost_usd, input_tokens, output_tokens, error, toString(call_id) as call_id`;

/** Rows of a file behind a row, in their order. */
export const pageOfCalls = (scratch: ScratchTelemetry, file: number, after: number, limit: number) =>
  scratch.rows(Call)(
    `select ${columns} from call where file = {file:UInt16} and row > {after:Int64} and reject = '' order by row limit {limit:UInt32}`,
    { file, after, limit },
    LIMIT,
  );

const Counted = z.object({ rows: z.number(), rejected: z.number(), bytes: z.number() });

/** How many rows can be used and how many not, and what one weighs. */
export async function countCalls(scratch: ScratchTelemetry) {
  const [found] = await scratch.rows(Counted)(
    `select countIf(reject = '') as rows, countIf(reject != '') as rejected,
       ifNotFinite(avgIf(length(input) + length(output) + length(expected) + arraySum(x -> length(x), segment), reject = ''), 0) as bytes
     from call`,
    {},
    LIMIT,
  );
  return found!;
}

export const rejectedReasons = (scratch: ScratchTelemetry) =>
  scratch.rows(z.object({ reason: z.string(), rows: z.number() }))(
    `select reject as reason, count() as rows from call where reject != '' group by reject order by rows desc`,
  );

const Known = z.object({ traceId: z.string(), spanId: z.string() });

interface Wanted {
  from: string;
  to: string;
  traceIds: string[];
  spanIds: string[];
}

/** Spans of the client that bear one of these ids, within a stretch of time: the table is sorted by it. */
export const findSpans = ({ telemetry }: Pick<Context, 'telemetry'>, wanted: Wanted) =>
  telemetry.rows(Known)(
    `SELECT DISTINCT trace_id AS "traceId", span_id AS "spanId" FROM span
    WHERE client_id = {client:UUID} AND started_at >= parseDateTime64BestEffort({from:String}, 6, 'UTC')
      AND started_at <= parseDateTime64BestEffort({to:String}, 6, 'UTC')
      AND trace_id IN {traceIds:Array(String)} AND span_id IN {spanIds:Array(String)}`,
    { ...wanted },
  );
