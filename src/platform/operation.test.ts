import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Access, Actor } from './access.ts';
import { fixedClock } from './clock.ts';
import { readConfig } from './config.ts';
import { localContext, requestContext, type Context } from './context.ts';
import { openLog } from './log.ts';
import { clientField, operation, perform, requireSound, type AnyOperation } from './operation.ts';
import type { Problem } from './problem.ts';
import { closedHandles, type Client, type Deed, type Practice } from './practice.ts';

const parts = { now: fixedClock('2026-06-03T00:00:00Z'), config: readConfig({}), log: openLog('silent') };
const local = localContext(parts);
const ours: Client = { id: 'c1', name: 'Ours' };
const theirs: Client = { id: 'c2', name: 'Theirs' };

/** A practice of two clients that keeps nothing, and tells what was asked of it. */
function practice() {
  const deeds: Deed[] = [];
  const kept: Practice = {
    findClient: (named) => Promise.resolve([ours, theirs].find(({ id, name }) => id === named || name === named)),
    clients: () => Promise.resolve([ours, theirs]),
    reading: () => closedHandles,
    receiving: () => ({
      request: () => closedHandles.intake,
      noting: () => ({ isResent: () => false, resentCount: 0, settled: () => Promise.resolve(), kept() {}, forget() {} }),
      keep: () => Promise.resolve(),
      removed: () => Promise.resolve([]),
      usage: () => ({ itemsThisMinute: 0, bytesToday: 0 }),
      waitingParts: () => undefined,
      refused: () => undefined,
      whileStill: (ask) => ask([]),
    }),
    forget: () => Promise.resolve(),
    forgetAside: () => Promise.resolve(0),
    noting: () => Promise.reject(new Error('It was asked.')),
    processes: () => Promise.resolve([]),
    cut: () => Promise.reject(new Error('It was asked.')),
    health: () => {
      throw new Error('It was asked.');
    },
    async writing(_client, deed, work) {
      const answer = await work(closedHandles);
      deeds.push(deed);
      return answer;
    },
  };
  return { deeds, as: (actor: Actor): Context => requestContext({ ...parts, actor, practice: kept }) };
}

const ofClient = (does: 'read' | 'write' = 'read'): Access => ({ of: 'client', does, key: does, roles: ['owner', 'member'] });
const ofPractice: Access = { of: 'practice', does: 'read', roles: ['owner'] };

function greet(access: Access, { answer = 'hello', input = {} }: { answer?: unknown; input?: z.ZodRawShape } = {}) {
  const seen: unknown[] = [];
  const op: AnyOperation = operation({
    name: 'test.greet',
    summary: 'Greets.',
    access,
    input: z.object({ name: z.string(), times: z.coerce.number().default(1), ...input }),
    output: z.object({ text: z.string() }),
    run: (_ctx, given) => {
      seen.push(given);
      return Promise.resolve({ text: answer as string });
    },
  });
  return { op, seen };
}

test('what runs is the parsed input, and what answers the parsed output', async () => {
  const { op, seen } = greet('local');
  expect(await perform(op, local, { name: 'Ada', times: '2' })).toEqual({ text: 'hello' });
  expect(seen).toEqual([{ name: 'Ada', times: 2 }]);
});

test.each([[null], ['Ada'], [{}], [{ name: 7 }], [{ name: 'Ada', extra: true }]])('bad input never runs: %j', async (raw) => {
  const { op, seen } = greet('local');
  await expect(perform(op, local, raw)).rejects.toMatchObject({ code: 'invalid', details: expect.any(Array) });
  expect(seen).toEqual([]);
});

test.each([
  ['a long list of wrong things', { name: 'Ada', list: Array(20_000).fill(7) }],
  ['fields nobody declared', { name: 'Ada', ...Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`field${n}`, n])) }],
  ['a long name of a field', { name: 'Ada', ['x'.repeat(900_000)]: 1 }],
])('what is wrong with %s is told in a few lines', async (_, raw) => {
  const { op } = greet('local', { input: { list: z.array(z.string()).default([]) } });
  const refusal = (await perform(op, local, raw).catch((error: unknown) => error)) as Problem;
  expect(refusal).toMatchObject({ code: 'invalid' });
  expect(refusal.message.length).toBeGreaterThan(10);
  expect(refusal.message.length + JSON.stringify(refusal.details).length).toBeLessThan(20_000);
});

test('a write that only looks when asked so is done as a read, and is in no trail', async () => {
  const { deeds, as } = practice();
  const { op } = greet(ofClient('write'), { input: { client: clientField } });
  const looking = { ...op, looks: ({ times }: { times: number }) => times === 0 };
  const actor = { kind: 'key', keyId: 'k', scopes: ['write'], client: ours } as unknown as Actor;
  await perform(looking, as(actor), { client: ours.id, name: 'Ada', times: 0 });
  expect(deeds).toEqual([]);
  await perform(looking, as(actor), { client: ours.id, name: 'Ada', times: 1 });
  expect(deeds).toHaveLength(1);
});

test('what a write begins afterwards begins once its entry is kept, and never where it is not', async () => {
  const told: string[] = [];
  const op = operation({
    name: 'test.begin',
    summary: 'Begins.',
    access: { of: 'practice', does: 'write', roles: ['owner'] },
    confirms: false,
    input: z.object({}),
    output: z.object({}),
    run(ctx) {
      ctx.afterwards(() => void told.push('begun'));
      return Promise.resolve({});
    },
  });
  const key: Actor = { kind: 'key', id: 'k', name: 'k', scopes: ['admin'], client: null };
  const { practice: kept, ...ctx } = practice().as(key);
  const noting = (note: () => void): Practice => ({
    ...kept!,
    async writing(_client, _deed, work) {
      const answer = await work(closedHandles);
      note();
      return answer;
    },
  });
  await perform(op, { ...ctx, practice: noting(() => told.push('kept')) }, {});
  expect(told).toEqual(['kept', 'begun']);
  const full = noting(() => {
    throw new Error('The disk is full.');
  });
  await expect(perform(op, { ...ctx, practice: full }, {})).rejects.toThrow('full');
  expect(told).toEqual(['kept', 'begun']);
});

test.each([['a\0b'], ['half \uD800']])('a text that no store can keep never runs', async (name) => {
  await expect(perform(greet('local').op, local, { name })).rejects.toMatchObject({ code: 'invalid' });
});

test('an answer of the wrong shape is a bug of ours, not of the caller', async () => {
  const error: unknown = await perform(greet('local', { answer: 7 }).op, local, { name: 'Ada' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(z.ZodError);
});

const person = (practiceRole: 'owner' | 'operator' | null, roles: [string, 'member' | 'reviewer'][] = []): Actor => ({
  kind: 'person',
  id: 'p1',
  name: 'Ada',
  practiceRole,
  roles: new Map(roles),
});
const key = (client: Client | null, scopes: ('ingest' | 'read' | 'write' | 'admin')[]): Actor => ({
  kind: 'key',
  id: 'k1',
  client,
  scopes,
});
const job: Actor = { kind: 'job', name: 'test.sweep' };
const stranger = { kind: 'agent' } as unknown as Actor;

test.each<[string, Access, Actor, 'ok' | 'forbidden' | 'not_found']>([
  ['a job, locally', 'local', job, 'forbidden'],
  ['a job', ofClient(), job, 'ok'],
  ['a stranger', ofClient(), stranger, 'forbidden'],
  ['anyone, of a verb without access', undefined as unknown as Access, key(null, ['admin']), 'forbidden'],
  ['the terminal, without a server', ofClient(), { kind: 'local' }, 'forbidden'],
  ['the practice’s key', ofClient(), key(null, ['admin']), 'ok'],
  ['the practice’s key without admin', ofClient(), key(null, ['read']), 'forbidden'],
  ['a key', ofClient(), key(ours, ['read']), 'ok'],
  ['a key of another scope', ofClient('write'), key(ours, ['read', 'ingest']), 'forbidden'],
  ['a key of another client', ofClient(), key(theirs, ['read']), 'not_found'],
  ['a key that claims to be admin', ofPractice, key(ours, ['admin']), 'forbidden'],
  ['the owner', ofClient(), person('owner'), 'ok'],
  ['the owner, of the practice', ofPractice, person('owner'), 'ok'],
  ['an operator without a grant', ofClient(), person('operator'), 'not_found'],
  ['an operator, of the owner’s', ofPractice, person('operator'), 'forbidden'],
  ['a member', ofClient(), person(null, [['c1', 'member']]), 'ok'],
  ['a reviewer', ofClient(), person(null, [['c1', 'reviewer']]), 'forbidden'],
  ['a member of another client', ofClient(), person(null, [['c2', 'member']]), 'not_found'],
  ['a member, of the practice', ofPractice, person(null, [['c1', 'member']]), 'forbidden'],
])('who may: %s', async (_, access, actor, expected) => {
  const of = access && access !== 'local' && access.of === 'client' ? { client: 'Ours' } : {};
  const { op, seen } = greet(access, of.client ? { input: { client: clientField } } : {});
  const code = await perform(op, practice().as(actor), { name: 'Ada', ...of }).then(
    () => 'ok',
    ({ code }: { code: string }) => code,
  );
  expect([code, seen.length]).toEqual([expected, expected === 'ok' ? 1 : 0]);
});

test('an answer about a client names it; a write leaves an entry, its secrets struck', async () => {
  const { deeds, as } = practice();
  const input = {
    client: clientField,
    nested: z.strictObject({ pin: z.string().meta({ secret: true }), apiKey: z.string(), note: z.string() }),
  };
  const { op } = greet(ofClient('write'), { input });
  const raw = { client: 'Ours', name: 'Ada', nested: { pin: '1234', apiKey: 'geheim', note: 'n'.repeat(600) } };
  expect(await perform(op, as(key(ours, ['write'])), raw)).toEqual({ client: 'c1', text: 'hello' });
  expect(deeds).toMatchObject([
    { operation: 'test.greet', actor: { id: 'k1' }, input: { name: 'Ada', nested: { pin: '[struck]', apiKey: '[struck]' } } },
  ]);
  expect(JSON.stringify(deeds).length).toBeLessThan(900);
});

test.each<[string, AnyOperation]>([
  ['declares no access', greet(undefined as unknown as Access).op],
  ['declares no access', greet('anyone' as unknown as Access).op],
  ['does not name it', greet(ofClient()).op],
  ['names a client', greet(ofPractice, { input: { client: clientField } }).op],
  ['whether a person confirms', greet(ofClient('write'), { input: { client: clientField } }).op],
  ['reads and yet is confirmed', { ...greet(ofPractice).op, confirms: true }],
  ['unknown fields', greet(ofPractice, { input: { more: z.array(z.object({ a: z.string() })) } }).op],
])('a declaration that would open more than it says does not start: %s', (flaw, op) => {
  expect(() => requireSound([op])).toThrow(flaw);
});

test('two operations of one name do not start; sound ones do', () => {
  const sound = greet(ofClient(), { input: { client: clientField, more: z.strictObject({ a: z.string() }) } }).op;
  expect(() => requireSound([sound, greet('local').op])).toThrow('twice');
  requireSound([sound]);
});
