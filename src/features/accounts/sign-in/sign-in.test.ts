import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../platform/clock.ts';
import { unavailable } from '../../../platform/problem.ts';
import { quiet } from '../../../stores/testing/temp.ts';
import { testServer, type TestBrowser, type TestServer } from '../../../testing/server.ts';
import { openSignIn } from './index.ts';

let server: TestServer;
let owner: TestBrowser;
const ada = { name: 'Ada Byron', email: 'ada@practice.example', password: 'correct horse battery' };
const tokenOf = (url: string | undefined) => new URL(url!).searchParams.get('token')!;

beforeAll(async () => {
  server = await testServer();
  owner = server.browser();
  const reply = await owner.auth('welcome', { token: tokenOf(server.ownerLink()), ...ada });
  expect(reply).toMatchObject({ status: 200, json: { person: { name: ada.name, email: ada.email } } });
});
afterAll(() => server.close());

const signIn = async ({ email, password }: { email: string; password: string }) => {
  const browser = server.browser();
  const reply = await browser.auth('sign-in/email', { email, password });
  return { browser, reply };
};

test('the owner’s link lets one owner in, once', async () => {
  expect(await owner.ask('session.show')).toMatchObject({
    status: 200,
    json: { kind: 'person', practiceRole: 'owner', person: { email: ada.email, twoFactor: false } },
  });
  const again = await server.browser().auth('welcome', { token: tokenOf(server.ownerLink()), ...ada, email: 'eve@evil.example' });
  expect(again).toMatchObject({ status: 404, json: { error: { code: 'not_found', details: { reason: 'LINK_SPENT' } } } });
});

test('of fifty who open an owner’s link at once one is let in, and after a restart no new link is printed', async () => {
  const { json } = await server.ask('practice.ownerLink', {});
  const token = tokenOf((json as unknown as { url: string }).url);
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, i) => server.browser().auth('welcome', { token, ...ada, email: `o${i}@practice.example` })),
  );
  expect([200, 404].map((wanted) => replies.filter(({ status }) => status === wanted).length)).toEqual([1, 49]);
  await server.restart();
  expect(server.ownerLink()).toBeUndefined();
});

test('with the password, and only with it', async () => {
  const { browser, reply } = await signIn(ada);
  expect(reply.status).toBe(200);
  expect(reply.text).not.toMatch(/token/);
  expect(String(reply.headers['set-cookie'])).toMatch(/steward\.session_token=.*HttpOnly.*SameSite=Lax/i);
  expect(await browser.ask('clients.list')).toMatchObject({ status: 200 });
  const wrong = await signIn({ ...ada, password: 'wrong horse battery' });
  const unknown = await signIn({ ...ada, email: 'nobody@practice.example' });
  expect(wrong.reply).toMatchObject({ status: 401, json: { error: { code: 'unauthorized' } } });
  expect(unknown.reply.json).toEqual(wrong.reply.json);
  expect(await wrong.browser.ask('clients.list')).toMatchObject({ status: 401 });
});

test('nobody signs up, and nothing else of the library is open', async () => {
  for (const path of ['sign-up/email', 'delete-user', 'change-email', 'reset-password', 'list-accounts', 'ok', 'sign-in/social/'])
    expect(await owner.auth(path, {})).toMatchObject({ status: 404 });
  expect(await owner.send('/api/auth/sign-in/email')).toMatchObject({ status: 405 });
});

test('a session is a cookie of our own pages: other pages, and scripts that tell no origin, are refused', async () => {
  const headers = { cookie: [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ') };
  const ask = (more: Record<string, string>) =>
    server.send('/api/clients.list', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', ...more },
      body: '{}',
    });
  expect(await ask({})).toMatchObject({ status: 403 });
  expect(await ask({ origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  expect(await ask({ 'sec-fetch-site': 'same-site' })).toMatchObject({ status: 403 });
  expect(await ask({ 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 200 });
  expect(await ask({ origin: server.url() })).toMatchObject({ status: 200 });
  // With a key beside it, the cookie counts for nothing.
  expect(await ask({ origin: server.url(), 'x-api-key': 'stwp_x' })).toMatchObject({ status: 401 });
  const stranger = await server.send('/api/auth/sign-out', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(stranger).toMatchObject({ status: 403 });
  expect(await owner.ask('session.show')).toMatchObject({ status: 200 });
});

test('a session is for operations alone: neither agents nor telemetry come in by it', async () => {
  expect(await owner.post('/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list' })).toMatchObject({ status: 401 });
  expect(await owner.post('/v1/traces', { resourceSpans: [] })).toMatchObject({ status: 401 });
});

test('who signs out is out', async () => {
  const { browser } = await signIn(ada);
  const cookies = new Map(browser.jar);
  expect(await browser.auth('sign-out')).toMatchObject({ status: 200 });
  for (const [name, value] of cookies) browser.jar.set(name, value);
  expect(await browser.ask('session.show')).toMatchObject({ status: 401 });
});

interface Enabled {
  totpURI: string;
  backupCodes: string[];
}

test('with a second factor a password alone opens nothing; codes, and each recovery code once, do', async () => {
  const tim = await server.person('Tim', 'operator');
  const other = server.browser();
  await other.auth('sign-in/email', { email: tim.email, password: tim.password });
  expect(await tim.auth('two-factor/enable', { password: 'wrong horse battery' })).toMatchObject({ status: 400 });
  const { totpURI, backupCodes } = (await tim.auth('two-factor/enable', { password: tim.password })).json as unknown as Enabled;
  const code = (ahead = 0) => createOTP(secretOf(totpURI)).hotp(Math.floor(Date.now() / 30_000) + ahead);
  const first = await code();
  expect(await tim.auth('two-factor/verify-totp', { code: first })).toMatchObject({ status: 200 });
  expect(await tim.ask('session.show')).toMatchObject({ status: 200, json: { person: { twoFactor: true } } });
  // Every other session ended with the change.
  expect(await other.ask('session.show')).toMatchObject({ status: 401 });

  const again = server.browser();
  const half = await again.auth('sign-in/email', { email: tim.email, password: tim.password });
  expect(half).toMatchObject({ status: 200, json: { twoFactorRedirect: true } });
  expect(await again.ask('session.show')).toMatchObject({ status: 401 });
  expect(await again.auth('two-factor/verify-totp', { code: '000000' })).toMatchObject({ status: 401 });
  // A code that somebody saw being typed, and the one before it, open nothing any more.
  const next = await code(1);
  for (const seen of [first, await code(-1)])
    expect(await again.auth('two-factor/verify-totp', { code: seen })).toMatchObject({ status: 401 });
  const both = await Promise.all([0, 1].map(() => again.auth('two-factor/verify-totp', { code: next, trustDevice: true })));
  expect([200, 401].map((wanted) => both.filter(({ status }) => status === wanted).length)).toEqual([1, 1]);
  expect(await again.ask('session.show')).toMatchObject({ status: 200 });
  // No device is excused from the second factor.
  expect(await again.auth('sign-in/email', { email: tim.email, password: tim.password })).toMatchObject({
    json: { twoFactorRedirect: true },
  });

  const lost = server.browser();
  for (const status of [200, 401]) {
    await lost.auth('sign-in/email', { email: tim.email, password: tim.password });
    expect(await lost.auth('two-factor/verify-backup-code', { code: backupCodes[0] })).toMatchObject({ status });
    await lost.auth('sign-out');
  }

  await using records = await server.records();
  const rows = await records.rows(z.object({ text: z.string() }))`select f::text as text from second_factor f`;
  for (const { text } of rows) for (const secret of [secretOf(totpURI), ...backupCodes]) expect(text).not.toContain(secret);
  expect(await again.auth('two-factor/disable', { password: tim.password })).toMatchObject({ status: 401 });
  expect(await tim.auth('two-factor/disable', { password: tim.password })).toMatchObject({ status: 200 });
  expect(await tim.ask('session.show')).toMatchObject({ json: { person: { twoFactor: false } } });
});

test('a name is one that the product would keep', async () => {
  const nan = await server.person('Nan', 'operator');
  for (const name of ['', 'a\u0007b', 'x'.repeat(121), 7, { toString: 1 }, undefined])
    expect(await nan.auth('update-user', { name })).toMatchObject({ status: 400 });
  expect(await nan.auth('update-user', { name: 'Nan', image: 'javascript:alert(1)' })).toMatchObject({ status: 400 });
  expect(await nan.auth('update-user', { name: ' Nan Two ' })).toMatchObject({ status: 200 });
  expect(await nan.ask('session.show')).toMatchObject({ json: { person: { name: 'Nan Two' } } });
});

test('however it is used, a session ends a week after it began', async () => {
  const sam = await server.person('Sam', 'operator');
  await using records = await server.records();
  const [row] = await records.rows(z.object({ days: z.number() }))`
    update session set expires_at = now() + interval '1 year' where person_id = ${sam.id}
    returning extract(epoch from expires_at - created_at)::float8 / 86400 as days`;
  expect(row?.days).toBeCloseTo(7);
});

test('while the record store is away, people are told to try again', async () => {
  const records = { behind: () => Promise.reject(unavailable('The record store is away.')) };
  const asked = { now: systemClock, log: quiet, secret: 's'.repeat(32), baseUrl: () => 'http://localhost', insideHosts: [] };
  const away = openSignIn({ ...asked, records, knownAs: () => '' });
  const headers = new Headers({ cookie: [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ') });
  const { email, password } = ada;
  for (const [method, path, body] of [
    ['POST', 'sign-in/email', { email, password }],
    ['POST', 'sign-in/social', { provider: 'sso', callbackURL: '/' }],
    ['POST', 'invitation/show', { token: 'x' }],
  ] as const) {
    const answer = away.answer({ method, path: `/api/auth/${path}`, headers, body });
    await expect(answer, path).rejects.toMatchObject({ code: 'unavailable' });
  }
  const mine = new Headers({ cookie: `steward.session_token=${await signed('x'.repeat(32), asked.secret)}` });
  await expect(away.admit(mine)).rejects.toMatchObject({ code: 'unavailable' });
});

/** A cookie as the library signs it. */
async function signed(value: string, secret: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, Buffer.from(value));
  return encodeURIComponent(`${value}.${Buffer.from(signature).toString('base64')}`);
}

test('a new password ends every other session, whatever the page asks for', async () => {
  const pam = await server.person('Pam', 'operator');
  const other = server.browser();
  await other.auth('sign-in/email', { email: pam.email, password: pam.password });
  const newPassword = 'another horse battery';
  const change = { currentPassword: pam.password, newPassword, revokeOtherSessions: false };
  expect(await pam.auth('change-password', { ...change, newPassword: 'short' })).toMatchObject({ status: 400 });
  expect(await pam.auth('change-password', change)).toMatchObject({ status: 200 });
  expect(await pam.ask('session.show')).toMatchObject({ status: 200 });
  expect(await other.ask('session.show')).toMatchObject({ status: 401 });
  expect((await signIn({ email: pam.email, password: newPassword })).reply).toMatchObject({ status: 200 });
});

const secretOf = (uri: string) => Buffer.from(base32.decode(new URL(uri).searchParams.get('secret')!)).toString('utf8');
