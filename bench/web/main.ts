/**
 * `npm run bench:web -- [--loads N] [--traces N] [--workflows N] [--runs-per-day N] [--keep DIR]`: how long the pages of the web app
 * take to load, with an empty cache and with a warm one, and how long after its acknowledgement a new trace is on the screen. A real
 * Chromium, Steward in processes of its own, OpenTelemetry's own exporter.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { chromium } from '../../src/testing/chromium.ts';
import { openSystem, record, seed } from './seed.ts';
import { startSteward } from './steward.ts';

const { values: flags } = parseArgs({
  options: {
    loads: { type: 'string', default: '9' },
    traces: { type: 'string', default: '30' },
    workflows: { type: 'string', default: '12' },
    'runs-per-day': { type: 'string', default: '30' },
    keep: { type: 'string' },
  },
});

const dir = flags.keep ?? mkdtempSync(join(tmpdir(), 'steward-bench-web-'));
mkdirSync(dir, { recursive: true });
const load = () => loadavg()[0]!.toFixed(1);
const told = (times: readonly number[]) => {
  const sorted = [...times].sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1]!.toFixed(0).padStart(6)} ms median, ${sorted.at(-1)!.toFixed(0).padStart(6)} ms slowest`;
};

const server = await startSteward(join(dir, 'data'), 'Acme');
let browser: Browser | undefined;
try {
  if (server.ownerLink === undefined) throw new Error('The owner link of that directory was opened before: use a new one.');
  await seed(server, Number(flags.workflows), Number(flags['runs-per-day']));
  browser = await launch();
  const signedIn = await signIn(browser, server.ownerLink);
  const home = `/c/${server.client}`;
  // Until all of it is loaded.
  const first = await pageOf(browser, signedIn, home);
  await first.locator(`tbody tr >> nth=${Number(flags.workflows) - 1}`).waitFor({ timeout: 120_000 });
  await first.context().close();

  const { traces } = await server.ask<{ traces: { traceId: string }[] }>('telemetry.traces', { client: server.client, limit: 1 });
  const pages = [
    ['sign-in', '/sign-in', 'form'],
    ['client home', home, 'tbody tr'],
    ['workflow', `${home}/workflow?name=support+drafts`, '.chart polyline'],
    ['latest traces', `${home}/traces`, 'tbody tr'],
    ['one trace', `${home}/traces/${traces[0]!.traceId}`, '.trace .step'],
  ] as const;
  console.log(`load of the machine ${load()}; first paint, and what the page is for`);
  for (const [name, path, content] of pages) {
    const state = path === '/sign-in' ? undefined : signedIn;
    const times = { cold: [] as Loaded[], warm: [] as Loaded[] };
    for (let n = 0; n < Number(flags.loads); n += 1) {
      const context = await contextOf(browser, state, content);
      const page = await context.newPage();
      times.cold.push(await loaded(page, path));
      times.warm.push(await loaded(page, path));
      await context.close();
    }
    for (const kind of ['cold', 'warm'] as const) {
      console.log(`${`${name}, ${kind}`.padEnd(24)}painted ${told(times[kind].map(({ paintMs }) => paintMs))}`);
      console.log(`${''.padEnd(24)}content ${told(times[kind].map(({ contentMs }) => contentMs))}; wanted 1000`);
    }
  }

  for (const [name, path] of [
    ['on the list of traces', `${home}/traces`],
    ['on the page of its workflow', `${home}/workflow?name=support+drafts`],
  ] as const) {
    const page = await pageOf(browser, signedIn, path);
    await page.locator('[aria-label=Traces] tbody tr').first().waitFor();
    const times: number[] = [];
    for (let n = 0; n < Number(flags.traces); n += 1) times.push(await untilShown(page, `run ${n} ${name}`));
    console.log(`new trace ${name}, after its acknowledgement ${told(times)} of ${times.length}; wanted 2000; load ${load()}`);
    await page.context().close();
  }
} finally {
  await browser?.close();
  await server.stop();
  if (flags.keep === undefined) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

function launch(): Promise<Browser> {
  const { program, libraries, fonts } = chromium();
  return playwright.launch({
    executablePath: program,
    env: { HOME: dir, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: fonts },
    args: ['--no-sandbox', '--disable-gpu', '--headless=shell', '--disable-background-networking'],
  });
}

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

async function signIn(from: Browser, link: string): Promise<State> {
  const page = await from.newPage();
  await page.goto(link);
  await page.getByLabel('Your name').fill('Ada Byron');
  await page.getByLabel('E-mail').fill('ada@practice.example');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { level: 1, name: 'All clients' }).waitFor();
  const state = await page.context().storageState();
  await page.close();
  return state;
}

interface Loaded {
  paintMs: number;
  contentMs: number;
}

/** A browser that knows nothing but who is signed in, and notes when what a page is for stands there. */
async function contextOf(of: Browser, state: State | undefined, content?: string): Promise<BrowserContext> {
  const context = await of.newContext({
    baseURL: server.url,
    viewport: { width: 1440, height: 900 },
    ...(state && { storageState: state }),
  });
  if (content !== undefined)
    await context.addInitScript(`{
      const look = () => {
        if (!document.querySelector(${JSON.stringify(content)})) return requestAnimationFrame(look);
        // Painted with the next frame.
        requestAnimationFrame(() => { window.contentMs = performance.now(); });
      };
      requestAnimationFrame(look);
    }`);
  return context;
}

async function pageOf(of: Browser, state: State, path: string): Promise<Page> {
  const page = await (await contextOf(of, state)).newPage();
  await page.goto(path);
  return page;
}

/** From the start of the navigation. */
async function loaded(page: Page, path: string): Promise<Loaded> {
  await page.goto(path, { waitUntil: 'commit' });
  const { paintMs, contentMs } = await page.evaluate<Loaded>(`new Promise((done) => {
    const look = () => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      if (!paint || !window.contentMs) return requestAnimationFrame(look);
      done({ paintMs: paint.startTime, contentMs: window.contentMs });
    };
    look();
  })`);
  return { paintMs, contentMs };
}

/** Sends one run and answers how long after its acknowledgement it is on the screen, by the one clock of this machine. */
async function untilShown(page: Page, name: string): Promise<number> {
  // Wherever in the page's rhythm it comes.
  await sleep(Math.random() * 2000);
  const seenAt = page.evaluate<number>(`new Promise((done) => {
    const look = () => {
      const there = [...document.querySelectorAll('tbody a')].some((link) => link.textContent === ${JSON.stringify(name)});
      requestAnimationFrame(() => (there ? done(Date.now()) : look()));
    };
    look();
  })`);
  let acknowledgedAt = 0;
  const system = openSystem(server, 'support drafts', { acknowledged: (_, atMs) => (acknowledgedAt = atMs) });
  record(system, { name, startMs: Date.now() - 900, model: 'gpt-4o', user: 'kim@acme.example', failed: false, ms: 800 });
  await system.close();
  return (await seenAt) - acknowledgedAt;
}
