import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { Sql } from '../../../platform/sql.ts';
import { noRedaction, Redaction } from './model.ts';

export async function findRedaction(records: Sql, clientId: string): Promise<Redaction> {
  const [found] = await records.rows(Redaction)`
    select patterns, own, drop_texts as "dropTexts" from redaction where client_id = ${clientId}`;
  return found ?? noRedaction;
}

/** Changes what is given, whatever another changes at the same moment; answers with what holds then. */
export async function setRedaction({ records, client, now }: Context, { patterns, own, dropTexts }: Partial<Redaction>) {
  const given = { patterns: patterns ?? null, own: own ? JSON.stringify(own) : null, dropTexts: dropTexts ?? null };
  const [set] = await records.rows(Redaction)`
    insert into redaction (client_id, patterns, own, drop_texts, updated_at)
    values (${client?.id}, coalesce(${given.patterns}::text[], '{}'), coalesce(${given.own}::jsonb, '[]'),
      coalesce(${given.dropTexts}::boolean, false), ${now()})
    on conflict (client_id) do update set patterns = coalesce(${given.patterns}::text[], redaction.patterns),
      own = coalesce(${given.own}::jsonb, redaction.own),
      drop_texts = coalesce(${given.dropTexts}::boolean, redaction.drop_texts), updated_at = excluded.updated_at
    returning patterns, own, drop_texts as "dropTexts"`;
  return set!;
}

const Counted = z.object({ name: z.string(), count: z.number() });

/** How much was struck from what came since then, by the name of the pattern. */
export const countStruck = ({ telemetry }: Context, since: Date) =>
  telemetry.rows(Counted)(
    `SELECT reason AS name, sum(items) AS count FROM ingest_ledger
    WHERE client_id = {client:UUID} AND outcome = 'struck' AND hour >= toStartOfHour(parseDateTimeBestEffort({since:String}, 'UTC'))
    GROUP BY reason ORDER BY reason`,
    { since: since.toISOString() },
  );
