import { z } from 'zod';
import type { ClientAccess, PracticeAccess } from '../../platform/access.ts';
import { DAY_MS } from '../../platform/clock.ts';
import { clientField, operation } from '../../platform/operation.ts';
import { conflict, notFound } from '../../platform/problem.ts';
import { ApiKey, Client, ClientName, ClientRef, ClientScope, MOST_DAYS } from './model.ts';
import { hashOf, makeKey } from './secret.ts';
import { insertClientUnlessNamed, insertKey, listClientRows, listKeyRows, setRevoked } from './store.ts';

/** Who handles keys: no key of a client, as it could give itself more than it has. */
const ofKeys = (does: 'read' | 'write') =>
  ({ of: 'client', does, key: 'admin', roles: ['owner', 'operator'] }) satisfies ClientAccess;
const ofPractice = (does: 'read' | 'write') => ({ of: 'practice', does, roles: ['owner'] }) satisfies PracticeAccess;

export const createClient = operation({
  name: 'clients.create',
  summary: 'Add a client: a company that the practice serves.',
  access: ofPractice('write'),
  input: z.object({ name: ClientName.describe('What the client is called, as nobody else is.') }),
  output: ClientRef,
  async run(ctx, { name }) {
    const made = await insertClientUnlessNamed(ctx, name);
    if (!made) throw conflict(`There is a client called "${name}" already.`);
    return made;
  },
});

export const listClients = operation({
  name: 'clients.list',
  summary: 'List the clients of the practice.',
  access: ofPractice('read'),
  input: z.object({}),
  output: z.object({ clients: z.array(Client) }),
  run: async (ctx) => ({ clients: await listClientRows(ctx) }),
});

export const createKey = operation({
  name: 'keys.create',
  summary: 'Make an API key for a client. The key is shown this once.',
  access: ofKeys('write'),
  input: z.object({
    client: clientField,
    scopes: z.array(ClientScope).min(1).describe('What it may do: ingest sends telemetry, read and write are for the rest.'),
    name: z.string().trim().min(1).max(120).default('API key').describe('What it is for.'),
    expiresInDays: z.coerce.number().int().min(1).max(MOST_DAYS).default(MOST_DAYS),
  }),
  output: z.object({ id: z.uuid(), key: z.string(), scopes: z.array(ClientScope), expiresAt: z.date() }),
  async run(ctx, { scopes: asked, name, expiresInDays }) {
    const key = makeKey('client');
    const scopes = [...new Set(asked)];
    const expiresAt = new Date(ctx.now().getTime() + expiresInDays * DAY_MS);
    const id = await insertKey(ctx, { name, hash: hashOf(key), scopes, expiresAt });
    return { id, key, scopes, expiresAt };
  },
});

export const listKeys = operation({
  name: 'keys.list',
  summary: 'List the API keys of a client, without the keys themselves.',
  access: ofKeys('read'),
  input: z.object({ client: clientField }),
  output: z.object({ keys: z.array(ApiKey) }),
  run: async (ctx) => ({ keys: await listKeyRows(ctx) }),
});

export const revokeKey = operation({
  name: 'keys.revoke',
  summary: 'End an API key for good. It is refused within seconds.',
  access: ofKeys('write'),
  input: z.object({ client: clientField, id: z.uuid().describe('The key, by its id.') }),
  output: z.object({ id: z.uuid(), revokedAt: z.date() }),
  async run(ctx, { id }) {
    const revokedAt = await setRevoked(ctx, id);
    if (!revokedAt) throw notFound('There is no such key.');
    return { id, revokedAt };
  },
});
