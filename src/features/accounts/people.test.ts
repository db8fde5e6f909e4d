import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../platform/clock.ts';
import { span, traces } from '../telemetry/otlp/testing/body.ts';
import { encodeJson } from '../telemetry/otlp/testing/encode.ts';
import { testServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const tokenOf = ({ json }: { json: unknown }) => new URL((json as { url: string }).url).searchParams.get('token');
const invite = (client: string, email: string, role: string) => server.ask('people.invite', { client, email, role });
const newcomer = { name: 'Grace Hopper', password: 'a password for tests' };

test('an invitation tells what it is to, and lets one person in, once', async () => {
  const { id } = await server.client('Acme');
  const invited = await invite(id, 'Grace@Acme.example', 'member');
  expect(invited).toMatchObject({ status: 200, json: { client: id, email: 'grace@acme.example', role: 'member' } });
  const token = tokenOf(invited);
  expect(await server.browser().auth('invitation/show', { token })).toMatchObject({
    status: 200,
    json: { email: 'grace@acme.example', role: 'member', client: { id, name: 'Acme' }, hasAccount: false },
  });
  expect(await server.browser().auth('invitation/accept', { token })).toMatchObject({ status: 400 });
  const browsers = Array.from({ length: 5 }, () => server.browser());
  const replies = await Promise.all(browsers.map((browser) => browser.auth('invitation/accept', { token, ...newcomer })));
  expect([200, 404].map((wanted) => replies.filter(({ status }) => status === wanted).length)).toEqual([1, 4]);
  const grace = browsers[replies.findIndex(({ status }) => status === 200)]!;
  expect(await grace.ask('session.show')).toMatchObject({
    json: { practiceRole: null, clients: [{ id, name: 'Acme', role: 'member' }] },
  });
  expect(await server.ask('people.list', { client: id })).toMatchObject({
    json: { people: [{ name: 'Grace Hopper', role: 'member' }], invited: [] },
  });
});

test('an invitation ends: replaced, withdrawn, or with its client', async () => {
  const { id } = await server.client('Initech');
  const tokens = [await invite(id, 'one@initech.example', 'member'), await invite(id, 'one@initech.example', 'sponsor')].map(
    tokenOf,
  );
  const show = (token: string | null | undefined) => server.browser().auth('invitation/show', { token });
  expect(await show(tokens[0])).toMatchObject({ status: 404 });
  expect(await show(tokens[1])).toMatchObject({ status: 200, json: { role: 'sponsor' } });
  const { json } = await server.ask('people.list', { client: id });
  const [{ id: invitation }] = (json as unknown as { invited: [{ id: string }] }).invited;
  expect(await server.ask('people.withdraw', { client: id, id: invitation })).toMatchObject({ status: 200 });
  expect(await show(tokens[1])).toMatchObject({ status: 404 });

  const last = tokenOf(await invite(id, 'two@initech.example', 'member'));
  await server.ask('clients.close', { id });
  expect(await show(last)).toMatchObject({ status: 404 });
  await server.ask('clients.reopen', { id });
  expect(await show(last)).toMatchObject({ status: 200 });
});

test('who has an account opens an invitation signed in, and nobody else opens it for them', async () => {
  const [a, b] = [await server.client('Hooli'), await server.client('Globex')];
  const ada = await server.person('Ada', 'member', a.id);
  const eve = await server.person('Eve', 'member', a.id);
  const token = tokenOf(await invite(b.id, ada.email, 'reviewer'));
  const refused = { status: 409, json: { error: { details: { reason: 'SIGN_IN_FIRST' } } } };
  expect(await server.browser().auth('invitation/accept', { token, ...newcomer })).toMatchObject(refused);
  expect(await eve.auth('invitation/accept', { token })).toMatchObject(refused);
  expect(await ada.auth('invitation/accept', { token })).toMatchObject({ status: 200 });
  expect(await ada.ask('session.show')).toMatchObject({
    json: {
      clients: [
        { name: 'Globex', role: 'reviewer' },
        { name: 'Hooli', role: 'member' },
      ],
    },
  });
});

test('a role that changes ends the sessions, and holds from then on', async () => {
  const { id } = await server.client('Stark');
  const pepper = await server.person('Pepper', 'sponsor', id);
  expect(await pepper.ask('people.list', { client: id })).toMatchObject({ status: 200 });
  expect(await server.ask('people.setRole', { client: id, id: pepper.id, role: 'reviewer' })).toMatchObject({
    json: { role: 'reviewer' },
  });
  expect(await pepper.ask('session.show')).toMatchObject({ status: 401 });
  await pepper.auth('sign-in/email', { email: pepper.email, password: pepper.password });
  expect(await pepper.ask('people.list', { client: id })).toMatchObject({ status: 403 });
  await server.ask('people.remove', { client: id, id: pepper.id });
  expect(await pepper.ask('session.show')).toMatchObject({ status: 401 });
  await pepper.auth('sign-in/email', { email: pepper.email, password: pepper.password });
  expect(await pepper.ask('people.list', { client: id })).toMatchObject({ status: 404 });
});

test('an operator handles the people of the client they were granted, but no grants, and no other client’s people', async () => {
  const [a, b] = [await server.client('Wayne'), await server.client('Queen')];
  const operator = await server.person('Lucius', 'operator', a.id);
  const other = await server.person('Oliver', 'member', b.id);
  const second = await server.person('Fox', 'operator', a.id);
  expect(await operator.ask('people.invite', { client: a.id, email: 'x@wayne.example', role: 'member' })).toMatchObject({
    status: 200,
  });
  expect(await operator.ask('people.invite', { client: a.id, email: 'y@wayne.example', role: 'operator' })).toMatchObject({
    status: 403,
  });
  expect(await operator.ask('people.remove', { client: a.id, id: second.id })).toMatchObject({ status: 403 });
  for (const verb of ['people.setRole', 'people.remove'])
    expect(
      await operator.ask(verb, { client: a.id, id: other.id, ...(verb === 'people.setRole' && { role: 'operator' }) }),
    ).toMatchObject({ status: verb === 'people.remove' ? 404 : 403 });
  expect(await operator.ask('people.setRole', { client: a.id, id: other.id, role: 'member' })).toMatchObject({ status: 404 });
  // An owner grants by hand.
  expect(await server.ask('people.setRole', { client: b.id, id: operator.id, role: 'operator' })).toMatchObject({ status: 200 });
  expect(await operator.ask('people.list', { client: b.id })).toMatchObject({ status: 200 });
  expect(await server.ask('people.setRole', { client: b.id, id: randomUUID(), role: 'operator' })).toMatchObject({ status: 404 });
  // Who leaves the practice is nobody's operator.
  await server.ask('team.setRole', { id: operator.id, role: 'none' });
  await operator.auth('sign-in/email', { email: operator.email, password: operator.password });
  expect(await operator.ask('session.show')).toMatchObject({ json: { practiceRole: null, clients: [] } });
});

test('a practice keeps an owner, also when two end each other at once', async () => {
  const olga = await server.person('Olga', 'owner');
  const otto = await server.person('Otto', 'owner');
  const replies = await Promise.all([
    olga.ask('team.remove', { id: otto.id }),
    otto.ask('team.setRole', { id: olga.id, role: 'none' }),
  ]);
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  const { json } = await server.ask('team.list', {});
  const owners = (json as unknown as { people: { id: string; practiceRole: string | null }[] }).people.filter(
    ({ practiceRole }) => practiceRole === 'owner',
  );
  expect(owners).toHaveLength(1);
  for (const verb of ['team.remove', 'team.setRole'])
    expect(await server.ask(verb, { id: owners[0]!.id, ...(verb === 'team.setRole' && { role: 'operator' }) })).toMatchObject({
      status: 409,
    });
});

test('a client is renamed, closed, opened again and, its name typed, deleted with all it had', async () => {
  const [gone, kept] = [await server.client('Umbrella'), await server.client('Tyrell')];
  const worker = await server.person('Worker', 'member', gone.id);
  for (const { key } of [gone, kept]) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    await server.send('/v1/traces', {
      method: 'POST',
      headers,
      body: encodeJson(traces([span({}, { traceId: 'ab'.repeat(16) })])),
    });
  }
  const trace = ({ id, key }: { id: string; key: string }) =>
    server.ask('telemetry.trace', { client: id, traceId: 'ab'.repeat(16) }, key);
  // A client is not deleted while the spool holds what it sent.
  await server.settled();
  for (const client of [gone, kept]) expect(await trace(client)).toMatchObject({ status: 200 });

  expect(await server.ask('clients.rename', { id: 'umbrella', name: 'Tyrell' })).toMatchObject({ status: 409 });
  expect(await server.ask('clients.rename', { id: 'umbrella', name: 'Umbra' })).toMatchObject({
    json: { id: gone.id, name: 'Umbra' },
  });
  expect(await server.ask('clients.delete', { id: gone.id, confirm: 'Umbra' })).toMatchObject({ status: 409 });
  expect(await server.ask('clients.close', { id: gone.id })).toMatchObject({ json: { closedAt: expect.any(String) } });
  server.later(5 * SECOND_MS);
  expect(await trace(gone)).toMatchObject({ status: 401 });
  expect(await worker.ask('people.list', { client: gone.id })).toMatchObject({ status: 404 });
  expect(await server.ask('people.list', { client: gone.id })).toMatchObject({ status: 404 });

  await server.ask('clients.reopen', { id: gone.id });
  expect(await trace(gone)).toMatchObject({ status: 200 });
  await server.ask('clients.close', { id: gone.id });
  server.later(2 * MINUTE_MS);
  expect(await server.ask('clients.delete', { id: gone.id, confirm: 'Umbrella' })).toMatchObject({ status: 400 });
  expect(await server.ask('clients.delete', { id: gone.id, confirm: 'umbra' })).toMatchObject({ status: 200 });
  expect((await server.ask('clients.list', {})).text).not.toContain(gone.id);
  expect(await trace(kept)).toMatchObject({ status: 200 });
  expect(await worker.ask('session.show')).toMatchObject({ status: 401 });
  // What a client of the same id would find: the rows are gone, and not only out of reach.
  await using records = await server.records();
  const { z } = await import('zod');
  await records.rows(z.never())`
    insert into client (id, name, folded_name, created_at) values (${gone.id}, 'Umbra', 'umbra', now())`;
  expect(await server.ask('telemetry.trace', { client: gone.id, traceId: 'ab'.repeat(16) })).toMatchObject({ status: 404 });
  expect(await server.ask('auditTrail.list', { client: gone.id })).toMatchObject({ json: { entries: [] } });
});

test('further keys of the practice are made, listed and revoked', async () => {
  const { json } = await server.ask('practiceKeys.create', { name: 'CI', expiresInDays: 1 });
  const { id, key } = json as unknown as { id: string; key: string };
  expect(await server.ask('clients.list', {}, key)).toMatchObject({ status: 200 });
  const listed = await server.ask('practiceKeys.list', {});
  expect(listed.json).toMatchObject({ keys: [{ name: 'owner.key' }, { id, name: 'CI', ending: key.slice(-4) }] });
  expect(listed.text).not.toContain(key.slice(5, 20));
  await server.ask('practiceKeys.revoke', { id });
  server.later(5 * SECOND_MS);
  expect(await server.ask('clients.list', {}, key)).toMatchObject({ status: 401 });
});

test('the audit trail is read page by page, with who it was by name, and no other client’s', async () => {
  const { id } = await server.client('Cyberdyne');
  const miles = await server.person('Miles', 'operator', id);
  for (let i = 0; i < 4; i += 1) await miles.ask('keys.create', { client: id, scopes: ['read'], name: `Key ${i}` });
  const seen: { operation: string; actorName: string | null; actorKind: string }[] = [];
  let before: string | null | undefined;
  do {
    const { json } = await miles.ask('auditTrail.list', { client: id, limit: 2, ...(before && { before }) });
    const page = json as unknown as { entries: typeof seen; next: string | null };
    seen.push(...page.entries);
    before = page.next;
  } while (before);
  const byOwnerKey = expect.stringMatching(/^owner\.key \(…[\da-f]{4}\)$/);
  expect(seen.map(({ operation, actorName, actorKind }) => [operation, actorKind, actorName])).toEqual([
    ...Array.from({ length: 4 }, () => ['keys.create', 'person', 'Miles']),
    ['people.join', 'person', 'Miles'],
    ['people.invite', 'key', byOwnerKey],
    ['keys.create', 'key', byOwnerKey],
  ]);
  const ofPractice = (await server.ask('auditTrail.practice', { limit: 100 })).json as unknown as { entries: typeof seen };
  // Refused attempts of other tests may be written in between.
  expect(ofPractice.entries.find(({ operation }) => operation !== 'session.refused')).toMatchObject({
    operation: 'clients.create',
  });
  const nobody = '0'.repeat(8) + '-0000'.repeat(3) + '-' + '0'.repeat(12);
  for (const before of [
    "'; drop table person",
    `2026-99-99T99:99:99.000Z_${nobody}`,
    `2026-01-01T00:00:00.000Z_${'-'.repeat(36)}`,
  ])
    expect(await server.ask('auditTrail.list', { client: id, before })).toMatchObject({ status: 400 });
});

test('an invitation is good for a week, and so is a session at the most', async () => {
  const { id } = await server.client('Soylent');
  const token = tokenOf(await invite(id, 'late@soylent.example', 'member'));
  const sol = await server.person('Sol', 'member', id);
  server.later(7 * DAY_MS - 10 * MINUTE_MS);
  expect(await sol.ask('session.show')).toMatchObject({ status: 200 });
  expect(await server.browser().auth('invitation/show', { token })).toMatchObject({ status: 200 });
  server.later(10 * MINUTE_MS);
  expect(await sol.ask('session.show')).toMatchObject({ status: 401 });
  expect(await server.browser().auth('invitation/show', { token })).toMatchObject({ status: 404 });
});
