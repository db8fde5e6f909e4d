import type { PoolClient } from 'pg';
import { z } from 'zod';
import { Problem } from '../../platform/problem.ts';

const ROLE = 'steward_app';
const Own = z.object({ bypasses: z.boolean() });

/**
 * The role to work as behind a wall. Superusers look over row-level security, so a connection of one takes on a role that
 * cannot; any other user is bound by it as it is, also on its own tables, as it is forced. Nothing: no other role is needed.
 * Throws `conflict` when the user bypasses the walls and may make no role.
 */
export async function ensureRole(client: PoolClient): Promise<string | null> {
  const { rows } = await client.query('select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user');
  if (!z.array(Own).parse(rows)[0]?.bypasses) return null;
  try {
    await client.query(makeRole);
    return ROLE;
  } catch (cause) {
    throw new Problem(
      'conflict',
      'The user in DATABASE_URL bypasses row-level security and may not create a role that does not. Take an ordinary user that owns the database.',
      { cause },
    );
  }
}

// Roles are shared by all databases of a server: another Steward may be making it this instant.
const makeRole = `
  do $$ begin
    create role ${ROLE} nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  exception when duplicate_object or unique_violation then null;
  end $$;
  grant select, insert, update, delete on all tables in schema public to ${ROLE};
  revoke insert, update, delete on table migration from ${ROLE};`;
