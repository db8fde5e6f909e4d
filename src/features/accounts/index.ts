import type { Feature } from '../../platform/feature.ts';
import { createClient, createKey, listClients, listKeys, revokeKey } from './operations.ts';
import { renewOwner, showSession } from './session.ts';

/** Who may do what: the practice, its clients and the walls between them, keys, the audit trail. */
export { openDoor, type Door } from './door.ts';
export { ownerKeyOf, prepareAccounts, sessionSecretOf } from './first-start.ts';
export { welcomeUrl } from './links.ts';
export { openPractice } from './practice.ts';
export { openSignIn, SIGN_IN_PATH, signInMethod, type SignIn } from './sign-in/index.ts';

export const accounts = {
  name: 'accounts',
  operations: [showSession, renewOwner, createClient, listClients, createKey, listKeys, revokeKey],
} as const satisfies Feature;
