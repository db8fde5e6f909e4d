import { afterAll, beforeAll, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../platform/clock.ts';
import { testServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer([], { env: { STEWARD_PUBLIC_URL: 'http://127.0.0.1:4319' }, patience: 20, stands: true });
});
afterAll(() => server.close());

/** From somewhere else: a proxy of this machine says so. */
const from = (address: string) => ({ 'x-forwarded-for': `6.6.6.6, ${address}` });
const wrong = 'certainly the wrong one';
const tryIn = (email: string, password: string, address: string, browser = server.browser()) =>
  browser.auth('sign-in/email', { email, password }, from(address));

test('who guesses at an account waits longer and longer, and may then try again', async () => {
  const ada = await server.person('Ada', 'owner');
  for (let i = 0; i < 5; i += 1) expect(await tryIn(ada.email, wrong, '1.1.1.1')).toMatchObject({ status: 401 });
  const waits: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    // Also with the right password: while one waits nothing is looked at.
    const reply = await tryIn(ada.email, ada.password, '1.1.1.1');
    expect(reply).toMatchObject({ status: 429, json: { error: { code: 'too_many' } } });
    waits.push(Number(reply.headers['retry-after']));
    server.later(waits.at(-1)! * SECOND_MS);
    expect(await tryIn(ada.email, wrong, '1.1.1.1')).toMatchObject({ status: 401 });
  }
  expect(waits).toEqual([1, 2, 4, 8]);
  server.later(16 * SECOND_MS);
  expect(await tryIn(ada.email, ada.password, '1.1.1.1')).toMatchObject({ status: 200 });
  expect(await tryIn(ada.email, wrong, '1.1.1.1')).toMatchObject({ status: 401 });
});

test('of a hundred guesses at once all but a few wait', async () => {
  const bob = await server.person('Bob', 'operator');
  const replies = await Promise.all(Array.from({ length: 100 }, () => tryIn(bob.email, wrong, '2.2.2.2')));
  expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(95);
});

test('a stranger locks nobody out: not from elsewhere, not from the same address where the person is known, not as a crowd', async () => {
  const eva = await server.person('Eva', 'owner');
  for (let i = 0; i < 8; i += 1) {
    await tryIn(eva.email, wrong, '3.3.3.3');
    if (i >= 4) server.later(2 ** (i - 4) * SECOND_MS);
  }
  await tryIn(eva.email, wrong, '3.3.3.3');
  expect(await tryIn(eva.email, eva.password, '3.3.3.3')).toMatchObject({ status: 429 });
  expect(await tryIn(eva.email, eva.password, '3.3.3.4')).toMatchObject({ status: 200 });
  // The browser that Eva joined by.
  expect(await tryIn(eva.email, eva.password, '3.3.3.3', server.browser())).toMatchObject({ status: 429 });
  expect(await eva.auth('sign-in/email', { email: eva.email, password: eva.password }, from('3.3.3.3'))).toMatchObject({
    status: 200,
  });

  for (let i = 0; i < 12; i += 1) await tryIn(eva.email, wrong, `4.4.4.${i}`);
  // Who was refused once waits; who never was may try.
  expect(await tryIn(eva.email, wrong, '4.4.4.1')).toMatchObject({ status: 429 });
  expect(await tryIn(eva.email, eva.password, '5.5.5.5')).toMatchObject({ status: 200 });
  // What one browser was given is worth nothing for another account.
  const bob = server.browser();
  bob.jar.set('steward.known', eva.jar.get('steward.known')!);
  for (let i = 0; i < 5; i += 1) await tryIn('nobody@people.example', wrong, '7.7.7.7', bob);
  expect(await tryIn('nobody@people.example', wrong, '7.7.7.7', bob)).toMatchObject({ status: 429 });
});

test('one address that tries many accounts waits, and of IPv6 a whole network is one', async () => {
  for (let i = 0; i < 20; i += 1) await tryIn(`a${i}@people.example`, wrong, `2001:db8:1:2::${i.toString(16)}`);
  expect(await tryIn('z@people.example', wrong, '2001:db8:1:2:ffff::1')).toMatchObject({ status: 429 });
  expect(await tryIn('z@people.example', wrong, '2001:db8:1:3::1')).toMatchObject({ status: 401 });
});

test('wrong keys are told to wait, and a good one from the same address is let in', async () => {
  const ask = (key: string, path = '/api/clients.list') =>
    server.send(path, {
      method: 'POST',
      headers: { ...from('8.8.8.8'), 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: '{}',
    });
  const statuses = [];
  for (let i = 0; i < 25; i += 1) statuses.push((await ask('stwp_wrong')).status);
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
  expect(statuses.slice(20)).toContain(429);
  expect(await ask(server.ownerKey())).toMatchObject({ status: 200 });
  // An exporter would send again, for ever, what it is told to wait with.
  expect(await ask('stwc_wrong', '/v1/traces')).toMatchObject({ status: 401 });
});

test('who was refused stands in the practice’s audit trail, counted', async () => {
  for (let i = 0; i < 3; i += 1) await tryIn('mallory@people.example', wrong, '9.9.9.9');
  await server.restart();
  server.later(MINUTE_MS);
  const { json } = await server.ask('auditTrail.practice', { limit: 500 });
  const { entries } = json as unknown as { entries: { operation: string; actorId: string; input: unknown }[] };
  expect(entries.filter(({ actorId }) => actorId === '9.9.9.9')).toMatchObject([
    {
      operation: 'session.refused',
      actorKind: 'stranger',
      input: { how: 'sign-in/email', account: 'mallory@people.example', count: 3 },
    },
  ]);
  expect(JSON.stringify(entries)).not.toContain(wrong);
  expect(entries.filter(({ operation }) => operation === 'session.refused').length).toBeLessThan(60);
});
