import { z } from 'zod';
import type { Role } from '../../../platform/access.ts';
import type { Context } from '../../../platform/context.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { conflict, notFound, Problem } from '../../../platform/problem.ts';
import { byPeopleOf, decidesGrants } from '../access.ts';
import { insertInvitation, inviteUrl, listInvitations, withdrawInvitation } from '../links.ts';
import { ClientRole, Email, Invite, Invited, Member } from '../model.ts';
import { deleteMembership, listMembers, setMembership } from '../people.ts';
import { addressOf } from './address.ts';

const person = z.uuid().describe('The person, by their id.');
const role = ClientRole.describe('A sponsor reads and approves, a member works on workflows, a reviewer reviews.');

export const listPeople = operation({
  name: 'people.list',
  summary: 'List the people of a client, and who is invited.',
  access: byPeopleOf('read', 'sponsor'),
  input: z.object({ client: clientField }),
  output: z.object({ people: z.array(Member), invited: z.array(Invited) }),
  run: async ({ records, client, now }) => ({
    people: await listMembers(records, client!.id),
    invited: await listInvitations(records, client!.id, now()),
  }),
});

export const invitePerson = operation({
  name: 'people.invite',
  summary: 'Invite somebody to a client. The link is shown this once, to be handed over.',
  access: byPeopleOf('write'),
  confirms: true,
  input: z.object({ client: clientField, email: Email, role }),
  output: Invite,
  async run(ctx, { email, role: asked }) {
    mayGrant(ctx, asked);
    const { records, client, now } = ctx;
    if ((await listMembers(records, client!.id)).some((member) => member.email === email))
      throw conflict(`${email} is of this client already. Change the role instead.`);
    const { id, expiresAt, ...link } = await insertInvitation(records, { clientId: client!.id, email, role: asked }, now());
    return { id, email, role: asked, url: inviteUrl(addressOf(ctx), link), expiresAt };
  },
});

export const withdrawInvite = operation({
  name: 'people.withdraw',
  summary: 'Take an invitation to a client back.',
  access: byPeopleOf('write'),
  confirms: true,
  input: z.object({ client: clientField, id: z.uuid().describe('The invitation, by its id.') }),
  output: z.object({ id: z.uuid() }),
  async run({ records, client }, { id }) {
    if (!(await withdrawInvitation(records, client!.id, id))) throw notFound('There is no such invitation.');
    return { id };
  },
});

export const setPersonRole = operation({
  name: 'people.setRole',
  summary: 'Give somebody another role at a client. They sign in again.',
  access: byPeopleOf('write'),
  confirms: true,
  input: z.object({ client: clientField, id: person, role }),
  output: Member,
  async run(ctx, { id, role: asked }) {
    const { records, client, now } = ctx;
    const before = (await listMembers(records, client!.id)).find((member) => member.id === id);
    mayGrant(ctx, asked);
    if (before) mayGrant(ctx, before.role);
    // An owner sees everybody of the practice, and lets them in without an invitation.
    if (!before && !decidesGrants(ctx.actor)) throw notFound('There is no such person.');
    const known = await setMembership(records, client!.id, id, asked, now());
    const after = known && (await listMembers(records, client!.id)).find((member) => member.id === id);
    if (!after) throw notFound('There is no such person.');
    return after;
  },
});

export const removePerson = operation({
  name: 'people.remove',
  summary: 'End what somebody is to a client. They are out at once.',
  access: byPeopleOf('write'),
  confirms: true,
  input: z.object({ client: clientField, id: person }),
  output: z.object({ id: z.uuid() }),
  async run(ctx, { id }) {
    const { records, client } = ctx;
    const before = (await listMembers(records, client!.id)).find((member) => member.id === id);
    if (!before) throw notFound('There is no such person.');
    mayGrant(ctx, before.role);
    await deleteMembership(records, client!.id, id);
    return { id };
  },
});

/** Who of the practice sees which client is for its owner to say. */
function mayGrant({ actor }: Context, role: Role) {
  if (role === 'operator' && !decidesGrants(actor))
    throw new Problem('forbidden', 'Which operators see a client is for an owner of the practice to say.');
}
