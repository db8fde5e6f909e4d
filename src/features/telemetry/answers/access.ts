import type { ClientAccess } from '../../../platform/access.ts';

/** Who may look at what the systems of a client did. */
export const reads = {
  of: 'client',
  does: 'read',
  key: 'read',
  roles: ['owner', 'operator', 'sponsor', 'member'],
} satisfies ClientAccess;
