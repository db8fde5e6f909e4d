import { z } from 'zod';
import type { Log } from '../../platform/log.ts';
import type { Seen } from './seen.ts';
import type { Telemetry } from './telemetry.ts';

/** Of all clients together; they are read before anything is served. */
const MOST_SPANS = 300_000;
const MOST_OTHERS = 100_000;
const Lately = z.object({ client: z.string(), ids: z.string() });
const TRACE_DIGITS = 32;
const ID_DIGITS = 48;

/** Notes the spans of the last hour, the latest first: whoever was cut off by a restart sends again. Never throws. */
export async function noteLately(telemetry: Pick<Telemetry, 'rows'>, seen: Seen, log: Log): Promise<void> {
  try {
    const clients = await telemetry.rows(Lately)(
      // One text per client: rows would take a second to read.
      `SELECT toString(client_id) AS client, arrayStringConcat(groupArray(concat(trace_id, span_id))) AS ids FROM (
        SELECT client_id, trace_id, span_id FROM span WHERE received_at > now() - INTERVAL 1 HOUR
        ORDER BY received_at DESC LIMIT {most:UInt32}
      ) GROUP BY client_id`,
      { most: MOST_SPANS },
    );
    for (const { client, ids } of clients) {
      const noting = seen.noting(client);
      for (const span of cut(ids)) noting.isResent(span);
      noting.kept();
    }
    await noteOthers(telemetry, seen);
  } catch (error) {
    log.warn({ err: error }, 'spans that are sent again after this start are counted once more until the next rebuild');
  }
}

const Others = z.object({ client: z.string(), traceIds: z.array(z.string()), ids: z.array(z.string()) });

/** Log records, metric points and scores likewise, by what their senders' way in calls them. */
async function noteOthers(telemetry: Pick<Telemetry, 'rows'>, seen: Seen): Promise<void> {
  for (const [table, traceId, id] of [
    ['log_record', 'toString(id)', `''`],
    ['metric_point', 'toString(id)', `''`],
    ['score', `concat('score', trace_id)`, 'id'],
  ] as const) {
    const clients = await telemetry.rows(Others)(
      `SELECT toString(client_id) AS client, groupArray(${traceId}) AS "traceIds", groupArray(${id}) AS ids FROM (
        SELECT * FROM (SELECT client_id, id${table === 'score' ? ', trace_id' : ''}, received_at FROM ${table}
          WHERE received_at > now() - INTERVAL 1 HOUR ORDER BY received_at DESC LIMIT {most:UInt32})
      ) GROUP BY client_id`,
      { most: MOST_OTHERS },
    );
    for (const { client, traceIds, ids } of clients) {
      const noting = seen.noting(client);
      for (const [n, trace] of traceIds.entries()) noting.isResent({ traceId: trace, spanId: ids[n] ?? '' });
      noting.kept();
    }
  }
}

function cut(ids: string) {
  const spans = [];
  for (let at = 0; at < ids.length; at += ID_DIGITS)
    spans.push({ traceId: ids.slice(at, at + TRACE_DIGITS), spanId: ids.slice(at + TRACE_DIGITS, at + ID_DIGITS) });
  return spans;
}
