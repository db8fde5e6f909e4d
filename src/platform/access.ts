import { z } from 'zod';
import type { Client } from './practice.ts';

/** What a key may do. `admin` belongs to keys of the practice, and to no key of a client. */
export const Scope = z.enum(['ingest', 'read', 'write', 'admin']);
export type Scope = z.infer<typeof Scope>;

/** What a person is. Owners see every client; everyone else those they were granted. */
export const Role = z.enum(['owner', 'operator', 'sponsor', 'member', 'reviewer']);
export type Role = z.infer<typeof Role>;

/** Who asks. `local` is the person at this machine's terminal; `job` is Steward itself. */
export type Actor =
  | { kind: 'local' }
  | { kind: 'job'; name: string }
  | { kind: 'key'; id: string; name?: string; scopes: readonly Scope[]; client: Client | null }
  | {
      kind: 'person';
      id: string;
      name: string;
      practiceRole: 'owner' | 'operator' | null;
      roles: ReadonlyMap<Client['id'], Role>;
      /** The session by which they ask. */
      session?: string;
    };

const OfClient = z.strictObject({
  of: z.literal('client'),
  does: z.enum(['read', 'write']),
  /** The scope a key needs. */
  key: Scope,
  roles: z.array(Role),
});

const OfPractice = z.strictObject({
  of: z.literal('practice'),
  does: z.enum(['read', 'write']),
  roles: z.array(z.enum(['owner', 'operator'])),
});

const OfSelf = z.strictObject({ of: z.literal('self'), does: z.enum(['read', 'write']) });

/**
 * Who may use a verb. `local`: only the person at this machine's terminal, because the verb reads and writes that person's
 * files. Of a client: the verb names one in its input's `client` and sees nothing else. Of the practice: the verb is about no
 * client in particular. Of oneself: whoever was let in, about nobody but them.
 */
export const Access = z.union([z.literal('local'), OfClient, OfPractice, OfSelf]);
export type Access = z.infer<typeof Access>;
export type ClientAccess = z.infer<typeof OfClient>;
export type PracticeAccess = z.infer<typeof OfPractice>;
export type SelfAccess = z.infer<typeof OfSelf>;

/** Whether someone may use a verb at all. Deny by default: who has no line here is kept out. */
export function mayCall(access: Access, actor: Actor): boolean {
  // Also for declarations that the compiler never saw.
  if (access === 'local' || !access) return access === 'local' && actor.kind === 'local';
  switch (actor.kind) {
    case 'local':
      return false;
    case 'job':
      return true;
    case 'key':
      if (access.of === 'self') return true;
      if (!actor.client) return actor.scopes.includes('admin');
      return access.of === 'client' && access.key !== 'admin' && actor.scopes.includes(access.key);
    case 'person':
      return access.of !== 'practice' || access.roles.some((role) => role === actor.practiceRole);
  }
}

/** What someone is to a client. Nothing: to them there is no such client. */
export function standingAt(client: Client, actor: Actor): 'trusted' | Role | undefined {
  switch (actor.kind) {
    case 'local':
      return undefined;
    case 'job':
      return 'trusted';
    case 'key':
      return !actor.client || actor.client.id === client.id ? 'trusted' : undefined;
    case 'person':
      return actor.practiceRole === 'owner' ? 'owner' : actor.roles.get(client.id);
  }
}
