import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';

const Rule = z.object({ kind: z.enum(['texts', 'spans', 'logs', 'metrics', 'scores']), days: z.number() });
export type Rule = z.infer<typeof Rule>;

/** For how many days what is kept of the client; a kind without a rule is kept for good. */
export const listRules = ({ records, client }: Pick<Context, 'records' | 'client'>) =>
  records.rows(Rule)`select kind, days from retention where client_id = ${client?.id} order by kind`;

/** Sets a rule in the place of the one for the same kind. */
export const setRule = ({ records, client, now }: Context, { kind, days }: Rule) =>
  records.rows(z.never())`
    insert into retention (client_id, kind, days, updated_at) values (${client?.id}, ${kind}, ${days}, ${now()})
    on conflict (client_id, kind) do update set days = excluded.days, updated_at = excluded.updated_at`;

/** A kind is kept for good again. */
export const removeRule = ({ records, client }: Context, kind: Rule['kind']) =>
  records.rows(z.never())`delete from retention where client_id = ${client?.id} and kind = ${kind}`;

const Named = z.object({ name: z.string() });

/** The names of all tables of the telemetry store. */
export async function tablesThere({ telemetry }: Pick<Context, 'telemetry'>) {
  const found = await telemetry.rows(Named)(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND isNotNull({client:UUID})`,
  );
  return new Set(found.map(({ name }) => name));
}
