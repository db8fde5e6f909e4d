import { z } from 'zod';
import { DAY_MS } from '../../../platform/clock.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { notFound } from '../../../platform/problem.ts';
import { byOwner, byPeopleOf } from '../access.ts';
import { ApiKey, ClientScope, KeyName, MOST_DAYS, PracticeKey } from '../model.ts';
import { endingOf, hashOf, makeKey } from '../secret.ts';
import { insertKey, insertPracticeKey, listKeyRows, listPracticeKeyRows, setPracticeKeyRevoked, setRevoked } from '../store.ts';

export const createKey = operation({
  name: 'keys.create',
  summary: 'Make an API key for a client. The key is shown this once.',
  access: byPeopleOf('write'),
  confirms: false,
  input: z.object({
    client: clientField,
    scopes: z.array(ClientScope).min(1).describe('What it may do: ingest sends telemetry, read and write are for the rest.'),
    name: KeyName,
    expiresInDays: z.coerce.number().int().min(1).max(MOST_DAYS).default(MOST_DAYS),
  }),
  output: z.object({ id: z.uuid(), key: z.string(), scopes: z.array(ClientScope), expiresAt: z.date() }),
  async run(ctx, { scopes: asked, name, expiresInDays }) {
    const key = makeKey('client');
    const scopes = [...new Set(asked)];
    const expiresAt = new Date(ctx.now().getTime() + expiresInDays * DAY_MS);
    const id = await insertKey(ctx, { name, hash: hashOf(key), ending: endingOf(key), scopes, expiresAt });
    return { id, key, scopes, expiresAt };
  },
});

export const listKeys = operation({
  name: 'keys.list',
  summary: 'List the API keys of a client, without the keys themselves.',
  access: byPeopleOf('read'),
  input: z.object({ client: clientField }),
  output: z.object({ keys: z.array(ApiKey) }),
  run: async (ctx) => ({ keys: await listKeyRows(ctx) }),
});

export const revokeKey = operation({
  name: 'keys.revoke',
  summary: 'End an API key for good. It is refused at once; at other processes within five seconds.',
  access: byPeopleOf('write'),
  confirms: true,
  input: z.object({ client: clientField, id: z.uuid().describe('The key, by its id.') }),
  output: z.object({ id: z.uuid(), revokedAt: z.date() }),
  async run(ctx, { id }) {
    const revokedAt = await setRevoked(ctx, id);
    if (!revokedAt) throw notFound('There is no such key.');
    return { id, revokedAt };
  },
});

export const createPracticeKey = operation({
  name: 'practiceKeys.create',
  summary: 'Make an API key of the practice, which may do everything. The key is shown this once.',
  access: byOwner('write'),
  confirms: true,
  // Whoever has it may do everything: it belongs into no conversation.
  notForAgents: true,
  input: z.object({ name: KeyName, expiresInDays: z.coerce.number().int().min(1).max(MOST_DAYS).default(MOST_DAYS) }),
  output: z.object({ id: z.uuid(), key: z.string(), expiresAt: z.date() }),
  async run({ records, now }, { name, expiresInDays }) {
    const key = makeKey('practice');
    const at = now();
    const expiresAt = new Date(at.getTime() + expiresInDays * DAY_MS);
    return {
      id: await insertPracticeKey(records, { name, hash: hashOf(key), ending: endingOf(key), at, expiresAt }),
      key,
      expiresAt,
    };
  },
});

export const listPracticeKeys = operation({
  name: 'practiceKeys.list',
  summary: 'List the API keys of the practice, without the keys themselves.',
  access: byOwner('read'),
  input: z.object({}),
  output: z.object({ keys: z.array(PracticeKey) }),
  run: async (ctx) => ({ keys: await listPracticeKeyRows(ctx) }),
});

export const revokePracticeKey = operation({
  name: 'practiceKeys.revoke',
  summary: 'End an API key of the practice for good. One that lay in owner.key is replaced at the next start.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({ id: z.uuid().describe('The key, by its id.') }),
  output: z.object({ id: z.uuid(), revokedAt: z.date() }),
  async run(ctx, { id }) {
    const revokedAt = await setPracticeKeyRevoked(ctx, id);
    if (!revokedAt) throw notFound('There is no such key.');
    return { id, revokedAt };
  },
});
