import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { DAY_MS } from '../../platform/clock.ts';
import { testServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const statusOf = async (key: string) => (await server.ask('clients.list', {}, key)).status;
/** 403: let in, and this is not for it. 401: not let in. */
const isLetIn = async (key: string) => (await statusOf(key)) !== 401;

test('a client is added once, however many try at once and however they spell it', async () => {
  const spelt = ['Énitech', 'énitech', ' ÉNITECH ', 'E\u0301nitech', 'Ｅ\u0301nitech'];
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, i) => server.ask('clients.create', { name: spelt[i % spelt.length] })),
  );
  const count = (wanted: number) => replies.filter(({ status }) => status === wanted).length;
  expect([count(200), count(409)]).toEqual([1, 29]);
});

test.each(['', '  ', 'x'.repeat(121), 'a\nb', '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e', 'a\u202Eb'])(
  'a name that could be taken for another, or is none, is refused: %j',
  async (name) => {
    expect(await server.ask('clients.create', { name })).toMatchObject({ status: 400 });
  },
);

test('a client is named by its id or its name, and every answer about it says which it is', async () => {
  const { id } = await server.client('Globex');
  for (const client of [id, id.toUpperCase(), 'Globex', 'globex'])
    expect(await server.ask('keys.list', { client })).toMatchObject({ status: 200, json: { client: id } });
});

test('a key is shown once, and nowhere kept', async () => {
  const { id, key, keyId } = await server.client('Hooli');
  expect(key).toMatch(/^stwc_[\da-f]{48}$/);
  const listed = await server.ask('keys.list', { client: id });
  expect(listed.text).toContain(keyId);
  expect(listed.text).not.toContain(key.slice(5, 20));

  await using records = await server.records();
  const Text = z.object({ text: z.string() });
  const rows = await records.rows(Text)`
    select k::text as text from api_key k union all select a::text from audit_entry a
    union all select p::text from practice_audit_entry p union all select o::text from practice_key o`;
  expect(rows.length).toBeGreaterThan(3);
  for (const { text } of rows) for (const one of [key, server.ownerKey()]) expect(text).not.toContain(one.slice(5, 20));
  expect(server.log.join('')).not.toContain(key);
});

test('a key with one digit changed is told from ours without a look-up', async () => {
  const { key } = await server.client('Umbrella');
  for (const at of [4, 5, 30, 52]) {
    const wrong = key.slice(0, at) + (key[at] === '0' ? '1' : '0') + key.slice(at + 1);
    expect(await isLetIn(wrong)).toBe(false);
  }
});

test('a key that was revoked is refused at once, also where it was just let in, and so is one of a client that was closed', async () => {
  const { id, key, keyId } = await server.client('Stark');
  expect(await isLetIn(key)).toBe(true);
  const first = await server.ask('keys.revoke', { client: id, id: keyId });
  expect(await isLetIn(key)).toBe(false);
  const closed = await server.client('Greyjoy');
  expect(await isLetIn(closed.key)).toBe(true);
  await server.ask('clients.close', { id: closed.id });
  expect(await isLetIn(closed.key)).toBe(false);
  // Revoking twice changes nothing.
  expect((await server.ask('keys.revoke', { client: id, id: keyId })).json).toEqual(first.json);
});

test('a key ends by itself, after a year at the latest', async () => {
  const { id } = await server.client('Wayne');
  const { key } = await server.key(id, ['read'], 2);
  expect(await isLetIn(key)).toBe(true);
  server.later(2 * DAY_MS);
  expect(await isLetIn(key)).toBe(false);
  expect(await server.ask('keys.create', { client: id, scopes: ['read'], expiresInDays: 366 })).toMatchObject({ status: 400 });
});

test.each([[[]], [['admin']], [['read', 'everything']]])('a client’s key cannot have the scopes %j', async (scopes) => {
  const { id } = await server.client(`Acme ${scopes.length} ${scopes[0]}`);
  expect(await server.ask('keys.create', { client: id, scopes })).toMatchObject({ status: 400 });
});

test('a write leaves one entry in the audit trail; a read and a failed write leave none', async () => {
  const { id } = await server.client('Soylent', ['read']);
  await server.ask('keys.list', { client: id });
  await server.ask('keys.revoke', { client: id, id: '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e' });
  await server.ask('clients.create', { name: 'Soylent' });
  await using records = await server.records();
  const Entry = z.object({ operation: z.string(), kind: z.string(), input: z.unknown() });
  expect(await records.rows(Entry)`select operation, actor_kind as kind, input from audit_entry where client_id = ${id}`).toEqual(
    [{ operation: 'keys.create', kind: 'key', input: { client: id, scopes: ['read'], name: 'API key', expiresInDays: 365 } }],
  );
  expect(
    await records.rows(Entry)`
      select operation, actor_kind as kind, input from practice_audit_entry where input ->> 'name' = 'Soylent'`,
  ).toHaveLength(1);
});

test('the use of a key is noted', async () => {
  const { id, key } = await server.client('Tyrell');
  await statusOf(key);
  const { json } = await server.ask('keys.list', { client: id });
  expect(json).toMatchObject({ keys: [{ lastUsedAt: expect.any(String) }] });
});

test('the owner’s key is for the owner’s eyes, outlives a restart, and is replaced when it is lost, broken or old', async () => {
  const file = join(server.dataDir, 'owner.key');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const key = server.ownerKey();
  await server.restart();
  expect(server.ownerKey()).toBe(key);

  rmSync(file);
  await server.restart();
  const second = server.ownerKey();
  expect(second).not.toBe(key);
  writeFileSync(file, 'stwp_nonsense');
  await server.restart();
  expect(readFileSync(file, 'utf8').trim()).not.toBe(second);
  expect(await statusOf(server.ownerKey())).toBe(200);

  const old = server.ownerKey();
  server.later(340 * DAY_MS);
  await server.restart();
  expect(server.ownerKey()).not.toBe(old);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
