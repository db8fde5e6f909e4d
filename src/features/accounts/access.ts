import type { Actor, ClientAccess, PracticeAccess } from '../../platform/access.ts';

/** What only an owner of the practice does, or a key of it. */
export const byOwner = (does: 'read' | 'write') => ({ of: 'practice', does, roles: ['owner'] }) satisfies PracticeAccess;

/** What no key of a client does, as it could give itself or others more than it has. */
export const byPeopleOf = (does: 'read' | 'write', ...others: ClientAccess['roles']) =>
  ({ of: 'client', does, key: 'admin', roles: ['owner', 'operator', ...others] }) satisfies ClientAccess;

/** Whether someone may decide who of the practice sees a client. */
export const decidesGrants = (actor: Actor) => actor.kind !== 'person' || actor.practiceRole === 'owner';
