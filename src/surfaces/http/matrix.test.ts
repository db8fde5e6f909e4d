import { asksForConfirm, isForAgents } from '../mcp/index.ts';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { ClientAccess, Role, Scope } from '../../platform/access.ts';
import { atOnce } from '../../platform/at-once.ts';
import { DAY_MS } from '../../platform/clock.ts';
import { clientField, operation, type AnyOperation } from '../../platform/operation.ts';
import { notFound, type ProblemCode } from '../../platform/problem.ts';
import { span, traces } from '../../features/telemetry/otlp/testing/body.ts';
import { encodeJson } from '../../features/telemetry/otlp/testing/encode.ts';
import { operationsOfAll, testServer, type Reply, type TestBrowser, type TestServer } from '../../testing/server.ts';
import { statusOf } from './status.ts';

/**
 * The authorisation matrix: every operation, by every kind of key and every role of people, on every kind of object. It is made from the declarations; a
 * new operation needs a line in `samples` and nothing else.
 */

const Key = z.object({ id: z.string(), name: z.string() });

/** One verb for each scope, as long as features have none. */
const probe = (scope: Exclude<Scope, 'admin'>, does: 'read' | 'write', ...roles: Role[]) =>
  operation({
    name: `probe.${scope}`,
    summary: 'Looks at an object of a client.',
    access: { of: 'client', does, key: scope, roles },
    ...(does === 'write' && { confirms: false }),
    input: z.object({ client: clientField, id: z.uuid() }),
    output: Key,
    async run({ records }, { id }) {
      // Without the client in the question: the wall alone keeps the other's rows away.
      const [key] =
        does === 'read'
          ? await records.rows(Key)`select id, name from api_key where id = ${id}`
          : await records.rows(Key)`update api_key set name = name where id = ${id} returning id, name`;
      if (!key) throw notFound('There is no such key.');
      return key;
    },
  });
const probes: AnyOperation[] = [
  probe('read', 'read', 'owner', 'operator', 'sponsor', 'member', 'reviewer'),
  probe('write', 'write', 'owner', 'operator', 'member'),
  probe('ingest', 'write', 'owner'),
];
const operations = [...operationsOfAll, ...probes].filter(({ access }) => access !== 'local');

interface Target {
  name: string;
  client: string;
  id: string;
  /** Whose they are: `A`, `B` or nobody's. */
  of: { client: 'A' | 'B' | null; object: 'A' | 'B' | null };
}

const samples: Record<string, (target: Target) => object> = {
  'clients.create': () => ({ name: `New ${randomUUID().slice(0, 13)}` }),
  'clients.list': () => ({}),
  'session.show': () => ({}),
  'sessions.list': () => ({}),
  'sessions.end': () => ({ id: randomUUID() }),
  'team.sessions': () => ({ id: randomUUID() }),
  'team.endSession': () => ({ id: randomUUID() }),
  'practice.ownerLink': () => ({}),
  'clients.rename': () => ({ id: randomUUID(), name: 'Another' }),
  'clients.close': () => ({ id: randomUUID() }),
  'clients.reopen': () => ({ id: randomUUID() }),
  'clients.delete': () => ({ id: randomUUID(), confirm: 'Canary A' }),
  'practiceKeys.create': () => ({}),
  'practiceKeys.list': () => ({}),
  'practiceKeys.revoke': () => ({ id: randomUUID() }),
  'people.list': ({ client }) => ({ client }),
  'people.invite': ({ client }) => ({ client, email: `${randomUUID()}@people.example`, role: 'reviewer' }),
  'people.withdraw': ({ client }) => ({ client, id: randomUUID() }),
  'people.setRole': ({ client }) => ({ client, id: randomUUID(), role: 'reviewer' }),
  'people.remove': ({ client }) => ({ client, id: randomUUID() }),
  'team.list': () => ({}),
  'team.invite': () => ({ email: `${randomUUID()}@people.example`, role: 'operator' }),
  'team.withdraw': () => ({ id: randomUUID() }),
  'team.setRole': () => ({ id: randomUUID(), role: 'operator' }),
  'team.remove': () => ({ id: randomUUID() }),
  'sso.show': () => ({}),
  'sso.set': () => ({ name: 'SSO', issuer: 'http://127.0.0.1:1', clientId: 'steward', clientSecret: 'geheim' }),
  'sso.remove': () => ({}),
  'auditTrail.list': ({ client }) => ({ client }),
  'auditTrail.practice': () => ({}),
  'keys.create': ({ client }) => ({ client, scopes: ['read'] }),
  'keys.list': ({ client }) => ({ client }),
  'keys.revoke': ({ client, id }) => ({ client, id }),
  'telemetry.traces': ({ client }) => ({ client }),
  'telemetry.trace': ({ client, id }) => ({ client, traceId: traceIdOf(id) }),
  'telemetry.known': ({ client }) => ({ client, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', spans: [] }),
  'telemetry.logs': ({ client }) => ({ client }),
  'telemetry.metricPoints': ({ client }) => ({ client }),
  'system.status': () => ({}),
  'backups.create': () => ({}),
  'backups.list': () => ({}),
  'quotas.show': ({ client }) => ({ client }),
  'quotas.set': ({ client }) => ({ client }),
  'telemetry.ledger': ({ client }) => ({ client }),
  'telemetry.metrics': ({ client }) => ({ client, metric: 'runs' }),
  'telemetry.sessions': ({ client }) => ({ client }),
  'telemetry.users': ({ client }) => ({ client }),
  'workflows.list': ({ client }) => ({ client }),
  'workflows.show': ({ client }) => ({ client, workflow: 'canary' }),
  'workflows.timeline': ({ client }) => ({ client, workflow: 'canary' }),
  'practice.overview': () => ({}),
  'prices.list': ({ client }) => ({ client }),
  'prices.set': ({ client }) => ({ client, model: `model-${randomUUID()}`, inputUsdPerMillion: 1 }),
  'scores.createMany': ({ client, id }) => ({
    client,
    scores: [{ traceId: traceIdOf(id), name: 'fit', value: 1, source: 'person' }],
  }),
  'scores.create': ({ client, id }) => ({ client, traceId: traceIdOf(id), name: 'fit', value: 1, source: 'person' }),
  'scores.list': ({ client, id }) => ({ client, traceId: traceIdOf(id) }),
  'prices.recost': ({ client }) => ({ client, from: '2001-01-01T00:00:00Z', to: '2001-01-02T00:00:00Z' }),
  'redaction.show': ({ client }) => ({ client }),
  'redaction.set': ({ client }) => ({ client, patterns: ['card'] }),
  'redaction.try': ({ client }) => ({ client, text: 'a@b.de' }),
  'retention.show': ({ client }) => ({ client }),
  'retention.set': ({ client }) => ({ client, kind: 'logs', days: 30 }),
  'erasure.request': ({ client }) => ({ client, user: 'nobody' }),
  'erasure.list': ({ client }) => ({ client }),
  'prices.remove': ({ client, id }) => ({ client, id }),
  ...Object.fromEntries(probes.map(({ name }) => [name, ({ client, id }: Target) => ({ client, id })])),
};

/** The trace that stands beside a key in these tests. */
const traceIdOf = (id: string) => id.replaceAll('-', '');

/** What would end somebody or something is asked about what is not there: who may ask hears so. Their own tests do the rest. */
const aboutNothing = new Set(
  Object.keys(samples).filter((name) =>
    /^(clients\.(rename|close|reopen|delete)|practiceKeys\.revoke|(people|team)\.(withdraw|setRole|remove)|sessions\.end|team\.(sessions|endSession))$/.test(
      name,
    ),
  ),
);

interface Who {
  name: string;
  key: string | null;
  valid: boolean;
  client: 'A' | 'B' | null;
  scopes: readonly Scope[];
  /** A person in a browser, and what they are. */
  person?: { browser: TestBrowser; practiceRole?: 'owner' | 'operator'; at?: { client: 'A' | 'B'; role: Role } };
}

let server: TestServer;
let everyone: Who[];
let targets: Target[];
const all = ['ingest', 'read', 'write'] as const;

beforeAll(async () => {
  server = await testServer(probes);
  const a = await server.client('Canary A');
  const b = await server.client('Canary B');
  const [expired, revoked] = [await server.key(a.id, all, 1), await server.key(a.id, all)];
  await server.ask('keys.revoke', { client: a.id, id: revoked.keyId });
  server.later(2 * DAY_MS);
  const ofA = (name: string, key: string, scopes: readonly Scope[], valid = true): Who => ({
    name,
    key,
    scopes,
    valid,
    client: 'A',
  });
  everyone = [
    { name: 'nobody', key: null, valid: false, client: null, scopes: [] },
    { name: 'a made-up key', key: `stwp_${'0'.repeat(48)}`, valid: false, client: null, scopes: ['admin'] },
    { name: 'the owner', key: server.ownerKey(), valid: true, client: null, scopes: ['admin'] },
    ofA('all scopes', a.key, all),
    ofA('expired', expired.key, all, false),
    ofA('revoked', revoked.key, all, false),
    { name: 'the other client', key: b.key, valid: true, client: 'B', scopes: all },
  ];
  for (const scope of all) everyone.push(ofA(scope, (await server.key(a.id, [scope])).key, [scope]));
  const person = (name: string, browser: TestBrowser, is: Omit<NonNullable<Who['person']>, 'browser'>, valid = true) =>
    everyone.push({ name, key: null, valid, client: is.at?.client ?? null, scopes: [], person: { browser, ...is } });
  person('an owner in a browser', await server.person('Olga', 'owner'), { practiceRole: 'owner' });
  person('an operator without a client', await server.person('Otto', 'operator'), { practiceRole: 'operator' });
  for (const role of ['operator', 'sponsor', 'member', 'reviewer'] as const)
    person(`${role} of A`, await server.person(`A ${role}`, role, a.id), {
      ...(role === 'operator' && { practiceRole: role }),
      at: { client: 'A', role },
    });
  person('a sponsor of B', await server.person('B sponsor', 'sponsor', b.id), { at: { client: 'B', role: 'sponsor' } });
  const [late, gone, demoted] = [
    await server.person('Late', 'owner'),
    await server.person('Gone', 'owner'),
    await server.person('Demoted', 'owner'),
  ];
  await server.ask('team.remove', { id: gone.id });
  await server.ask('team.setRole', { id: demoted.id, role: 'operator' });
  person('an owner whose session expired', late, {}, false);
  person('an owner who was removed', gone, {}, false);
  person('an owner who became something else', demoted, {}, false);
  const objects = { a: (await server.key(a.id, ['read'])).keyId, b: (await server.key(b.id, ['read'])).keyId };
  await using records = await server.records();
  await records.rows(z.never())`update session set expires_at = now() where person_id = ${late.id}`;
  for (const [client, id] of [
    [a.id, objects.a],
    [b.id, objects.b],
  ])
    await records.rows(z.never())`
      insert into model_price (client_id, id, model, valid_from, created_at) values (${client}, ${id}, ${id}, now(), now())`;
  await sendTrace(a, objects.a);
  await sendTrace(b, objects.b);
  targets = [
    { name: 'of A, by id', client: a.id, id: objects.a, of: { client: 'A', object: 'A' } },
    { name: 'of A, by name', client: 'canary a', id: objects.a, of: { client: 'A', object: 'A' } },
    { name: 'of B', client: b.id, id: objects.b, of: { client: 'B', object: 'B' } },
    { name: 'of B, by name', client: 'Canary B', id: objects.b, of: { client: 'B', object: 'B' } },
    { name: 'of B, as if of A', client: a.id, id: objects.b, of: { client: 'A', object: 'B' } },
    { name: 'missing', client: a.id, id: randomUUID(), of: { client: 'A', object: null } },
    { name: 'of a missing client', client: randomUUID(), id: objects.a, of: { client: null, object: 'A' } },
  ];
});
afterAll(() => server.close());

/** A trace of the client whose key it is, named like one of its objects; there when it returns. */
async function sendTrace({ name: client, key }: { name: string; key: string }, object: string) {
  const traceId = traceIdOf(object);
  const authorization = `Bearer ${key}`;
  await server.send('/v1/traces', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: encodeJson(traces([span({}, { traceId })], { 'service.name': 'canary' })),
  });
  await server.settled();
  expect(await server.ask('telemetry.trace', { client, traceId }, key)).toMatchObject({ status: 200 });
}

/** A score, and what was logged, may come before its trace. */
const mayBeMissing = new Set(['scores.create', 'scores.createMany', 'scores.list', 'telemetry.logs']);

/** What the declaration promises, said a second time. */
function expected(op: AnyOperation, who: Who, { of }: Target): number {
  const { name, access, input } = op;
  if (!who.valid) return 401;
  if (access !== 'local' && access.of === 'self') return aboutNothing.has(name) ? 404 : 200;
  if (access === 'local' || access.of === 'practice') {
    const mayAsk = isOwner(who) || (access !== 'local' && access.roles.some((role) => role === who.person?.practiceRole));
    // An address that no setting may name.
    if (mayAsk && name === 'sso.set') return 400;
    return mayAsk ? (aboutNothing.has(name) ? 404 : 200) : 403;
  }
  const refusal = who.person ? refusalOfPerson(access, who.person, of.client) : refusalOfKey(access, who, of.client);
  if (refusal) return refusal;
  if (mayBeMissing.has(name)) return 200;
  if (aboutNothing.has(name)) return 404;
  return !('id' in input.shape || 'traceId' in input.shape) || of.object === of.client ? 200 : 404;
}

const isOwner = ({ scopes, person }: Who) => scopes.includes('admin') || person?.practiceRole === 'owner';

function refusalOfKey(access: ClientAccess, who: Who, client: 'A' | 'B' | null): number | undefined {
  if (!isOwner(who) && !who.scopes.includes(access.key)) return 403;
  return client === null || (!isOwner(who) && client !== who.client) ? 404 : undefined;
}

/** To a person a client that is not theirs is none; of one that is, the role says what is open. */
function refusalOfPerson(access: ClientAccess, person: NonNullable<Who['person']>, client: 'A' | 'B' | null): number | undefined {
  const role = person.practiceRole === 'owner' ? 'owner' : person.at?.client === client ? person.at.role : undefined;
  if (client === null || !role) return 404;
  return access.roles.includes(role) ? undefined : 403;
}

test('every operation has a line in the matrix', () => {
  expect(Object.keys(samples).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
});

/** As many side by side as one client may ask: on a slow machine more would wait for their turn until they are refused. */
const inTurn = atOnce(6);

/** The same question over both surfaces. */
const surfaces: Record<string, (name: string, input: object, who: Who) => Promise<Pick<Reply, 'status' | 'text'>>> = {
  HTTP: (name, input, { key, person }) => (person ? person.browser.ask(name, input) : server.ask(name, input, key)),
  MCP: async (name, input, { key, person }) => {
    const agreed = operations.some((op) => op.name === name && asksForConfirm(op)) ? { confirm: true } : {};
    const { status, text, json } = await (person?.browser ?? server).send('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: { ...input, ...agreed } } }),
    });
    if (status !== 200) return { status, text };
    const { isError, content } = Result.parse(json).result;
    const code = isError ? Failed.parse(JSON.parse(content[0]!.text)).error.code : undefined;
    return { status: code === undefined ? 200 : statusOf[code], text: content[0]!.text };
  },
};
const Result = z.object({
  result: z.object({ isError: z.boolean().optional(), content: z.array(z.object({ text: z.string() })).min(1) }),
});
const Failed = z.object({ error: z.object({ code: z.enum(Object.keys(statusOf) as ProblemCode[]) }) });

const both = Object.keys(surfaces).flatMap((surface) =>
  operations.filter((op) => surface !== 'MCP' || isForAgents(op)).map((op) => [surface, op.name, op] as const),
);
test.each(both)('who may, and on what, over %s: %s', async (surface, name, op) => {
  const ask = surfaces[surface]!;
  const wrong: string[] = [];
  const absent = new Set<string>();
  // What names no client is the same question whatever stands beside it.
  const asked = op.access !== 'local' && op.access.of === 'client' ? targets : targets.slice(0, 1);
  const cells = everyone.flatMap((who) => asked.map((target) => ({ who, target })));
  await Promise.all(
    cells.map(async ({ who, target }) => {
      const reply = await inTurn(() => ask(name, samples[name]!(target), who));
      // Agents show keys.
      const want = surface === 'MCP' && who.person ? 401 : expected(op, who, target);
      if (reply.status !== want || leaks(reply, who))
        wrong.push(`${who.name}, ${target.name}: ${reply.status}, not ${want}: ${reply.text}`);
      if (reply.status === 404) absent.add(reply.text);
    }),
  );
  expect(wrong).toEqual([]);
  // What belongs to another is absent in the words of what does not exist.
  for (const text of absent) expect(text).toMatch(/"There is no such (client|key|trace|price|person|invitation|session)\."/);
  expect(absent.size).toBeLessThanOrEqual(2);
});

/** Whether somebody of one client was shown the other. */
const leaks = ({ text }: Pick<Reply, 'text'>, { client }: Who) =>
  client !== null && text.includes(client === 'A' ? 'Canary B' : 'Canary A');
