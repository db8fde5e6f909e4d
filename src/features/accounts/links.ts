import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Role } from '../../platform/access.ts';
import { DAY_MS } from '../../platform/clock.ts';
import type { Sql } from '../../platform/sql.ts';
import { Invited } from './model.ts';
import { hashOf, makeToken } from './secret.ts';

/** Links that may be opened once. Of each, the hash alone is kept. */

const OWNER_LINK_DAYS = 1;
export const INVITATION_DAYS = 7;

export interface Link {
  token: string;
  expiresAt: Date;
}

/** Where in the web app links are opened. */
export const welcomeUrl = (base: string, { token }: Pick<Link, 'token'>) => `${base.replace(/\/+$/, '')}/welcome?token=${token}`;
export const inviteUrl = (base: string, { token }: Pick<Link, 'token'>) => `${base.replace(/\/+$/, '')}/invite?token=${token}`;

const linkOf = (at: Date, days: number): Link => ({ token: makeToken(), expiresAt: new Date(at.getTime() + days * DAY_MS) });

/** The link by which an owner sets up their account. The one before it is worth nothing any more. */
export async function renewOwnerLink(sql: Sql, at: Date): Promise<Link> {
  const link = linkOf(at, OWNER_LINK_DAYS);
  await sql.rows(z.never())`delete from owner_link`;
  await sql.rows(z.never())`
    insert into owner_link (hash, created_at, expires_at) values (${hashOf(link.token)}, ${at}, ${link.expiresAt})`;
  return link;
}

/** Whether a link is good, before anything costly is done for who shows it. */
export async function isOwnerLink(sql: Sql, token: string, at: Date): Promise<boolean> {
  const found = await sql.rows(z.unknown())`select 1 from owner_link where hash = ${hashOf(token)} and expires_at > ${at}`;
  return found.length > 0;
}

/** Uses the link up. Of many who open it at once, one is answered true. */
export async function consumeOwnerLink(sql: Sql, token: string, at: Date): Promise<boolean> {
  const used = await sql.rows(z.unknown())`
    delete from owner_link where hash = ${hashOf(token)} and expires_at > ${at} returning 1`;
  return used.length > 0;
}

export const Invitation = z.object({
  id: z.uuid(),
  clientId: z.uuid().nullable(),
  clientName: z.string().nullable(),
  email: z.string(),
  role: z.string(),
  expiresAt: z.date(),
});
export type Invitation = z.infer<typeof Invitation>;

/** Invites somebody; an earlier invitation of the same address is worth nothing any more. */
export async function insertInvitation(
  sql: Sql,
  { clientId, email, role }: { clientId: string | null; email: string; role: Role },
  at: Date,
): Promise<Link & { id: string }> {
  const link = linkOf(at, INVITATION_DAYS);
  const [{ id } = { id: '' }] = await sql.rows(z.object({ id: z.uuid() }))`
    insert into invitation (id, hash, client_id, email, role, created_at, expires_at)
    values (${randomUUID()}, ${hashOf(link.token)}, ${clientId}, ${email}, ${role}, ${at}, ${link.expiresAt})
    on conflict (client_id, email) do update
      set id = excluded.id, hash = excluded.hash, role = excluded.role, created_at = excluded.created_at, expires_at = excluded.expires_at
    returning id`;
  return { ...link, id };
}

/** What a link invites to, while it is good. */
export async function findInvitation(sql: Sql, token: string, at: Date) {
  const [found] = await sql.rows(Invitation)`
    select i.id, i.client_id as "clientId", c.name as "clientName", i.email, i.role, i.expires_at as "expiresAt"
    from invitation i left join client c on c.id = i.client_id
    where i.hash = ${hashOf(token)} and i.expires_at > ${at} and c.closed_at is null`;
  return found;
}

/** Uses an invitation up. Of many who open it at once, one is answered. */
export async function consumeInvitation(sql: Sql, token: string, at: Date) {
  const found = await findInvitation(sql, token, at);
  if (!found) return undefined;
  const used = await sql.rows(z.unknown())`delete from invitation where id = ${found.id} and hash = ${hashOf(token)} returning 1`;
  return used.length > 0 ? found : undefined;
}

/** Whether an address holds an invitation that is still good, to whatever it is. */
export async function isInvited(sql: Sql, email: string, at: Date): Promise<boolean> {
  return (await sql.rows(z.unknown())`select 1 from invitation where email = ${email} and expires_at > ${at} limit 1`).length > 0;
}

/** Uses up every invitation of an address that its owner proved, as by single sign-on. */
export async function consumeInvitationsOf(sql: Sql, email: string, at: Date) {
  return sql.rows(Invitation)`
    delete from invitation i where i.email = ${email} and i.expires_at > ${at}
      and not exists (select from client c where c.id = i.client_id and c.closed_at is not null)
    returning i.id, i.client_id as "clientId", null as "clientName", i.email, i.role, i.expires_at as "expiresAt"`;
}

/** Who is invited to a client, or into the practice, by a link that is still good. */
export const listInvitations = (sql: Sql, clientId: string | null, at: Date) =>
  sql.rows(Invited)`
    select id, email, role, expires_at as "expiresAt" from invitation
    where client_id is not distinct from ${clientId} and expires_at > ${at} order by email`;

/** Answers false when there is no such invitation of this client, or, with null, of the practice. */
export async function withdrawInvitation(sql: Sql, clientId: string | null, id: string): Promise<boolean> {
  const withdrawn = await sql.rows(z.unknown())`
    delete from invitation where id = ${id} and client_id is not distinct from ${clientId} returning 1`;
  return withdrawn.length > 0;
}
