import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';

const Rule = z.object({ kind: z.enum(['texts', 'spans', 'logs', 'metrics', 'scores']), days: z.number() });
export type Rule = z.infer<typeof Rule>;

export const listRules = ({ records, client }: Pick<Context, 'records' | 'client'>) =>
  records.rows(Rule)`select kind, days from retention where client_id = ${client?.id} order by kind`;

export const setRule = ({ records, client, now }: Context, { kind, days }: Rule) =>
  records.rows(z.never())`
    insert into retention (client_id, kind, days, updated_at) values (${client?.id}, ${kind}, ${days}, ${now()})
    on conflict (client_id, kind) do update set days = excluded.days, updated_at = excluded.updated_at`;

export const removeRule = ({ records, client }: Context, kind: Rule['kind']) =>
  records.rows(z.never())`delete from retention where client_id = ${client?.id} and kind = ${kind}`;

const Named = z.object({ name: z.string() });

export async function tablesThere({ telemetry }: Pick<Context, 'telemetry'>) {
  const found = await telemetry.rows(Named)(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND isNotNull({client:UUID})`,
  );
  return new Set(found.map(({ name }) => name));
}
