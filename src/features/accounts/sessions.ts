import { z } from 'zod';
import { DAY_MS } from '../../platform/clock.ts';
import type { Sql } from '../../platform/sql.ts';

/** However much it is used, a session ends a week after it began. */
export const LONGEST_SESSION_MS = 7 * DAY_MS;

/** A session of somebody who signed in. What its cookie holds is shown to nobody. */
export const OpenSession = z.object({
  id: z.uuid(),
  startedAt: z.date(),
  usedAt: z.date().describe('To ten minutes.'),
  endsAt: z.date().describe('Unless it is used before.'),
  browser: z.string().nullable().describe('What the browser said it was.'),
});

/** The open sessions of somebody, the one used last first. */
export const listSessionRows = (sql: Sql, personId: string, at: Date) =>
  sql.rows(OpenSession)`
    select id, created_at as "startedAt", updated_at as "usedAt", left(user_agent, 300) as browser,
      least(expires_at, created_at + interval '7 days') as "endsAt"
    from session
    where person_id = ${personId} and expires_at > ${at} and created_at > ${new Date(at.getTime() - LONGEST_SESSION_MS)}
    order by updated_at desc, id`;

/** Ends one; of anybody where nobody is named. Answers whose it was, or nothing when there is none. */
export async function deleteSession(sql: Sql, id: string, personId: string | null) {
  const [ended] = await sql.rows(z.object({ personId: z.uuid() }))`
    delete from session where id = ${id} and (${personId}::uuid is null or person_id = ${personId}) returning person_id as "personId"`;
  return ended?.personId;
}
