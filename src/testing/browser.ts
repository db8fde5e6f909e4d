import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { shipped } from '../platform/paths.ts';
import { chromium } from './chromium.ts';

const axe = () => readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

/** A real browser on a profile of its own. What a page logs as an error, and what it asks of anybody else, fails the test. */
export async function openBrowser({ url, key }: { url: string; key?: string }) {
  const { program, libraries, fonts } = chromium();
  const profile = mkdtempSync(join(tmpdir(), 'steward-browser-'));
  const context: BrowserContext = await playwright.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    // Steward's own Chromium, and no other, decides what is loaded.
    env: { HOME: profile, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: fonts },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--headless=shell',
    ],
    baseURL: url,
    viewport: DESKTOP,
    reducedMotion: 'reduce',
  });
  // Far above what anything takes: a busy machine must not look like a fault.
  context.setDefaultTimeout(90_000);
  const wrong: string[] = [];
  const strangers: string[] = [];
  context.on('weberror', (error) => wrong.push(String(error.error())));
  context.on('console', (line) => {
    if (line.type() === 'error') wrong.push(line.text());
  });
  context.on('request', (asked) => {
    if (!asked.url().startsWith(url) && !asked.url().startsWith('data:')) strangers.push(asked.url());
  });
  // Until a test signs in as a person does, a key stands for the session.
  if (key)
    await context.route('**/api/*', (route) => route.continue({ headers: { ...route.request().headers(), 'x-api-key': key } }));
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    context,
    wrong,
    /** Fails when the page, as it is now, breaks a rule of WCAG 2.2 AA that a machine can see. */
    async expectAccessible(what: string): Promise<void> {
      expect(await violations(page), `axe on ${what}`).toEqual([]);
    },
    /** A picture for people to look at: test-output/screenshots/NAME.png. */
    async picture(name: string): Promise<void> {
      mkdirSync(shipped('test-output', 'screenshots'), { recursive: true });
      await page.screenshot({ path: shipped('test-output', 'screenshots', `${name}.png`), fullPage: true });
    },
    async close(): Promise<void> {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      expect(strangers, 'what was asked of others').toEqual([]);
    },
  };
}

export type TestBrowser = Awaited<ReturnType<typeof openBrowser>>;

interface Violation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe());
  const run = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`;
  const { violations } = await page.evaluate<{ violations: Violation[] }>(run);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}
