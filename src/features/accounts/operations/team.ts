import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { operation } from '../../../platform/operation.ts';
import { conflict, notFound } from '../../../platform/problem.ts';
import { byOwner } from '../access.ts';
import { insertInvitation, inviteUrl, listInvitations, withdrawInvitation } from '../links.ts';
import { Email, Invite, Invited, PracticeRole, TeamMember } from '../model.ts';
import { deletePerson, findPersonByEmail, listTeam, lockOwners, setPracticeRole } from '../people.ts';
import { addressOf } from './address.ts';

const person = z.uuid().describe('The person, by their id.');

export const listTeamMembers = operation({
  name: 'team.list',
  summary:
    'List everybody who can sign in, what they are to the practice and to which clients, and who is invited into the practice.',
  access: byOwner('read'),
  input: z.object({}),
  output: z.object({ people: z.array(TeamMember), invited: z.array(Invited) }),
  run: async ({ records, now }) => ({ people: await listTeam(records), invited: await listInvitations(records, null, now()) }),
});

export const inviteTeamMember = operation({
  name: 'team.invite',
  summary: 'Invite somebody into the practice. The link is shown this once, to be handed over.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({
    email: Email,
    role: PracticeRole.describe('An owner sees every client, an operator those they are granted.'),
  }),
  output: Invite,
  async run(ctx, { email, role }) {
    const { records, now } = ctx;
    const known = await findPersonByEmail(records, email);
    if (known && (await listTeam(records)).some(({ id, practiceRole }) => id === known.id && practiceRole !== null))
      throw conflict(`${email} is of the practice already. Change the role instead.`);
    const { id, expiresAt, ...link } = await insertInvitation(records, { clientId: null, email, role }, now());
    return { id, email, role, url: inviteUrl(addressOf(ctx), link), expiresAt };
  },
});

export const withdrawTeamInvite = operation({
  name: 'team.withdraw',
  summary: 'Take an invitation into the practice back.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({ id: z.uuid().describe('The invitation, by its id.') }),
  output: z.object({ id: z.uuid() }),
  async run({ records }, { id }) {
    if (!(await withdrawInvitation(records, null, id))) throw notFound('There is no such invitation.');
    return { id };
  },
});

export const setTeamRole = operation({
  name: 'team.setRole',
  summary: 'Give somebody another role in the practice, or none. They sign in again.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({
    id: person,
    role: PracticeRole.or(z.literal('none')).describe('With none, what they are to clients stays, but for operators.'),
  }),
  output: TeamMember,
  async run(ctx, { id, role }) {
    if (role !== 'owner') await requireOtherOwner(ctx, id);
    await setPracticeRole(ctx.records, id, role === 'none' ? null : role, ctx.now());
    const after = (await listTeam(ctx.records)).find((one) => one.id === id);
    if (!after) throw notFound('There is no such person.');
    return after;
  },
});

export const removeTeamMember = operation({
  name: 'team.remove',
  summary: 'End somebody’s account, with all they are to any client. They are out at once.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({ id: person }),
  output: z.object({ id: z.uuid() }),
  async run(ctx, { id }) {
    await requireOtherOwner(ctx, id);
    if (!(await deletePerson(ctx.records, id))) throw notFound('There is no such person.');
    return { id };
  },
});

/** A practice keeps an owner. Of two who would end each other at once, the second waits here and is told so. */
async function requireOtherOwner({ records }: Context, id: string) {
  const owners = await lockOwners(records);
  if (owners.length === 1 && owners[0] === id)
    throw conflict('This is the only owner of the practice. Make somebody else an owner first.');
}
