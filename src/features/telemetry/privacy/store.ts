import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { Sql } from '../../../platform/sql.ts';
import { noRedaction, Redaction } from './model.ts';
import { STRUCK } from './strike-span.ts';

export async function findRedaction(records: Sql, clientId: string): Promise<Redaction> {
  const [found] = await records.rows(Redaction)`
    select patterns, own, drop_texts as "dropTexts" from redaction where client_id = ${clientId}`;
  return found ?? noRedaction;
}

export const setRedaction = ({ records, client, now }: Context, { patterns, own, dropTexts }: Redaction) =>
  records.rows(z.never())`
    insert into redaction (client_id, patterns, own, drop_texts, updated_at)
    values (${client?.id}, ${patterns}, ${JSON.stringify(own)}, ${dropTexts}, ${now()})
    on conflict (client_id) do update set patterns = excluded.patterns, own = excluded.own, drop_texts = excluded.drop_texts,
      updated_at = excluded.updated_at`;

const Counted = z.object({ name: z.string(), count: z.number() });

/** How much was struck from the spans that came since then, by the name of the pattern. */
export const countStruck = ({ telemetry }: Context, since: Date) =>
  telemetry.rows(Counted)(
    `SELECT tupleElement(pair, 1) AS name, sum(tupleElement(pair, 2)) AS count FROM (
      SELECT attributes['${STRUCK}'] AS struck
      FROM span WHERE client_id = {client:UUID} AND received_at >= parseDateTime64BestEffort({since:String}, 3, 'UTC')
        AND has(flags, 'struck')
      ORDER BY received_at DESC LIMIT 1 BY trace_id, span_id
    ) ARRAY JOIN JSONExtractKeysAndValues(struck, 'UInt64') AS pair GROUP BY name ORDER BY name`,
    { since: since.toISOString() },
  );
