import { OAuth2Server, type MutableToken } from 'oauth2-mock-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askKept, isPublicAddress } from '../../../platform/egress.ts';
import { sendTo, testServer, type TestBrowser, type TestServer } from '../../../testing/server.ts';

/** A provider that speaks the real protocol on a real socket. */
const provider = new OAuth2Server();
let server: TestServer;
let issuer: string;
let identity: Record<string, unknown>;

beforeAll(async () => {
  await provider.issuer.keys.generate('RS256');
  await provider.start(0, '127.0.0.1');
  issuer = provider.issuer.url!;
  provider.service.on('beforeTokenSigning', (token: MutableToken) => Object.assign(token.payload, identity));
  server = await testServer([], { env: { STEWARD_INSIDE_HOSTS: 'localhost' } });
  const set = await server.ask('sso.set', { name: 'Fake', issuer, clientId: 'steward', clientSecret: 'geheim' });
  expect(set).toMatchObject({ status: 200, json: { provider: { issuer, clientId: 'steward' } } });
});
afterAll(async () => {
  await server.close();
  await provider.stop();
});
beforeEach(() => {
  identity = {};
});

test('the page of the sign-in is told the name of the provider, and nothing else of it', async () => {
  expect((await server.browser().send('/api/auth/ways')).json).toEqual({ sso: { name: 'Fake' } });
  await server.ask('sso.remove', {});
  expect((await server.browser().send('/api/auth/ways')).json).toEqual({ sso: null });
  await server.ask('sso.set', { name: 'Fake', issuer, clientId: 'steward', clientSecret: 'geheim' });
});

/** Goes to the provider and back, as a browser does. Answers where it ended. */
async function comeBySso(browser: TestBrowser, changed: (url: string) => string = (url) => url): Promise<string> {
  const began = await browser.auth('sign-in/social', { provider: 'sso', callbackURL: '/', errorCallbackURL: '/sign-in' });
  expect(began).toMatchObject({ status: 200 });
  const atProvider = await sendTo((began.json as unknown as { url: string }).url);
  expect(atProvider.status).toBe(302);
  const back = new URL(changed(atProvider.headers['location'] as string));
  const reply = await browser.send(`${back.pathname}${back.search}`, {
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  });
  const { location } = reply.headers;
  return typeof location === 'string' ? location : String(reply.status);
}

const is = (email: string, more: object = {}) => ({
  sub: `id of ${email}`,
  email,
  email_verified: true,
  name: 'Sue',
  aud: 'steward',
  ...more,
});

test('who was invited comes in by the provider, and from then on is known to it', async () => {
  const { id } = await server.client('Acme');
  await server.ask('people.invite', { client: id, email: 'sue@acme.example', role: 'sponsor' });
  identity = is('sue@acme.example');
  for (let i = 0; i < 2; i += 1) {
    const browser = server.browser();
    expect(await comeBySso(browser)).toBe('/');
    expect(await browser.ask('session.show')).toMatchObject({
      json: { person: { name: 'Sue', email: 'sue@acme.example' }, clients: [{ id, role: 'sponsor' }] },
    });
  }
});

test('who has an account comes in by a verified address', async () => {
  const olga = await server.person('Olga', 'owner');
  const browser = server.browser();
  identity = is(olga.email);
  expect(await comeBySso(browser)).toBe('/');
  expect(await browser.ask('session.show')).toMatchObject({ json: { person: { id: olga.id }, practiceRole: 'owner' } });
});

test('who made an account of somebody’s address before them is out once its owner comes by the provider', async () => {
  const { id } = await server.client('Umbrella');
  const early = await server.person('Vic', 'member', id);
  identity = is(early.email, { sub: 'the real one' });
  const browser = server.browser();
  expect(await comeBySso(browser)).toBe('/');
  expect(await browser.ask('session.show')).toMatchObject({ json: { person: { id: early.id } } });
  expect(await early.ask('session.show')).toMatchObject({ status: 401 });
  const { email, password } = early;
  expect(await server.browser().auth('sign-in/email', { email, password })).toMatchObject({ status: 401 });
});

test('what another provider calls somebody is nobody here', async () => {
  const wes = await server.person('Wes', 'owner');
  identity = is(wes.email, { sub: '1' });
  expect(await comeBySso(server.browser())).toBe('/');
  await using records = await server.records();
  const { z } = await import('zod');
  // As if it had been another provider until now.
  await records.rows(z.never())`update sso_provider set issuer = 'https://before.example'`;
  await server.ask('sso.set', { name: 'Fake', issuer, clientId: 'steward', clientSecret: 'geheim' });
  identity = is('eve@evil.example', { sub: '1' });
  const browser = server.browser();
  expect(await comeBySso(browser)).toMatch(/error=/);
  expect(await browser.ask('session.show')).toMatchObject({ status: 401 });
});

test.each<[string, object]>([
  ['was not invited', is('eve@evil.example')],
  ['has an address that was not verified', is('uma@people.example', { email_verified: false })],
  ['shows a token for another program', is('uma@people.example', { aud: 'another' })],
  ['shows a token of another provider', is('uma@people.example', { iss: 'https://evil.example' })],
  ['shows a token of another sign-in', is('uma@people.example', { nonce: 'another' })],
  ['shows a token that expired', is('uma@people.example', { exp: 1 })],
])('who %s is refused', async (_, claims) => {
  if (!(await server.ask('team.list', {})).text.includes('uma@people.example')) await server.person('Uma', 'owner');
  const browser = server.browser();
  identity = claims as Record<string, unknown>;
  expect(await comeBySso(browser)).toMatch(/^\/sign-in\?error=/);
  expect(await browser.ask('session.show')).toMatchObject({ status: 401 });
});

test('what came back to another browser, or was changed on the way, lets nobody in', async () => {
  await server.person('Una', 'owner');
  identity = is('una@people.example');
  const browser = server.browser();
  expect(await comeBySso(browser, (url) => url.replace(/state=[^&]+/, 'state=forged'))).not.toBe('/');
  let stolen = '';
  await comeBySso(server.browser(), (url) => ((stolen = url), url));
  expect(await comeBySso(browser, () => stolen)).not.toBe('/');
  expect(await browser.ask('session.show')).toMatchObject({ status: 401 });
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  'nobody is sent on to %s',
  async (url) => {
    for (const field of ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL'])
      expect(await server.browser().auth('sign-in/social', { provider: 'sso', [field]: url })).toMatchObject({ status: 403 });
    const idToken = { token: 'x', nonce: 'x' };
    expect(await server.browser().auth('sign-in/social', { provider: 'sso', idToken })).toMatchObject({ status: 404 });
  },
);

test('the provider’s secret is kept encrypted and never shown', async () => {
  await using records = await server.records();
  const { z } = await import('zod');
  const [row] = await records.rows(z.object({ text: z.string() }))`select p::text as text from sso_provider p`;
  expect(row?.text).not.toContain('geheim');
  for (const name of ['sso.show', 'auditTrail.practice']) expect((await server.ask(name, {})).text).not.toContain('geheim');
});

test.each([
  ['http://169.254.169.254/latest/meta-data', 400],
  ['https://127.0.0.1', 400],
  ['https://[::1]', 400],
  ['https://[::ffff:127.0.0.1]', 400],
  ['https://0x7f000001', 400],
  ['https://2130706433', 400],
  ['http://example.com', 400],
  ['ftp://example.com', 400],
  ['https://user:pw@example.com', 400],
])('a provider may not be aimed at what only the server can reach: %s', async (aimed, status) => {
  expect(await server.ask('sso.set', { name: 'x', issuer: aimed, clientId: 'x', clientSecret: 'x' })).toMatchObject({ status });
});

test('addresses that are nobody’s on the internet are known', async () => {
  for (const address of [
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    'fd00::1',
    'fe80::1',
    '::',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
  ])
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
  for (const address of ['8.8.8.8', '2606:4700::1111']) expect([address, isPublicAddress(address)]).toEqual([address, true]);
  // A redirect is an answer like another, and not followed.
  const { status } = await askKept(
    `${issuer}/authorize?response_type=code&redirect_uri=http://169.254.169.254/&scope=x&client_id=x`,
    {},
    ['localhost'],
  );
  expect(status).toBe(302);
});
