import type { Feature } from '../../platform/feature.ts';
import { closeClient, createClient, deleteClient, listClients, renameClient, reopenClient } from './operations/clients.ts';
import { createKey, createPracticeKey, listKeys, listPracticeKeys, revokeKey, revokePracticeKey } from './operations/keys.ts';
import { invitePerson, listPeople, removePerson, setPersonRole, withdrawInvite } from './operations/people.ts';
import { renewOwner, showSession } from './operations/session.ts';
import { endSession, endSessionOf, listSessions, listSessionsOf } from './operations/sessions.ts';
import { removeSso, setSso, showSso } from './operations/sso.ts';
import { inviteTeamMember, listTeamMembers, removeTeamMember, setTeamRole, withdrawTeamInvite } from './operations/team.ts';
import { listAuditTrail, listPracticeAuditTrail } from './operations/trail.ts';

/** Who may do what: the practice, its clients and the walls between them, keys, the audit trail. */
export { networkOf, openAttempts, type Attempt, type Attempts } from './attempts.ts';
export { openDoor, type Door } from './door.ts';
export { forgetAddress, noteAddress } from './own-server.ts';
export { markOf, ownerKeyOf, prepareAccounts, secretFileOf, sessionSecretOf } from './first-start.ts';
export { inEachClient } from './in-each-client.ts';
export { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './model.ts';
export { listClientsGone } from './store.ts';
export { welcomeUrl } from './links.ts';
export { openPractice } from './practice.ts';
export { askServer, postToServer } from './remote.ts';
export { openSignIn, SIGN_IN_PATH, signInMethod, type SignIn } from './sign-in/index.ts';

export const accounts = {
  name: 'accounts',
  operations: [
    showSession,
    listSessions,
    endSession,
    renewOwner,
    createClient,
    listClients,
    renameClient,
    closeClient,
    reopenClient,
    deleteClient,
    createKey,
    listKeys,
    revokeKey,
    createPracticeKey,
    listPracticeKeys,
    revokePracticeKey,
    listPeople,
    invitePerson,
    withdrawInvite,
    setPersonRole,
    removePerson,
    listTeamMembers,
    inviteTeamMember,
    withdrawTeamInvite,
    setTeamRole,
    removeTeamMember,
    listSessionsOf,
    endSessionOf,
    showSso,
    setSso,
    removeSso,
    listAuditTrail,
    listPracticeAuditTrail,
  ],
} as const satisfies Feature;
