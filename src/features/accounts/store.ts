import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '../../platform/context.ts';
import { foldName, type Deed } from '../../platform/practice.ts';
import type { Sql } from '../../platform/sql.ts';
import { ApiKey, AuditEntry, Client, ClientRef, PracticeKey } from './model.ts';

/** Answers nothing when there is a client of that name. */
export async function insertClientUnlessNamed({ records, now }: Context, name: string) {
  const [made] = await records.rows(ClientRef)`
    insert into client (id, name, folded_name, created_at) values (${randomUUID()}, ${name}, ${foldName(name)}, ${now()})
    on conflict do nothing returning id, name`;
  return made;
}

/** All clients, by name, closed ones too. */
export const listClientRows = ({ records }: Context) =>
  records.rows(Client)`select id, name, created_at as "createdAt", closed_at as "closedAt" from client order by folded_name`;

/** The same, as they are named elsewhere. */
export const listClientRefs = (sql: Sql) => sql.rows(ClientRef)`select id, name from client order by folded_name`;

/** The client of that id or name that is not closed. */
export async function findClient(sql: Sql, named: string) {
  const [found] = await sql.rows(ClientRef)`
    select id, name from client
    where (id::text = ${named.toLowerCase()} or folded_name = ${foldName(named)}) and closed_at is null`;
  return found;
}

/** The client of that id or name, closed ones too. */
export async function findAnyClient({ records }: Context, named: string) {
  const [found] = await records.rows(Client)`
    select id, name, created_at as "createdAt", closed_at as "closedAt" from client
    where id::text = ${named.toLowerCase()} or folded_name = ${foldName(named)}`;
  return found;
}

/** Answers nothing when another client has that name. */
export async function setNameUnlessTaken({ records }: Context, id: string, name: string) {
  const [renamed] = await records.rows(ClientRef)`
    update client set name = ${name}, folded_name = ${foldName(name)}
    where id = ${id} and not exists (select from client where folded_name = ${foldName(name)} and id <> ${id})
    returning id, name`;
  return renamed;
}

/** Closes a client, or opens it again. One that is closed stays closed since when it was. */
export async function setClosed({ records }: Context, id: string, at: Date | null) {
  const [changed] = await records.rows(Client)`
    update client set closed_at = case when ${at}::timestamptz is null then null else coalesce(closed_at, ${at}) end
    where id = ${id} returning id, name, created_at as "createdAt", closed_at as "closedAt"`;
  return changed;
}

/** With everything that records hold of it, but that there was one of that id: other processes may have something of it on their disks. */
export async function deleteClient({ records, now }: Context, id: string) {
  await records.rows(z.never())`insert into client_gone (id, at) values (${id}, ${now()}) on conflict do nothing`;
  await records.rows(z.never())`delete from client where id = ${id}`;
}

/** The clients that were deleted, and when. */
export const listClientsGone = (sql: Sql) =>
  sql.rows(z.object({ id: z.uuid(), at: z.date() }))`select id, at from client_gone order by at`;

/** Keeps a key of the client, of which only the hash is known from then on; answers its id. */
export async function insertKey(
  { records, client, now }: Context,
  key: { name: string; hash: Buffer; ending: string; scopes: readonly string[]; expiresAt: Date },
) {
  const [made] = await records.rows(z.object({ id: z.uuid() }))`
    insert into api_key (client_id, id, hash, ending, name, scopes, created_at, expires_at)
    values (${client?.id}, ${randomUUID()}, ${key.hash}, ${key.ending}, ${key.name}, ${key.scopes}, ${now()}, ${key.expiresAt})
    returning id`;
  return made!.id;
}

/** The keys of the client, the oldest first, expired and revoked ones too. */
export const listKeyRows = ({ records, client }: Context) =>
  records.rows(ApiKey)`
    select id, name, ending, scopes, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
      last_used_at as "lastUsedAt"
    from api_key where client_id = ${client?.id} order by created_at, id`;

/** Answers when it was revoked, also when that was before; nothing when there is no such key. */
export async function setRevoked({ records, client, now }: Context, id: string) {
  const [revoked] = await records.rows(z.object({ revokedAt: z.date() }))`
    update api_key set revoked_at = coalesce(revoked_at, ${now()}) where client_id = ${client?.id} and id = ${id}
    returning revoked_at as "revokedAt"`;
  return revoked?.revokedAt;
}

const KeyHolder = z.object({
  id: z.uuid(),
  name: z.string(),
  ending: z.string().nullable(),
  clientId: z.uuid(),
  clientName: z.string(),
  scopes: ApiKey.shape.scopes,
  expiresAt: z.date(),
  stale: z.boolean().describe('Its last use was noted more than a minute ago.'),
});

/** The key of a client that is valid now. */
export async function findValidKey(sql: Sql, hash: Buffer, at: Date) {
  const [found] = await sql.rows(KeyHolder)`
    select k.id, k.name, k.ending, c.id as "clientId", c.name as "clientName", k.scopes, k.expires_at as "expiresAt",
      coalesce(k.last_used_at < ${at}::timestamptz - interval '1 minute', true) as stale
    from api_key k join client c on c.id = k.client_id
    where k.hash = ${hash} and k.revoked_at is null and k.expires_at > ${at} and c.closed_at is null`;
  return found;
}

/** Notes that a key was shown just now. */
export const setKeyUsed = (sql: Sql, clientId: string, id: string, at: Date) =>
  sql.rows(z.never())`update api_key set last_used_at = ${at} where client_id = ${clientId} and id = ${id}`;

const ValidPracticeKey = z.object({ id: z.uuid(), name: z.string(), ending: z.string().nullable(), expiresAt: z.date() });

/** The key of the practice that is valid then. */
export async function findValidPracticeKey(sql: Sql, hash: Buffer, at: Date) {
  const [found] = await sql.rows(ValidPracticeKey)`
    select id, name, ending, expires_at as "expiresAt" from practice_key
    where hash = ${hash} and revoked_at is null and expires_at > ${at}`;
  return found;
}

/** Notes that a key of the practice was shown just now. */
export const setPracticeKeyUsed = (sql: Sql, id: string, at: Date) =>
  sql.rows(z.never())`update practice_key set last_used_at = ${at} where id = ${id}`;

/** Makes the practice, unless there is one. */
export const insertPractice = (sql: Sql, name: string, at: Date) =>
  sql.rows(z.never())`insert into practice (name, created_at) values (${name}, ${at}) on conflict do nothing`;

/** Whether somebody is an owner of the practice. */
export async function hasOwner(sql: Sql) {
  return (await sql.rows(z.unknown())`select 1 from person where practice_role = 'owner' limit 1`).length > 0;
}

/** Keeps a key of the practice, as `insertKey` does one of a client. */
export async function insertPracticeKey(
  sql: Sql,
  key: { name: string; hash: Buffer; ending: string; at: Date; expiresAt: Date },
) {
  const [made] = await sql.rows(z.object({ id: z.uuid() }))`
    insert into practice_key (id, hash, ending, name, created_at, expires_at)
    values (${randomUUID()}, ${key.hash}, ${key.ending}, ${key.name}, ${key.at}, ${key.expiresAt}) returning id`;
  return made!.id;
}

/** The keys of the practice, the oldest first. */
export const listPracticeKeyRows = ({ records }: Context) =>
  records.rows(PracticeKey)`
    select id, name, ending, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"
    from practice_key order by created_at, id`;

/** Answers when it was revoked, also when that was before; nothing when there is no such key. */
export async function setPracticeKeyRevoked({ records, now }: Context, id: string) {
  const [revoked] = await records.rows(z.object({ revokedAt: z.date() }))`
    update practice_key set revoked_at = coalesce(revoked_at, ${now()}) where id = ${id} returning revoked_at as "revokedAt"`;
  return revoked?.revokedAt;
}

/** One line of the audit trail: the client's, or the practice's where no client is concerned. */
export async function insertAuditEntry(sql: Sql, clientId: string | null, { actor, at, operation, input }: Deed) {
  const id = randomUUID();
  const who = 'id' in actor ? actor.id : 'name' in actor ? actor.name : actor.kind;
  const name = 'name' in actor ? actor.name : null;
  const json = JSON.stringify(input);
  if (clientId === null)
    await sql.rows(z.never())`
      insert into practice_audit_entry (id, at, actor_kind, actor_id, actor_name, operation, input)
      values (${id}, ${at}, ${actor.kind}, ${who}, ${name}, ${operation}, ${json})`;
  else
    await sql.rows(z.never())`
      insert into audit_entry (client_id, id, at, actor_kind, actor_id, actor_name, operation, input)
      values (${clientId}, ${id}, ${at}, ${actor.kind}, ${who}, ${name}, ${operation}, ${json})`;
}

/** Where a page of the trail ends, and the next begins. */
export interface Place {
  at: Date;
  id: string;
}

const endOfTime: Place = { at: new Date('9999-01-01T00:00:00Z'), id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** A page of the client’s trail, the latest first. */
export const listAuditRows = ({ records, client }: Context, { at, id }: Place = endOfTime, limit: number) =>
  records.rows(AuditEntry)`
    select id, at, operation, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", input
    from audit_entry where client_id = ${client?.id} and (at, id) < (${at}, ${id}) order by at desc, id desc limit ${limit}`;

/** A page of the practice’s own trail, the latest first. */
export const listPracticeAuditRows = ({ records }: Context, { at, id }: Place = endOfTime, limit: number) =>
  records.rows(AuditEntry)`
    select id, at, operation, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", input
    from practice_audit_entry where (at, id) < (${at}, ${id}) order by at desc, id desc limit ${limit}`;

export interface Refusal {
  address: string;
  how: string;
  /** The e-mail that was given. */
  account: string | null;
  count: number;
}

/** Who was refused at the door, in the practice's own trail. */
export async function insertRefusals(sql: Sql, refusals: readonly Refusal[], at: Date) {
  for (const { address, how, account, count } of refusals)
    await sql.rows(z.never())`
      insert into practice_audit_entry (id, at, actor_kind, actor_id, operation, input)
      values (${randomUUID()}, ${at}, 'stranger', ${address}, 'session.refused', ${JSON.stringify({ how, account, count })})`;
}
