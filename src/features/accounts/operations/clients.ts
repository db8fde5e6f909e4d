import { z } from 'zod';
import { MINUTE_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { operation } from '../../../platform/operation.ts';
import { conflict, invalid, notFound, unavailable } from '../../../platform/problem.ts';
import { foldName } from '../../../platform/practice.ts';
import { byOwner } from '../access.ts';
import { Client, ClientName, ClientRef } from '../model.ts';
import {
  deleteClient as deleteClientRow,
  findAnyClient,
  insertClientUnlessNamed,
  listClientRows,
  setClosed,
  setNameUnlessTaken,
} from '../store.ts';

/** How long after its end something of a client may still be on its way. */
const SETTLES_MS = MINUTE_MS;

const id = z.string().min(1).max(200).describe('The client, by its id or its name, also when it is closed.');

async function named(ctx: Context, client: string) {
  const found = await findAnyClient(ctx, client);
  if (!found) throw notFound('There is no such client.');
  return found;
}

export const createClient = operation({
  name: 'clients.create',
  summary: 'Add a client: a company that the practice serves.',
  access: byOwner('write'),
  confirms: false,
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
  access: byOwner('read'),
  input: z.object({}),
  output: z.object({ clients: z.array(Client) }),
  run: async (ctx) => ({ clients: await listClientRows(ctx) }),
});

export const renameClient = operation({
  name: 'clients.rename',
  summary: 'Call a client by another name. Its id stays.',
  access: byOwner('write'),
  confirms: false,
  input: z.object({ id, name: ClientName.describe('What it is called from now on.') }),
  output: ClientRef,
  async run(ctx, { id: asked, name }) {
    const client = await named(ctx, asked);
    const renamed = await setNameUnlessTaken(ctx, client.id, name);
    if (!renamed) throw conflict(`There is a client called "${name}" already.`);
    return renamed;
  },
});

export const closeClient = operation({
  name: 'clients.close',
  summary:
    'End the work for a client: its keys and people are refused at once, at other processes within five seconds. What is there stays.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({ id }),
  output: Client,
  run: async (ctx, { id: asked }) => (await setClosed(ctx, (await named(ctx, asked)).id, ctx.now()))!,
});

export const reopenClient = operation({
  name: 'clients.reopen',
  summary: 'Take up the work for a closed client again, with the keys and people it had.',
  access: byOwner('write'),
  confirms: false,
  input: z.object({ id }),
  output: Client,
  run: async (ctx, { id: asked }) => (await setClosed(ctx, (await named(ctx, asked)).id, null))!,
});

export const deleteClient = operation({
  name: 'clients.delete',
  summary: 'Delete a closed client and everything of it, for good: telemetry, records, keys, audit trail.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({ id, confirm: z.string().max(200).describe('The name of the client, typed: there is no way back.') }),
  output: ClientRef,
  async run(ctx, { id: asked, confirm }) {
    const { id: found, name, closedAt } = await named(ctx, asked);
    if (foldName(confirm) !== foldName(name)) throw invalid('That is not the name of the client. Nothing was deleted.');
    if (!closedAt) throw conflict('Close the client first, so that nothing comes in any more.');
    if (ctx.now().getTime() - closedAt.getTime() < SETTLES_MS)
      throw conflict('The client was closed just now, and something may still be on its way. Try again in a minute.');
    if (!ctx.practice) throw unavailable('No practice is open here.');
    await ctx.practice.forget({ id: found, name });
    await deleteClientRow(ctx, found);
    return { id: found, name };
  },
});
