import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { operation } from '../../platform/operation.ts';
import { unavailable } from '../../platform/problem.ts';
import { postmasterPid } from '../../stores/testing/pids.ts';
import { eventually } from '../../stores/testing/temp.ts';
import { operationsOfAll, testServer, type TestServer } from '../../testing/server.ts';

const failing = operation({
  name: 'probe.fail',
  summary: 'Fails.',
  access: { of: 'practice', does: 'read', roles: ['owner'] },
  input: z.object({ how: z.enum(['bug', 'away']) }),
  output: z.object({}),
  run: (_ctx, { how }) =>
    Promise.reject(how === 'bug' ? new Error('geheim at postgres://me:pw@db') : unavailable('The store is away.')),
});

let server: TestServer;
beforeAll(async () => {
  server = await testServer([failing]);
});
afterAll(() => server.close());

const json = { 'content-type': 'application/json' };
const post = (body: string | Iterable<string>, headers: Record<string, string> = json, path = '/api/clients.list') =>
  server.send(path, { method: 'POST', headers: { authorization: `Bearer ${server.ownerKey()}`, ...headers }, body });

test('it says that it lives and that it is ready, to anyone and under any name', async () => {
  for (const path of ['/health', '/ready'])
    expect(await server.send(path, { headers: { host: 'anything.example' } })).toMatchObject({ status: 200 });
});

test.each<[string, Record<string, string>, number]>([
  ['Bearer', { authorization: 'Bearer KEY' }, 200],
  ['bearer, spelt small', { authorization: 'bearer KEY' }, 200],
  ['x-api-key', { 'x-api-key': 'KEY' }, 200],
  ['both, the same', { authorization: 'Bearer KEY', 'x-api-key': 'KEY' }, 200],
  ['both, different', { authorization: 'Bearer KEY', 'x-api-key': 'other' }, 401],
  ['Basic, as the password', { authorization: 'Basic user:KEY' }, 200],
  ['Basic, as the user', { authorization: 'Basic KEY:' }, 200],
  ['Basic, of nothing', { authorization: 'Basic :' }, 401],
  ['another scheme', { authorization: 'Digest KEY' }, 401],
  ['nothing', {}, 401],
])('a key is shown by %s', async (_, headers, status) => {
  const shown = Object.entries(headers).map(([name, value]) => {
    const text = value.replace('KEY', server.ownerKey());
    return [name, text.replace(/^Basic (.*)$/, (_all, pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`)];
  });
  const reply = await server.send('/api/clients.list', {
    method: 'POST',
    headers: { ...json, ...(Object.fromEntries(shown) as Record<string, string>) },
    body: '{}',
  });
  expect(reply.status).toBe(status);
  if (status === 401) expect(reply.headers).toMatchObject({ 'www-authenticate': expect.stringContaining('Bearer') });
});

test.each<[string, string]>([
  ['no JSON', 'name=x'],
  ['nothing', ''],
  ['a list', '[]'],
  ['a field nobody declared', '{"id":"x"}'],
  ['a field that stands twice', '{"a":{"b":1,"\\u0062":2}}'],
  ['a prototype', '{"__proto__":{"x":1}}'],
  ['a NUL in a name', '{"a\\u0000b":1}'],
  ['ten thousand levels', '['.repeat(10_000) + ']'.repeat(10_000)],
])('a body that is %s is refused', async (_, body) => {
  expect(await post(body)).toMatchObject({ status: 400, json: { error: { code: 'invalid' } } });
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', ''])(
  'a body sent as "%s" is not read',
  async (type) => {
    expect(await post('{}', { 'content-type': type })).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringMatching(/json/) } },
    });
  },
);

test('a charset may be named, a compression not', async () => {
  expect(await post('{}', { 'content-type': 'application/json; charset=utf-8' })).toMatchObject({ status: 200 });
  expect(await post('{}', { ...json, 'content-encoding': 'gzip' })).toMatchObject({ status: 400 });
});

test('a body past the limit is refused, whether its length is told or not', async () => {
  const piece = ' '.repeat(700_000);
  expect(await post(`${piece}${piece}{}`)).toMatchObject({ status: 413, json: { error: { code: 'too_large' } } });
  expect(await post([piece, piece, '{}'])).toMatchObject({ status: 413 });
});

test('of whoever is nobody yet, a body of a few kilobytes is read', async () => {
  const sent = (spaces: number) =>
    server.send('/api/auth/sign-in/email', {
      method: 'POST',
      headers: { ...json, origin: server.url() },
      body: `${' '.repeat(spaces)}{"email":"nobody@people.example","password":"no password of anybody"}`,
    });
  expect(await sent(10_000)).toMatchObject({
    status: 401,
    json: { error: { code: 'unauthorized', message: 'The e-mail or the password is not right.' } },
  });
  expect(await sent(20_000)).toMatchObject({
    status: 413,
    json: { error: { code: 'too_large', message: expect.stringMatching(/16 KB/) } },
  });
});

test.each<[string, Record<string, string>, number]>([
  ['a name that is bent to this address', { host: 'evil.example' }, 403],
  ['another origin', { origin: 'https://evil.example' }, 403],
  ['no origin that it would tell', { origin: 'null' }, 403],
  ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
  ['its own page', { 'sec-fetch-site': 'same-origin' }, 200],
])('a request from %s: %s', async (_, headers, status) => {
  expect(await post('{}', { ...json, ...headers })).toMatchObject({ status });
  const { status: own } = await post('{}', { ...json, origin: server.url() });
  expect(own).toBe(200);
});

test.each([
  '/api//clients.list',
  '/api/%2e%2e/clients.list',
  '/api/x%2fclients.list',
  '/api/../api/clients.list',
  '/api\\clients.list',
])('a path of two readings is refused: %s', async (path) => {
  expect(await post('{}', json, path)).toMatchObject({ status: 400 });
});

test('operations are asked by POST, and nothing else is there', async () => {
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'])
    expect(await server.send('/api/clients.create', { method })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  for (const path of ['/api', '/api/a/b', '/favicon.ico']) expect(await server.send(path)).toMatchObject({ status: 404 });
  expect(await post('{}', json, '/api/no.such')).toMatchObject({ status: 404 });
  for (const { name } of operationsOfAll.filter(({ access }) => access === 'local'))
    expect(await post('{}', json, `/api/${name}`)).toMatchObject({ status: 404 });
});

test('a bug is told as one, and its words stay in the log', async () => {
  const reply = await post('{"how":"bug"}', json, '/api/probe.fail');
  expect(reply).toMatchObject({ status: 500, json: { error: { code: 'internal' } } });
  expect(reply.text).not.toMatch(/geheim|postgres/);
  const id = String(reply.headers['x-request-id']);
  expect(reply.text).toContain(id);
  expect(server.log.find((line) => line.includes(id))).toContain('geheim');
});

test('what may be tried again says when', async () => {
  const reply = await post('{"how":"away"}', json, '/api/probe.fail');
  expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '2' }, json: { error: { code: 'unavailable' } } });
});

test('every answer forbids to keep, frame, sniff and run it', async () => {
  for (const reply of [await post('{}'), await post('x'), await server.send('/nowhere'), await server.send('/health')])
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
});

test('the OpenAPI document names every operation that is served, with its fields and who may', async () => {
  const { json: document } = await server.send('/api/openapi.json');
  const served = operationsOfAll.filter(({ access }) => access !== 'local').map(({ name }) => `/api/${name}`);
  expect(Object.keys(document['paths']!).toSorted()).toEqual([...served, '/api/probe.fail'].toSorted());
  expect(document).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/api/keys.create': {
        post: {
          'x-access': { of: 'client', key: 'admin' },
          requestBody: {
            content: { 'application/json': { schema: { additionalProperties: false, required: ['client', 'scopes'] } } },
          },
          responses: {
            200: {
              content: {
                'application/json': { schema: { properties: { client: {}, key: {}, expiresAt: { format: 'date-time' } } } },
              },
            },
          },
        },
      },
    },
  });
});

test('while PostgreSQL is being restarted, whoever asks is told to try again, and then is answered', async () => {
  const pid = postmasterPid(server.dataDir);
  process.kill(pid, 'SIGKILL');
  const replies = [];
  for (let i = 0; i < 40; i += 1) replies.push(await post('{}'), await server.send('/ready'));
  await eventually(async () => (await post('{}')).status === 200 && (await server.send('/ready')).status === 200);
  expect(postmasterPid(server.dataDir)).not.toBe(pid);
  for (const { status, headers, text } of replies) {
    expect([200, 503], text).toContain(status);
    if (status === 503) expect(headers).toHaveProperty('retry-after');
  }
  expect(await server.send('/health')).toMatchObject({ status: 200 });
});
