import { randomUUID } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { controlPrefix } from './engine/protocol.ts';

/** How far a running query is. */
export interface QueryProgress {
  /** Rows read so far. */
  rows: number;
  /** Bytes read so far, as they are in memory: text takes about what it takes in its file. */
  bytes: number;
  /** Rows to read altogether, where the engine knows; the rows of a file are not counted in advance. */
  totalRows: number | undefined;
  writtenRows: number;
  elapsedMs: number;
}

const Running = z.object({ rows: z.number(), bytes: z.number(), total: z.number(), written: z.number(), seconds: z.number() });

// A server knows the query by its id; the built-in engine names queries itself and keeps ours as the comment.
const isIt = `(query_id = {id:String} OR Settings['log_comment'] = {id:String})`;
// The engine answers these at once, however many queries are waiting.
const controlId = () => controlPrefix + randomUUID();

/** How far the query of that name is; nothing when it does not run, or nobody can say. */
export async function progressOf(client: ClickHouseClient, id: string): Promise<QueryProgress | undefined> {
  try {
    const result = await client.query({
      query: `SELECT read_rows AS rows, read_bytes AS bytes, total_rows_approx AS total, written_rows AS written, elapsed AS seconds
        FROM system.processes WHERE ${isIt} LIMIT 1`,
      query_params: { id },
      query_id: controlId(),
      format: 'JSONEachRow',
      clickhouse_settings: { max_execution_time: 2 },
    });
    const [found] = z.array(Running).parse(await result.json());
    if (!found) return undefined;
    const { rows, bytes, total, written, seconds } = found;
    return { rows, bytes, totalRows: total || undefined, writtenRows: written, elapsedMs: Math.round(seconds * 1000) };
  } catch {
    return undefined;
  }
}

/** Asks the engine to stop a query. It may not: this says nothing about whether it did. */
export async function killQuery(client: ClickHouseClient, id: string): Promise<void> {
  try {
    // ASYNC: to wait for the end of the query can take as long as the query.
    await client.command({ query: `KILL QUERY WHERE ${isIt} ASYNC`, query_params: { id }, query_id: controlId() });
  } catch {
    // Whoever asked has a harder means and a clock.
  }
}
