import { z } from 'zod';
import { operation } from '../../../platform/operation.ts';
import { notFound } from '../../../platform/problem.ts';
import { byOwner } from '../access.ts';
import { findActor } from '../people.ts';
import { deleteSession, listSessionRows, OpenSession } from '../sessions.ts';

const id = z.uuid().describe('The session, by its id.');
const none = () => notFound('There is no such session.');

export const listSessions = operation({
  name: 'sessions.list',
  summary: 'List where you are signed in, the session used last first.',
  access: { of: 'self', does: 'read' },
  // They are of people, and agents show keys.
  notForAgents: true,
  input: z.object({}),
  output: z.object({ sessions: z.array(OpenSession.extend({ isThis: z.boolean().describe('The one that asks.') })) }),
  async run({ records, actor, now }) {
    if (actor.kind !== 'person') return { sessions: [] };
    const open = await listSessionRows(records, actor.id, now());
    return { sessions: open.map((one) => ({ ...one, isThis: one.id === actor.session })) };
  },
});

export const endSession = operation({
  name: 'sessions.end',
  summary: 'End one of your sessions. Whoever has it is out at once; at other processes within five seconds.',
  access: { of: 'self', does: 'write' },
  confirms: true,
  notForAgents: true,
  input: z.object({ id }),
  output: z.object({ id: z.uuid() }),
  async run({ records, actor }, { id: asked }) {
    if (actor.kind !== 'person' || !(await deleteSession(records, asked, actor.id))) throw none();
    return { id: asked };
  },
});

export const listSessionsOf = operation({
  name: 'team.sessions',
  summary: 'List where somebody is signed in, the session used last first.',
  access: byOwner('read'),
  input: z.object({ id: z.uuid().describe('The person, by their id.') }),
  output: z.object({ sessions: z.array(OpenSession) }),
  async run({ records, now }, { id: person }) {
    if (!(await findActor(records, person))) throw notFound('There is no such person.');
    return { sessions: await listSessionRows(records, person, now()) };
  },
});

export const endSessionOf = operation({
  name: 'team.endSession',
  summary: 'End one session of somebody. Whoever has it is out at once; at other processes within five seconds.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({ id }),
  output: z.object({ id: z.uuid(), person: z.uuid().describe('Whose it was.') }),
  async run({ records }, { id: asked }) {
    const person = await deleteSession(records, asked, null);
    if (!person) throw none();
    return { id: asked, person };
  },
});
