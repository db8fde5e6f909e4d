import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../platform/clock.ts';
import { testServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
let ada: Awaited<ReturnType<TestServer['person']>>;
let eve: Awaited<ReturnType<TestServer['person']>>;
beforeAll(async () => {
  server = await testServer();
  const { id } = await server.client('Acme');
  ada = await server.person('Ada', 'member', id);
  eve = await server.person('Eve', 'member', id);
});
afterAll(() => server.close());

interface Listed {
  sessions: { id: string; isThis?: boolean; browser: string | null }[];
}
const listed = ({ json }: { json: unknown }) => (json as Listed).sessions;

async function signIn({ email, password }: { email: string; password: string }, agent: string) {
  const browser = server.browser();
  const reply = await browser.send('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': agent },
    body: JSON.stringify({ email, password }),
  });
  expect(reply.status).toBe(200);
  return browser;
}

test('who is signed in sees where, and ends one of these', async () => {
  const phone = await signIn(ada, 'A phone/1');
  const seen = await phone.ask('sessions.list');
  expect(listed(seen)).toHaveLength(2);
  expect(listed(seen).filter(({ isThis }) => isThis)).toMatchObject([{ browser: 'A phone/1' }]);
  expect(seen.text).not.toContain(decodeURIComponent(phone.jar.get('steward.session_token')!).split('.')[0]);
  const { id } = listed(await ada.ask('sessions.list')).find(({ isThis }) => !isThis)!;
  expect(await ada.ask('sessions.end', { id })).toMatchObject({ status: 200, json: { id } });
  expect((await phone.ask('session.show')).status).toBe(401);
  expect(listed(await ada.ask('sessions.list'))).toMatchObject([{ isThis: true }]);
  expect(await ada.ask('sessions.end', { id })).toMatchObject({ status: 404 });
  const trail = await server.ask('auditTrail.practice', {});
  expect((trail.json as unknown as { entries: object[] }).entries).toContainEqual(
    expect.objectContaining({ operation: 'sessions.end', actorKind: 'person', actorId: ada.id, input: { id } }),
  );
});

test('nobody sees or ends the sessions of somebody else, but an owner does', async () => {
  const [{ id } = { id: '' }] = listed(await ada.ask('sessions.list'));
  expect(listed(await eve.ask('sessions.list')).map((one) => one.id)).not.toContain(id);
  expect(await eve.ask('sessions.end', { id })).toMatchObject({ status: 404 });
  for (const [name, input] of [
    ['team.sessions', { id: ada.id }],
    ['team.endSession', { id }],
  ] as const)
    expect(await eve.ask(name, input)).toMatchObject({ status: 403 });
  // A key has none.
  expect(await server.ask('sessions.list', {})).toMatchObject({ json: { sessions: [] } });
  expect(await server.ask('sessions.end', { id })).toMatchObject({ status: 404 });
  expect(listed(await server.ask('team.sessions', { id: ada.id }))).toMatchObject([{ id }]);
  expect(await server.ask('team.sessions', { id: randomUUID() })).toMatchObject({ status: 404 });
  expect(await server.ask('team.endSession', { id })).toMatchObject({ status: 200, json: { id, person: ada.id } });
  expect((await ada.ask('session.show')).status).toBe(401);
  expect((await eve.ask('session.show')).status).toBe(200);
});

test('one that ended by itself is not listed', async () => {
  await signIn(eve, 'Another/1');
  server.later(13 * HOUR_MS);
  expect(listed(await server.ask('team.sessions', { id: eve.id }))).toEqual([]);
});
