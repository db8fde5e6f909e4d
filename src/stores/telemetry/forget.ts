import { z } from 'zod';
import { tablesOf } from './copy.ts';
import { asidePrefix, tableName, tablesWithColumn } from './names.ts';
import type { Telemetry } from './telemetry.ts';

const Table = z.object({ found: z.string() });
const WITHIN_MS = 10 * 60_000;

/** Deletes the rows of a client from every table that has any; they are gone from disk when it returns. */
export async function forgetClient(telemetry: Pick<Telemetry, 'rows' | 'command'>, client: string): Promise<void> {
  const tables = await telemetry.rows(Table)(tablesWithColumn, { column: 'client_id', aside: asidePrefix });
  for (const { found } of tables)
    await telemetry.command(
      // Not a DELETE, which only hides rows until some later merge.
      `ALTER TABLE ${tableName(found)} DELETE WHERE client_id = {client:UUID}`,
      { client },
      { timeoutMs: WITHIN_MS, settings: { mutations_sync: '2' } },
    );
}

const Whose = z.object({ client: z.string() });

/** Deletes the rows of clients that the records do not know: they were deleted while a copy was made. */
export async function forgetUnknown(telemetry: Pick<Telemetry, 'rows' | 'command'>, known: readonly string[]): Promise<void> {
  const found = new Set<string>();
  for (const { name } of await tablesOf(telemetry))
    for (const { client } of await telemetry.rows(Whose)(
      `SELECT DISTINCT toString(client_id) AS client FROM ${tableName(name)} WHERE toString(client_id) NOT IN {known:Array(String)}`,
      { known },
      { timeoutMs: WITHIN_MS },
    ))
      found.add(client);
  for (const client of found) await forgetClient(telemetry, client);
}
