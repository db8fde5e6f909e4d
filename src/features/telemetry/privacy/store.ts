import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { Sql } from '../../../platform/sql.ts';
import { noRedaction, Redaction } from './model.ts';

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

/** How much was struck from what came since then, by the name of the pattern. */
export const countStruck = ({ telemetry }: Context, since: Date) =>
  telemetry.rows(Counted)(
    `SELECT reason AS name, sum(items) AS count FROM ingest_ledger
    WHERE client_id = {client:UUID} AND outcome = 'struck' AND hour >= toStartOfHour(parseDateTimeBestEffort({since:String}, 'UTC'))
    GROUP BY reason ORDER BY reason`,
    { since: since.toISOString() },
  );
