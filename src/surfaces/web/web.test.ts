import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, PHONE, DESKTOP, type TestBrowser } from '../../testing/browser.ts';
import { whyNoChromium } from '../../testing/chromium.ts';
import { testServer, type TestServer } from '../../testing/server.ts';

const reason = whyNoChromium();
if (reason) process.stderr.write(`The web app is not tested in a browser: ${reason}.\n`);

describe.skipIf(reason !== undefined)('in a browser', () => {
  let server: TestServer;
  let browser: TestBrowser;
  let client: { id: string };
  beforeAll(async () => {
    server = await testServer();
    client = await server.client('Acme & Söhne <b>');
    browser = await openBrowser({ url: server.url(), key: server.ownerKey() });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const looks = [
    { name: 'desktop', size: DESKTOP, theme: 'light' },
    { name: 'desktop-dark', size: DESKTOP, theme: 'dark' },
    { name: 'phone', size: PHONE, theme: 'light' },
    { name: 'phone-dark', size: PHONE, theme: 'dark' },
  ] as const;

  test.each<[string, () => string]>([
    ['practice', () => '/'],
    ['client', () => `/c/${client.id}`],
    ['nowhere', () => '/no/such/page'],
  ])('%s: readable by everyone, in every look', async (name, path) => {
    const { page } = browser;
    for (const look of looks) {
      await page.setViewportSize(look.size);
      await page.emulateMedia({ colorScheme: look.theme });
      await page.goto(path());
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('.skeleton').waitFor({ state: 'detached' });
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'sideways scrolling').toBe(0);
      await browser.expectAccessible(`${name}, ${look.name}`);
      await browser.picture(`${name}-${look.name}`);
    }
    expect(browser.wrong).toEqual([]);
  });

  test('one goes by keys: to a client, back, and through the palette', async () => {
    const { page } = browser;
    await page.setViewportSize(DESKTOP);
    await page.goto('/');
    await page.getByRole('row', { name: 'Acme' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/c/${client.id}`);
    expect(await page.locator('.client-name').textContent()).toBe('Acme & Söhne <b>');
    await page.goBack();
    await page.waitForURL('**/');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find' }).fill('söhne');
    await browser.expectAccessible('palette');
    await browser.picture('palette');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/c/${client.id}`);
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.waitForURL('**/');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await browser.expectAccessible('keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
