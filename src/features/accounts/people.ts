import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Role, type Actor } from '../../platform/access.ts';
import type { Sql } from '../../platform/sql.ts';
import type { Invitation } from './links.ts';
import { Member, TeamMember } from './model.ts';
import { insertAuditEntry } from './store.ts';

/** A person as the sign-in library knows one. */
const Person = z.object({
  id: z.uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
  name: z.string(),
  image: z.string().nullable(),
  twoFactorEnabled: z.boolean(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type Person = z.infer<typeof Person>;

export async function findPersonByEmail(sql: Sql, email: string) {
  const [found] = await sql.rows(Person)`
    select id, email, email_verified as "emailVerified", name, image, two_factor_enabled as "twoFactorEnabled",
      created_at as "createdAt", updated_at as "updatedAt"
    from person where email = ${email}`;
  return found;
}

/** Answers nothing when somebody has that address. */
export async function insertPerson(sql: Sql, { email, name }: { email: string; name: string }, at: Date) {
  await sql.rows(z.never())`
    insert into person (id, email, name, created_at, updated_at) values (${randomUUID()}, ${email}, ${name}, ${at}, ${at})
    on conflict do nothing`;
  return findPersonByEmail(sql, email);
}

/** Gives somebody a password. Where it replaces another, their sessions end, by a trigger. */
export async function setPassword(sql: Sql, personId: string, hash: string, at: Date) {
  await sql.rows(z.never())`
    insert into sign_in (id, person_id, provider_id, account_id, password, created_at, updated_at)
    values (${randomUUID()}, ${personId}, 'credential', ${personId}, ${hash}, ${at}, ${at})
    on conflict (provider_id, person_id) do update set password = excluded.password, updated_at = excluded.updated_at`;
}

/**
 * Somebody came by single sign-on for the first time. Whoever held the link of a client's invitation could have made an account of
 * their address before them, with a password and a second factor of their own: neither opens it any more. The practice's own
 * people had their link from an owner, who may do everything anyway.
 */
export async function trustProviderAlone(sql: Sql, personId: string, at: Date) {
  const doubtful = await sql.rows(z.unknown())`
    update person set two_factor_enabled = false, updated_at = ${at}
    where id = ${personId} and not email_verified and practice_role is null returning 1`;
  if (doubtful.length === 0) return;
  await sql.rows(z.never())`delete from sign_in where person_id = ${personId} and provider_id = 'credential'`;
  await sql.rows(z.never())`delete from second_factor where person_id = ${personId}`;
  await sql.rows(z.never())`delete from session where person_id = ${personId}`;
}

/** Makes somebody an owner, and lets them in by password alone: whoever has the owner's link may do everything anyway. */
export async function makeOwner(sql: Sql, who: { email: string; name: string; hash: string }, at: Date): Promise<Person> {
  const person = (await insertPerson(sql, who, at))!;
  await sql.rows(z.never())`
    update person set name = ${who.name}, practice_role = 'owner', two_factor_enabled = false, updated_at = ${at} where id = ${person.id}`;
  await sql.rows(z.never())`delete from second_factor where person_id = ${person.id}`;
  await setPassword(sql, person.id, who.hash, at);
  await noteDeed(sql, person, null, 'practice.welcome', { email: who.email }, at);
  return (await findPersonByEmail(sql, who.email))!;
}

/** Gives somebody what they were invited to. What they had of the practice is never lessened by it. */
export async function join(sql: Sql, person: Person, { clientId, role }: Invitation, at: Date) {
  if (clientId === null)
    await sql.rows(z.never())`
      update person set practice_role = ${role}, updated_at = ${at} where id = ${person.id} and practice_role is distinct from 'owner'`;
  else
    await sql.rows(z.never())`
      insert into membership (client_id, person_id, role, created_at) values (${clientId}, ${person.id}, ${role}, ${at})
      on conflict (client_id, person_id) do update set role = excluded.role`;
  // Who is granted a client is of the practice.
  if (clientId !== null && role === 'operator')
    await sql.rows(z.never())`update person set practice_role = 'operator' where id = ${person.id} and practice_role is null`;
  await noteDeed(sql, person, clientId, 'people.join', { role }, at);
}

const noteDeed = (sql: Sql, { id, name }: Person, clientId: string | null, operation: string, input: unknown, at: Date) =>
  insertAuditEntry(sql, clientId, {
    operation,
    actor: { kind: 'person', id, name, practiceRole: null, roles: new Map() },
    at,
    input,
  });

const Standing = z.object({
  id: z.uuid(),
  name: z.string(),
  practiceRole: z.enum(['owner', 'operator']).nullable(),
  roles: z.array(z.tuple([z.string(), Role])),
});

/** Somebody with what they are to whom, as it stands now. */
export async function findActor(sql: Sql, personId: string): Promise<(Actor & { kind: 'person' }) | undefined> {
  const [found] = await sql.rows(Standing)`
    select p.id, p.name, p.practice_role as "practiceRole",
      coalesce((select jsonb_agg(jsonb_build_array(m.client_id, m.role)) from membership m
        join client c on c.id = m.client_id and c.closed_at is null where m.person_id = p.id), '[]') as roles
    from person p where p.id = ${personId}`;
  return found && { ...found, kind: 'person', roles: new Map(found.roles) };
}

/** Who has a role at a client, by name. */
export const listMembers = (sql: Sql, clientId: string) =>
  sql.rows(Member)`
    select p.id, p.name, p.email, m.role, p.two_factor_enabled as "twoFactor", m.created_at as since
    from membership m join person p on p.id = m.person_id where m.client_id = ${clientId} order by p.name, p.id`;

/** Answers false when there is nobody of that id. */
export async function setMembership(sql: Sql, clientId: string, personId: string, role: Role, at: Date): Promise<boolean> {
  try {
    await sql.rows(z.never())`
      insert into membership (client_id, person_id, role, created_at) values (${clientId}, ${personId}, ${role}, ${at})
      on conflict (client_id, person_id) do update set role = excluded.role where membership.role <> excluded.role`;
    return true;
  } catch (error) {
    // A client's wall shows nobody who is not of it; the reference alone knows whether there is such a person.
    if (error instanceof Error && 'code' in error && error.code === '23503') return false;
    throw error;
  }
}

export const deleteMembership = (sql: Sql, clientId: string, personId: string) =>
  sql.rows(z.never())`delete from membership where client_id = ${clientId} and person_id = ${personId}`;

/** Everybody who can sign in. */
export const listTeam = (sql: Sql) =>
  sql.rows(TeamMember)`
    select p.id, p.name, p.email, p.practice_role as "practiceRole", p.two_factor_enabled as "twoFactor", p.created_at as since,
      coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'role', m.role) order by c.folded_name)
        from membership m join client c on c.id = m.client_id where m.person_id = p.id), '[]') as clients
    from person p order by p.name, p.id`;

/** The owners, by id; nobody else decides about owners until this transaction ends. */
export async function lockOwners(sql: Sql): Promise<string[]> {
  await sql.rows(z.unknown())`select 1 from practice for update`;
  const owners = await sql.rows(z.object({ id: z.uuid() }))`select id from person where practice_role = 'owner'`;
  return owners.map(({ id }) => id);
}

/** Who leaves the practice is no client's operator any more. */
export async function setPracticeRole(sql: Sql, personId: string, role: 'owner' | 'operator' | null, at: Date) {
  await sql.rows(z.never())`update person set practice_role = ${role}, updated_at = ${at} where id = ${personId}`;
  if (role === null) await sql.rows(z.never())`delete from membership where person_id = ${personId} and role = 'operator'`;
}

/** With their sessions and roles. Answers false when there is nobody of that id. */
export async function deletePerson(sql: Sql, personId: string): Promise<boolean> {
  return (await sql.rows(z.unknown())`delete from person where id = ${personId} returning 1`).length > 0;
}
