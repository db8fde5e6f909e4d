import { readFileSync } from 'node:fs';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { features } from '../features/index.ts';
import { readConfig } from '../platform/config.ts';
import { openLog } from '../platform/log.ts';
import type { AnyOperation } from '../platform/operation.ts';
import { startServer } from '../server.ts';
import { openRecords } from '../stores/records/index.ts';
import { preparedStores } from '../stores/testing/prepared.ts';
import { telemetryOf } from '../stores/testing/telemetry.ts';
import { eventually, quiet } from '../stores/testing/temp.ts';

export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  /** The body, read as JSON. */
  json: Record<string, never> & { error: { code: string; message: string; details?: unknown } };
}

export const operationsOfAll: readonly AnyOperation[] = features.flatMap(({ operations }) => operations);

/** Of everybody in tests. */
const password = 'a password for tests';

const jobsOfAll = features.flatMap(({ jobs = [] }) => jobs);
const routesOfAll = features.flatMap(({ routes = [] }) => routes);

/** A real server on stores of its own, its clock in the test's hand. */
export async function testServer(
  extra: readonly AnyOperation[] = [],
  // Other tests are refused more often than any honest caller.
  { env = {}, patience = 1_000_000, stands = false }: { env?: Record<string, string>; patience?: number; stands?: boolean } = {},
) {
  const dir = await preparedStores();
  const config = readConfig({ STEWARD_DATA: dir.path, PORT: '0', ...env });
  const lines: string[] = [];
  const log = openLog('warn', { write: (line) => void lines.push(line) });
  let offsetMs = 0;
  const startedMs = Date.now();
  const now = () => new Date((stands ? startedMs : Date.now()) + offsetMs);
  const start = () =>
    startServer(
      { now, config, log },
      { operations: [...operationsOfAll, ...extra], routes: routesOfAll, jobs: jobsOfAll, patience },
    );
  let server = await start();

  const send = (path: string, options: Parameters<typeof sendTo>[1] = {}) => sendTo(`${server.url}${path}`, options);
  const ownerKey = () => readFileSync(join(dir.path, 'owner.key'), 'utf8').trim();
  /** Asks an operation, with the owner's key unless told another. */
  const ask = (name: string, input: unknown, key: string | null = ownerKey()) =>
    send(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(input),
    });

  return {
    dataDir: dir.path,
    log: lines,
    send,
    ask,
    ownerKey,
    url: () => server.url,
    runDueJobs: () => server.runDueJobs(),
    /** Waits until all that was acknowledged is in the store: in every table and in the rollups, and out of the spool. */
    async settled() {
      const waits = async () => ((await ask('system.status', {})).json as unknown as { spool: { bytes: number } }).spool.bytes;
      await eventually(async () => (await waits()) === 0);
    },
    /** The link that the first start printed. */
    ownerLink: () => server.ownerLink,
    browser: () => openBrowser(() => server.url),
    later: (ms: number) => (offsetMs += ms),
    /** A client with a key of these scopes. */
    async client(name: string, scopes: readonly string[] = ['ingest', 'read', 'write']) {
      const { id } = (await ask('clients.create', { name })).json as unknown as { id: string };
      return { id, name, ...(await this.key(id, scopes)) };
    },
    async key(client: string, scopes: readonly string[], expiresInDays = 365) {
      const { id, key } = (await ask('keys.create', { client, scopes, expiresInDays })).json as unknown as Record<string, string>;
      return { keyId: id!, key: key! };
    },
    /** The telemetry as it lies there, over every wall. */
    telemetry: () => telemetryOf(dir.path),
    /** Somebody in their browser, who came by an invitation: to a client, or into the practice. */
    async person(name: string, role: string, client?: string) {
      const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}@people.example`;
      const { json } = await (client ? ask('people.invite', { client, email, role }) : ask('team.invite', { email, role }));
      const { url } = json as unknown as { url: string };
      const browser = openBrowser(() => server.url);
      const reply = await browser.auth('invitation/accept', { token: new URL(url).searchParams.get('token'), name, password });
      if (reply.status !== 200) throw new Error(`${name} could not join: ${reply.text}`);
      return { ...browser, email, password, id: (reply.json as unknown as { person: { id: string } }).person.id };
    },
    /** The records as they lie there, over every wall. */
    records: () =>
      openRecords(
        {
          dataDir: dir.path,
          databaseUrl: `postgresql://steward@localhost/postgres?host=${encodeURIComponent(join(dir.path, 'records', 'run'))}`,
        },
        quiet,
      ),
    async restart() {
      await server.close();
      server = await start();
    },
    async close() {
      await server.close();
      dir[Symbol.dispose]();
    },
  };
}

/** A list of traces, also where it is so slow to look through that it is answered in several parts. */
export async function wholeList<T>(
  ask: (more: { before?: string }) => Promise<{ traces: readonly T[]; next: string | null; lookedBackTo: string | null }>,
): Promise<T[]> {
  const traces: T[] = [];
  for (let before: string | null | undefined; before !== null;) {
    const page = await ask(before === undefined ? {} : { before });
    traces.push(...page.traces);
    before = page.lookedBackTo === null ? null : page.next;
  }
  return traces;
}

/** What a browser does of what matters here: it keeps cookies, and says which page asks. */
export function openBrowser(url: () => string) {
  const jar = new Map<string, string>();
  const send = async (path: string, options: Parameters<typeof sendTo>[1] = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { origin: url(), ...(cookie && { cookie }), ...options.headers };
    const reply = await sendTo(`${url()}${path}`, { ...options, headers });
    for (const line of (reply.headers['set-cookie'] ?? []) as string[]) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  };
  const post = (path: string, body: unknown, headers: OutgoingHttpHeaders = {}) =>
    send(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return {
    jar,
    send,
    post,
    ask: (name: string, input: unknown = {}, headers: OutgoingHttpHeaders = {}) => post(`/api/${name}`, input, headers),
    auth: (path: string, body: unknown = {}, headers: OutgoingHttpHeaders = {}) => post(`/api/auth/${path}`, body, headers),
  };
}

export type TestBrowser = ReturnType<typeof openBrowser>;

export type TestServer = Awaited<ReturnType<typeof testServer>>;

/** One request, its headers and path as they are given. */
export async function sendTo(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Uint8Array | Iterable<string> } = {},
): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const path = url.slice(url.indexOf('/', 'http://'.length));
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: jsonOf(text) }));
    });
    sent.on('error', reject);
    if (typeof body === 'string' || body instanceof Uint8Array || body === undefined) sent.end(body);
    else {
      for (const chunk of body) sent.write(chunk);
      sent.end();
    }
  });
}

function jsonOf(text: string): Reply['json'] {
  try {
    return JSON.parse(text) as Reply['json'];
  } catch {
    return {} as Reply['json'];
  }
}
