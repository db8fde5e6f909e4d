import type { Feature } from '../../platform/feature.ts';
import { createClient, createKey, listClients, listKeys, revokeKey } from './operations.ts';

/** Who may do what: the practice, its clients and the walls between them, keys, the audit trail. */
export { openDoor, type Door } from './door.ts';
export { ownerKeyOf, prepareAccounts } from './first-start.ts';
export { openPractice } from './practice.ts';

export const accounts = {
  name: 'accounts',
  operations: [createClient, listClients, createKey, listKeys, revokeKey],
} as const satisfies Feature;
