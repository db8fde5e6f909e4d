import { z } from 'zod';
import { Role } from '../../../platform/access.ts';
import type { Context } from '../../../platform/context.ts';
import { operation } from '../../../platform/operation.ts';
import { byOwner } from '../access.ts';
import { renewOwnerLink, welcomeUrl } from '../links.ts';
import { ClientRef } from '../model.ts';
import { listClientRows } from '../store.ts';
import { addressOf } from './address.ts';

const Person = z.object({ id: z.uuid(), name: z.string(), email: z.string(), twoFactor: z.boolean() });

export const showSession = operation({
  name: 'session.show',
  summary: 'Who is asking, and what they are to which clients.',
  access: { of: 'self', does: 'read' },
  input: z.object({}),
  output: z.object({
    kind: z.enum(['person', 'key']),
    person: Person.optional(),
    practiceRole: z.enum(['owner', 'operator']).nullable().describe('A key of the practice may do what its owner may.'),
    clients: z.array(ClientRef.extend({ role: Role.nullable().describe('Nothing for a key: its scopes say what it may do.') })),
  }),
  async run(ctx) {
    const { actor } = ctx;
    if (actor.kind === 'person') {
      const clients = (await listClientRows(ctx)).filter(({ closedAt }) => closedAt === null);
      const roleAt = (id: string) => (actor.practiceRole === 'owner' ? 'owner' : actor.roles.get(id));
      return {
        kind: 'person' as const,
        person: await findSelf(ctx, actor.id),
        practiceRole: actor.practiceRole,
        clients: clients.flatMap(({ id, name }) => (roleAt(id) ? [{ id, name, role: roleAt(id)! }] : [])),
      };
    }
    const own = actor.kind === 'key' ? actor.client : null;
    const clients = own ? [own] : (await listClientRows(ctx)).filter(({ closedAt }) => closedAt === null);
    return {
      kind: 'key' as const,
      practiceRole: own ? null : ('owner' as const),
      clients: clients.map(({ id, name }) => ({ id, name, role: null })),
    };
  },
});

async function findSelf({ records }: Context, id: string) {
  const [found] = await records.rows(Person)`
    select id, name, email, two_factor_enabled as "twoFactor" from person where id = ${id}`;
  return found;
}

export const renewOwner = operation({
  name: 'practice.ownerLink',
  summary: 'Make a new link by which an owner sets up their account, or gets back into it. It is shown this once.',
  access: byOwner('write'),
  confirms: true,
  // Whoever opens it is an owner: it belongs into no conversation.
  notForAgents: true,
  input: z.object({}),
  output: z.object({ url: z.url(), expiresAt: z.date() }),
  terminal: { words: ['owner-link'] },
  async run({ records, now, config }) {
    const link = await renewOwnerLink(records, now());
    return { url: welcomeUrl(addressOf({ config }), link), expiresAt: link.expiresAt };
  },
});
