import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { span, traces } from '../../features/telemetry/otlp/testing/body.ts';
import { encodeJson } from '../../features/telemetry/otlp/testing/encode.ts';
import { openBrowser, PHONE, DESKTOP, type TestBrowser } from '../../testing/browser.ts';
import { whyNoChromium } from '../../testing/chromium.ts';
import { testServer, type TestServer } from '../../testing/server.ts';

const reason = whyNoChromium();
if (reason) process.stderr.write(`The web app is not tested in a browser: ${reason}.\n`);

/** Tables that must be moved sideways to be read. */
const CUT_TABLES = `[...document.querySelectorAll('.table-frame')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel)`;

/** A busy machine must not look like a fault. */
const PATIENT = { timeout: 90_000 };

/** What an app on a phone shows (RFC 6238). */
function codeOf(secret: string, stepsAhead = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = Array.from(secret, (sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + stepsAhead));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1)! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** An agent that calls a model, then a tool that fails, then the model again, now. */
function agentTrace(hostile: string) {
  const now = Date.now();
  const at = (ms: number) => String(BigInt(now - 6000 + ms) * 1_000_000n);
  const step = (spanId: string, from: number, to: number, name: string, of: object, more: object = {}) =>
    span(
      { 'session.id': 'session-7', 'user.id': 'kim@acme.example', ...of },
      {
        traceId: 'a'.repeat(32),
        spanId,
        name,
        parentSpanId: '1'.repeat(16),
        startTimeUnixNano: at(from),
        endTimeUnixNano: at(to),
        ...more,
      },
    );
  const model = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o' };
  const asked = [
    { role: 'system', content: 'You draft replies for the support team.' },
    { role: 'user', content: 'Where is my parcel? ' + hostile },
  ];
  const call = { id: 'c1', type: 'function', function: { name: 'find_parcel', arguments: '{"order":"A-17"}' } };
  const said = [{ role: 'assistant', content: null, tool_calls: [call] }];
  const spans = [
    step('1'.repeat(16), 0, 5200, 'draft a reply', { 'gen_ai.operation.name': 'invoke_agent' }, { parentSpanId: '' }),
    step('2'.repeat(16), 40, 1900, 'chat gpt-4o', {
      ...model,
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.cache_read.input_tokens': 800,
      'gen_ai.usage.output_tokens': 60,
      'gen_ai.input.messages': JSON.stringify(asked),
      'gen_ai.output.messages': JSON.stringify(said),
    }),
    step(
      '3'.repeat(16),
      1950,
      2600,
      'find_parcel',
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'find_parcel' },
      {
        status: { code: 2, message: 'no such parcel' },
      },
    ),
    step('4'.repeat(16), 2700, 5100, 'chat gpt-4o', {
      ...model,
      'gen_ai.usage.input_tokens': 1400,
      'gen_ai.usage.output_tokens': 210,
      'gen_ai.input.messages': JSON.stringify([...asked, ...said, { role: 'tool', name: 'find_parcel', content: 'not found' }]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', content: 'I could not find your parcel. Which address was it sent to?' },
      ]),
    }),
  ];
  return traces(spans, { 'service.name': 'support-drafts', 'deployment.environment.name': 'production' });
}

/** The day of a new owner, in order: each test goes on where the one before it ended. */
describe.skipIf(reason !== undefined)('in a browser', () => {
  const name = 'Acme & Söhne <b>';
  const ada = { name: 'Ada Byron', email: 'ada@practice.example', password: 'correct horse battery' };
  const hostile = '<img src=x onerror=alert(1)>';
  let server: TestServer;
  let browser: TestBrowser;
  let home = '';
  let key = '';
  beforeAll(async () => {
    server = await testServer();
    browser = await openBrowser({ url: server.url() });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const looks = [
    { look: 'desktop', size: DESKTOP, theme: 'light' },
    { look: 'desktop-dark', size: DESKTOP, theme: 'dark' },
    { look: 'phone', size: PHONE, theme: 'light' },
    { look: 'phone-dark', size: PHONE, theme: 'dark' },
  ] as const;

  /** The page as it is now, wide and narrow, light and dark: readable by everyone, and a picture of each. */
  async function expectGood(what: string) {
    const { page } = browser;
    for (const { look, size, theme } of looks) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme });
      await expect.poll(() => page.locator('.skeleton').count(), PATIENT).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${what}: sideways`).toBeLessThanOrEqual(
        0,
      );
      expect(await page.evaluate(CUT_TABLES), `${what}: tables with columns beside the page`).toEqual([]);
      // Both widths and both themes, each once: axe is the slowest of this.
      if (look === 'desktop' || look === 'phone-dark') await browser.expectAccessible(`${what}, ${look}`);
      await browser.picture(`${what}-${look}`);
    }
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: 'light' });
  }

  const open = async (path: string, heading: string) => {
    await browser.page.goto(path);
    await browser.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  };
  const heading = (name: string) => browser.page.getByRole('heading', { level: 1, name }).waitFor();
  const press = (button: string) => browser.page.getByRole('button', { name: button, exact: true }).click();

  test('the owner opens the link of the first start and is in', async () => {
    const { page } = browser;
    await page.goto(server.ownerLink()!.replace(/^https?:\/\/[^/]+/, ''));
    await heading('Set up your account');
    await expectGood('welcome');
    await page.getByLabel('Your name').fill(ada.name);
    await page.getByLabel('E-mail').fill(ada.email);
    await page.getByLabel('Password').fill(ada.password);
    await press('Create the account');
    await heading('All clients');
    await expectGood('practice-empty');
  });

  test('a client is added; its page is empty and says the one next step', async () => {
    const { page } = browser;
    await page.getByLabel('Name of the company').fill(name);
    await press('Add the client');
    await heading('Workflows');
    home = new URL(page.url()).pathname;
    expect(await page.locator('.client-name').textContent()).toBe(name);
    await press('Create a key');
    key = (await page.getByRole('region', { name: 'the key' }).textContent()) ?? '';
    await page.getByRole('link', { name: 'Python' }).click();
    await expect.poll(() => page.url(), PATIENT).toContain('lang=python');
    expect(await page.getByRole('region', { name: 'the lines for Python' }).textContent()).toContain(`x-api-key=${key}`);
    await page.reload();
    expect(await page.content(), 'the key is shown once').not.toContain(key);
    await heading('Workflows');
    await expectGood('client-empty');
  });

  test('telemetry that is sent shows on the open page by itself', async () => {
    const { page } = browser;
    const now = `${Date.now()}000000`;
    const body = encodeJson(traces([span({}, { startTimeUnixNano: now, endTimeUnixNano: now })], { 'service.name': hostile }));
    const sent = await server.send('/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body,
    });
    expect(sent.status).toBe(200);
    await server.settled();
    await page.getByRole('row', { name: hostile }).waitFor();
    await expectGood('client');
  });

  test('a trace: the tree, the conversation, tokens and cost, a score; hostile text is text', async () => {
    const { page } = browser;
    const sent = await server.send('/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: encodeJson(agentTrace(hostile)),
    });
    expect(sent.status).toBe(200);
    await server.settled();
    await open(`${home}/traces`, 'Traces');
    await page.getByRole('row', { name: 'draft a reply' }).waitFor();
    await expectGood('traces');
    await page.getByRole('link', { name: 'draft a reply' }).click();
    await heading('draft a reply');
    await page.getByRole('navigation', { name: 'Steps of the trace' }).getByText('chat gpt-4o').first().click();
    await page.locator('.conversation').getByText('Where is my parcel?').waitFor();
    expect(await page.locator('.conversation').textContent()).toContain(hostile);
    expect(await page.locator('.facts').textContent()).toContain('1,200 (800 from the cache)');
    await expectGood('trace');
    await page.keyboard.press('j');
    await page.locator('.span .failure').getByText('no such parcel').waitFor();
    await press('Add a score');
    await page.getByLabel('What is judged').fill('correctness');
    await page.getByLabel('Value').fill('0.4');
    await press('Save the score');
    await page.locator('.scores').getByText('correctness').waitFor();
    await expectGood('trace-step');
  });

  test('filters live in the address, and back returns from them', async () => {
    const { page } = browser;
    await open(`${home}/traces?status=error`, 'Traces');
    await page.getByRole('row', { name: 'draft a reply' }).waitFor();
    await expect.poll(() => page.getByRole('row').count(), PATIENT).toBe(2);
    await page.getByRole('searchbox').fill('parcel');
    await press('Search');
    await expect.poll(() => new URL(page.url()).search, PATIENT).toBe('?status=error&search=parcel');
    await page.getByRole('row', { name: 'draft a reply' }).waitFor();
    await page.getByRole('searchbox').fill('nowhere to be found');
    await press('Search');
    await page.getByText('No trace fits.').waitFor();
    await expectGood('traces-none');
    await page.goBack();
    await expect.poll(() => new URL(page.url()).search, PATIENT).toBe('?status=error&search=parcel');
    await page.getByRole('row', { name: 'draft a reply' }).waitFor();
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('row', { name: 'session-7' }).waitFor();
    await page.getByLabel('Sessions of the last').selectOption('28 days');
    await expect.poll(() => new URL(page.url()).searchParams.get('range'), PATIENT).toBe('month');
    await page.getByRole('row', { name: 'session-7' }).waitFor();
    await expectGood('sessions');
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('row', { name: 'kim@acme.example' }).waitFor();
  });

  test('a workflow: its state and why, its timeline, its latest traces, models and what goes wrong', async () => {
    const { page } = browser;
    await open(`${home}/workflow?name=support-drafts`, 'support-drafts');
    await page.getByRole('region', { name: 'What goes wrong' }).getByText('no such parcel').waitFor();
    await page.getByRole('row', { name: 'draft a reply' }).waitFor();
    await expectGood('workflow');
    await page.getByLabel('Metric').selectOption('latency');
    await expect.poll(() => page.url(), PATIENT).toContain('metric=latency');
    // A number opens what it counts, and back returns.
    await page.locator('.figures').getByRole('link', { name: '1 run' }).click();
    await heading('Traces');
    const counted = new URL(page.url()).searchParams;
    expect(counted.get('workflow')).toBe('support-drafts');
    expect(counted.get('status')).toBe('error');
    expect(Date.parse(counted.get('from') ?? '')).toBeGreaterThan(0);
    await page.getByRole('row', { name: 'draft a reply' }).waitFor();
    await page.goBack();
    await heading('support-drafts');
    expect(page.url()).toContain('metric=latency');
    // So does a bucket of the timeline.
    await page.getByText('As a table').click();
    await page.getByRole('region', { name: 'as a table' }).getByRole('link').last().click();
    await heading('Traces');
    expect(new URL(page.url()).searchParams.has('to')).toBe(true);
    await page.getByRole('row', { name: 'draft a reply' }).waitFor();
    await page.getByText('More filters').waitFor();
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  });

  test('a home says since when and what changed, and is sorted as the address says', async () => {
    const { page } = browser;
    await open(home, 'Workflows');
    await page.getByRole('cell', { name: 'none found' }).first().waitFor();
    await page.getByRole('button', { name: 'Runs' }).click();
    await page.getByRole('columnheader', { name: 'Runs', exact: false }).and(page.locator('[aria-sort=descending]')).waitFor();
    expect(new URL(page.url()).searchParams.get('sort')).toBe('-Runs');
    await browser.expectAccessible('client, sorted');
    await page.reload();
    await page.locator('[aria-sort=descending]').waitFor();
  });

  test('an id is taken along by one press; a trace opens where something was said', async () => {
    const { page } = browser;
    await open(`${home}/traces/${'a'.repeat(32)}`, 'draft a reply');
    await page.locator('.conversation').getByText('Where is my parcel?').waitFor();
    await page.getByRole('button', { name: 'Copy the id of the trace' }).waitFor();
    expect(await page.locator('.copy-text').first().textContent()).toContain('a'.repeat(32));
  });

  test('what goes wrong says what to do, and is over when it is over', async () => {
    const { page, context } = browser;
    await page.goto(`${home}/traces/${'f'.repeat(32)}`);
    await page.getByRole('alert').getByText('There is no such trace. It may not have arrived yet').waitFor();
    await expectGood('trace-none');
    await open(home, 'Workflows');
    await page.getByRole('row', { name: 'support-drafts' }).waitFor();
    // The server is away: what is known stays, and the page finds back by itself.
    await context.route('**/api/workflows.list', (route) => route.abort());
    await page.getByRole('alert').getByText('Steward cannot be reached.').waitFor();
    await page.getByRole('row', { name: 'support-drafts' }).waitFor();
    await expectGood('away');
    await context.unroute('**/api/workflows.list');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    // Too much was asked, on a page that asks once.
    const tooMany = { error: { code: 'too_many', message: 'Too many questions came. Wait a moment.' } };
    await context.route('**/api/keys.list', (route) => route.fulfill({ status: 429, json: tooMany }));
    await open(`${home}/settings/keys`, 'Keys');
    await page.getByRole('alert').getByText('Wait a moment.').waitFor();
    await context.unroute('**/api/keys.list');
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('a page that nobody looks at asks nothing', async () => {
    const { page } = browser;
    await open(home, 'Workflows');
    await page.getByRole('row', { name: 'support-drafts' }).waitFor();
    const look = (state: string) =>
      page.evaluate(`{
        Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }`);
    await look('hidden');
    await page.waitForLoadState('networkidle');
    let asked = 0;
    const count = () => void (asked += 1);
    page.on('request', count);
    await page.waitForTimeout(4500);
    expect(asked).toBe(0);
    await look('visible');
    await expect.poll(() => asked, PATIENT).toBeGreaterThan(0);
    page.off('request', count);
  });

  test.each([
    ['practice', '/', 'All clients'],
    ['keys', '/settings/keys', 'Keys'],
    ['prices', '/settings/prices', 'Prices'],
    ['privacy', '/settings/privacy', 'Privacy'],
    ['ledger', '/settings/ledger', 'Ledger'],
    ['trail', '/settings/trail', 'Audit trail'],
    ['account', '/account', 'Your account'],
    ['team', '//settings/team', 'Team'],
    ['sso', '//settings/sso', 'Single sign-on'],
    ['practice-trail', '//settings/trail', 'Audit trail'],
    ['docs', '/api/docs', 'API'],
    ['nowhere', '/no/such/page', 'There is nothing here'],
  ])('%s: readable by everyone, in every look', async (what, path, title) => {
    await open(path.startsWith('/settings') ? home + path : path.replace('//', '/'), title);
    await expectGood(what);
  });

  test('somebody is invited by a link, opens it in a browser of their own, and sees their client alone', async () => {
    const { page } = browser;
    await open(`${home}/settings/people`, 'People');
    await page.getByLabel('E-mail').fill('grace@acme.example');
    await page.getByLabel('As', { exact: true }).selectOption('sponsor');
    await press('Make the link');
    const link = (await page.getByRole('region', { name: 'the link for grace@acme.example' }).textContent()) ?? '';
    await expectGood('people-invited');
    const other = await openBrowser({ url: server.url() });
    try {
      await other.page.goto(new URL(link).pathname + new URL(link).search);
      await other.page.getByLabel('Your name').fill('Grace Hopper');
      await other.page.getByLabel('Password').fill('a long enough password');
      await other.expectAccessible('invite');
      await other.picture('invite');
      await other.page.getByRole('button', { name: 'Create the account' }).click();
      await other.page.getByRole('heading', { level: 1, name: 'Workflows' }).waitFor();
      expect(await other.page.getByRole('navigation', { name: 'Pages' }).textContent()).not.toContain('Team');
      await other.page.goto(`${home}/settings/keys`);
      await other.page.getByText('This page is for owners and operators of Acme').waitFor();
      await other.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Your companies' }).waitFor();
      expect(await other.page.getByRole('button', { name: 'Make the key' }).count()).toBe(0);
      await other.page.goto('/settings/team');
      await other.page.getByText('This page is for owners of the practice').waitFor();
      // A reviewer begins where reviews will be, and is offered nothing that is not for them.
      await other.page.context().clearCookies();
      const asked = { client: home.split('/').at(-1)!, email: 'rae@acme.example', role: 'reviewer' };
      const { json } = await server.ask('people.invite', asked);
      const { pathname, search } = new URL(String(json['url']));
      await other.page.goto(pathname + search);
      await other.page.getByLabel('Your name').fill('Rae');
      await other.page.getByLabel('Password').fill('a long enough password');
      await other.page.getByRole('button', { name: 'Create the account' }).click();
      await other.page.getByRole('heading', { level: 1, name: 'Reviews' }).waitFor();
      const offered = await other.page.getByRole('navigation', { name: 'Pages' }).textContent();
      expect(offered).not.toMatch(/Workflows|Traces|Keys/);
      await other.expectAccessible('reviews');
      await other.picture('reviews');
    } finally {
      await other.close();
    }
    await page.reload();
    await page.getByRole('row', { name: 'Grace Hopper' }).waitFor();
    await expectGood('people');
  });

  test('a limit on what a client may send is set and told', async () => {
    const { page } = browser;
    await open(`${home}/settings/ledger`, 'Ledger');
    await page.getByLabel('Spans per minute').fill('50000');
    await press('Save');
    await page.getByText('It holds within seconds.').waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel('Spans per minute').inputValue(), PATIENT).toBe('50000');
  });

  test('one goes by keys: to a client, back, and through the palette', async () => {
    const { page } = browser;
    await open('/', 'All clients');
    await page.getByRole('row', { name: 'Acme' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${home}`);
    await page.goBack();
    await page.waitForURL('**/');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find' }).fill('söhne');
    await browser.expectAccessible('palette');
    await browser.picture('palette');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${home}`);
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.waitForURL('**/');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await browser.expectAccessible('keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('who signs out is asked to sign in, and returns to where they were going', async () => {
    const { page } = browser;
    await open('/account', 'Your account');
    await press('Sign out');
    await heading('Sign in');
    await page.goto(`${home}/settings/keys`);
    await heading('Sign in');
    expect(await page.getByRole('button').count(), 'no provider is set, so none is offered').toBe(1);
    await expectGood('sign-in');
    await page.getByLabel('E-mail').fill(ada.email);
    await page.getByLabel('Password').fill('wrong horse battery');
    await press('Sign in');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password').fill(ada.password);
    await press('Sign in');
    await heading('Keys');
    expect(new URL(page.url()).pathname).toBe(`${home}/settings/keys`);
  });

  test('a link that was used, or was cut off, says so instead of its form; so does what stands wrongly in an address', async () => {
    const { page } = browser;
    const says = async (path: string, words: string) => {
      await page.goto(path);
      await page.getByText(words).first().waitFor();
      expect(await page.getByRole('button', { name: 'Create the account' }).count()).toBe(0);
    };
    await says('/welcome?token=used', 'This link was used');
    await browser.expectAccessible('a used link');
    await browser.picture('used-link');
    await says('/invite?token=used', 'This link was used');
    await says('/welcome', 'Copy the whole link');
    await says('/invite', 'Copy the whole link');
    await says(`${home}/traces?minDurationMs=long`, '“minDurationMs” must be a number.');
  });

  test('where somebody is signed in stands on their page, and is ended there', async () => {
    const other = server.browser();
    expect((await other.auth('sign-in/email', { email: ada.email, password: ada.password })).status).toBe(200);
    await open('/account', 'Your account');
    await browser.page.getByText('(this one)').waitFor();
    await browser.page
      .getByRole('button', { name: /^End the session/ })
      .first()
      .click();
    await expect.poll(async () => (await other.ask('session.show')).status, PATIENT).toBe(401);
    await browser.picture('sessions');
  });

  test('with a second factor, a code is asked for as well', async () => {
    const { page } = browser;
    await open('/account', 'Your account');
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(ada.password);
    await press('Set it up');
    const secret = (await page.getByRole('region', { name: 'the secret' }).textContent()) ?? '';
    await browser.expectAccessible('second factor');
    await browser.picture('second-factor');
    await page.getByLabel('Code that the app shows').fill(codeOf(secret));
    await press('Turn it on');
    await page.getByText('The second factor is on.').waitFor();
    await page.getByLabel('Password, for new backup codes').fill(ada.password);
    await press('Make new backup codes');
    await expect.poll(async () => page.getByRole('region', { name: 'the backup codes' }).textContent(), PATIENT).toMatch(/-/);
    await press('Sign out');
    await page.getByLabel('E-mail').fill(ada.email);
    await page.getByLabel('Password').fill(ada.password);
    await press('Sign in');
    await heading('One more step');
    await browser.expectAccessible('code');
    // A code opens once: this is the next one, which clocks that differ a little may show already.
    await page.getByLabel('Code of six digits').fill(codeOf(secret, 1));
    await press('Sign in');
    await heading('All clients');
  });

  test('nothing failed on the way', () => {
    // A browser notes each refusal of the server as an error of its own.
    expect(browser.wrong.filter((line) => !/status of 4(0[014]|29)|net::ERR_FAILED/.test(line))).toEqual([]);
  });
});
