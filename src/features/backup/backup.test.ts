import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import { perform } from '../../platform/operation.ts';
import { startServer } from '../../server.ts';
import { lockDataDir, openStores } from '../../stores/index.ts';
import { telemetryOf } from '../../stores/testing/telemetry.ts';
import { eventually, quiet, tempDir } from '../../stores/testing/temp.ts';
import { features } from '../index.ts';
import { openBrowser, operationsOfAll, sendTo, testServer, type TestServer } from '../../testing/server.ts';
import { span, traces } from '../telemetry/otlp/testing/body.ts';
import { encodeJson } from '../telemetry/otlp/testing/encode.ts';
import { Manifest, type Summary } from './model.ts';
import { backUp, checkBackup, restore, showBackups } from './operations.ts';
import { printBackup, printRestored } from './print.ts';
import { listBackups, openBackup } from './read.ts';
import { restoreInto } from './restore.ts';
import { beginBackup } from './running.ts';

const context = (dataDir: string, env: Record<string, string> = {}) =>
  localContext({ now: systemClock, config: readConfig({ STEWARD_DATA: dataDir, PORT: '0', ...env }), log: quiet });

/** A server on a data directory that is there already. */
async function serveOn(dataDir: string) {
  const { now, config, log } = context(dataDir);
  const server = await startServer(
    { now, config, log },
    { operations: operationsOfAll, routes: features.flatMap(({ routes = [] }) => routes), jobs: [] },
  );
  const ask = (name: string, input: unknown, key: string) =>
    sendTo(`${server.url}/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(input),
    });
  return { server, ask };
}

const idOf = (n: number) => `a${n.toString(16).padStart(31, '0')}`;

function send(server: TestServer, key: string, n: number) {
  const spans = [1, 2, 3].map((m) =>
    span(
      { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', 'user.id': `user-${n % 7}` },
      {
        traceId: idOf(n),
        spanId: `${m}`.padStart(16, '0'),
      },
    ),
  );
  return server.send('/v1/traces', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: encodeJson(traces(spans, { 'service.name': 'shop' })),
  });
}

/** Begins a backup and waits for its end. */
async function backUpOn(server: TestServer): Promise<Summary> {
  const { status, text } = await server.ask('backups.create', {});
  expect({ status, text }).toMatchObject({ status: 200 });
  let made: Summary | undefined;
  let failed: string | undefined;
  await eventually(async () => {
    const list = (await server.ask('backups.list', {})).json as unknown as {
      running: unknown;
      failed: { message: string } | null;
      made: Summary | null;
    };
    failed = list.failed?.message;
    made = list.made ?? undefined;
    return list.running === null;
  });
  if (failed !== undefined) throw new Error(failed);
  return made!;
}

let server: TestServer;
let acme: { id: string; key: string };
let other: { id: string; key: string };
let owner: Awaited<ReturnType<TestServer['person']>>;
let ownerLink: string;
let made: Summary;
/** Acknowledged before the backup was asked for. */
const before = new Set<number>();
const after = new Set<number>();
const seen = new Map<number, unknown>();

beforeAll(async () => {
  server = await testServer();
  acme = await server.client('Acme');
  other = await server.client('Other');
  owner = await server.person('Olga', 'owner');
  await server.ask('prices.set', { client: 'acme', model: 'gpt-4o', inputUsdPerMillion: 2 });
  await server.ask('retention.set', { client: 'acme', kind: 'logs', days: 30 });
  await send(server, other.key, 900_000);
  await server.ask('team.invite', { email: 'ivy@example.com', role: 'operator' });
  const { url } = (await server.ask('practice.ownerLink', {})).json as unknown as { url: string };
  ownerLink = new URL(url).searchParams.get('token')!;
  const load = { isOver: false, isAsked: false };
  let n = 0;
  const sender = async () => {
    while (!load.isOver) {
      const mine = n++;
      const wasAsked = load.isAsked;
      const { status } = await send(server, acme.key, mine);
      if (status === 200) (wasAsked || load.isAsked ? after : before).add(mine);
    }
  };
  const senders = [sender(), sender(), sender()];
  await eventually(() => before.size > 150);
  load.isAsked = true;
  made = await backUpOn(server);
  load.isOver = true;
  await Promise.all(senders);
  await server.settled();
  for (const one of [0, 1, 77]) seen.set(one, (await server.ask('telemetry.trace', { client: 'acme', traceId: idOf(one) })).json);
});
afterAll(() => server.close());

const manifestOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as unknown;
const Counts = z.object({ spans: z.number(), traces: z.number() });
const One = z.object({ n: z.number() });

test('made under load, it is restored whole: traces, counts, sums, ledger, keys, but for sessions and links that were open', async () => {
  using target = tempDir();
  const restored = await perform(restore, context(target.path), { dir: made.path });
  expect(restored).toMatchObject({ clients: 2, erasures: 0, hasSecret: true });
  expect(printRestored(restored)).toContain('steward serve');

  const { server: second, ask } = await serveOn(target.path);
  try {
    // Keys are those of that moment; owner.key is a new one.
    const listed = await ask('telemetry.ledger', { client: 'acme' }, acme.key);
    expect(listed).toMatchObject({ status: 200, json: { balanced: true, spooled: 0 } });
    expect((await ask('telemetry.traces', { client: acme.id }, other.key)).status).toBe(404);
    const browser = openBrowser(() => second.url);
    for (const [name, value] of owner.jar) browser.jar.set(name, value);
    expect((await browser.ask('session.show')).status).toBe(401);
    const { email, password } = owner;
    expect((await browser.auth('sign-in/email', { email, password })).status).toBe(200);
    expect(await browser.ask('session.show')).toMatchObject({ status: 200, json: { practiceRole: 'owner' } });
    const rowsOf = (table: string) => Manifest.parse(manifestOf(made.path)).records.find(({ name }) => name === table)?.rows;
    expect([rowsOf('invitation'), rowsOf('owner_link')]).toEqual([1, 1]);
    const own = readFileSync(join(target.path, 'owner.key'), 'utf8').trim();
    expect((await ask('team.list', {}, own)).json).toMatchObject({ invited: [] });
    const asked = { token: ownerLink, name: 'Eve', email: 'eve@example.com', password: 'four plain words here' };
    expect((await browser.auth('welcome', asked)).status).toBe(404);
    for (const [one, trace] of seen)
      expect((await ask('telemetry.trace', { client: 'acme', traceId: idOf(one) }, acme.key)).json).toEqual(trace);
    const prices = await ask('prices.list', { client: 'acme' }, own);
    expect(prices.json).toEqual((await server.ask('prices.list', { client: 'acme' })).json);

    await using telemetry = telemetryOf(target.path);
    const ids = await telemetry.rows(z.object({ id: z.string(), n: z.number() }))(
      `SELECT toString(trace_id) AS id, count() AS n FROM span WHERE client_id = {client:UUID} GROUP BY id`,
      { client: acme.id },
    );
    const found = new Map(ids.map(({ id, n }) => [id, n]));
    for (const n of before) expect(found.get(idOf(n)), `batch ${n}`).toBe(3);
    for (const [, n] of found) expect(n).toBe(3);
    const [counts] = await telemetry.rows(Counts)('SELECT count() AS spans, uniqExact(trace_id) AS traces FROM span');
    const [sums] = await telemetry.rows(One)('SELECT sum(spans) AS n FROM usage_day');
    expect(sums!.n).toBe(counts!.spans);
    expect(counts!.traces).toBeLessThanOrEqual(before.size + after.size + 1);
    // Nothing that was needed for it is left.
    for (const dir of [server.dataDir, target.path])
      expect(readdirSync(dir).filter((name) => /unfinished/.test(name))).toEqual([]);
    await using first = server.telemetry();
    for (const store of [first, telemetry])
      expect(await store.rows(z.unknown())(`SELECT 1 AS n FROM system.tables WHERE startsWith(name, 'aside_')`)).toEqual([]);
  } finally {
    await second.close();
  }
});

test('its files say what they are, and nobody else can read them', async () => {
  const manifest = Manifest.parse(manifestOf(made.path));
  expect(manifest.clients.map(({ name }) => name)).toEqual(['Acme', 'Other']);
  expect(manifest.clients[0]!.spans).toBeLessThanOrEqual(3 * (before.size + after.size));
  expect(statSync(made.path).mode & 0o777).toBe(0o700);
  expect(statSync(join(made.path, 'secrets', 'session.secret')).mode & 0o777).toBe(0o600);
  expect(existsSync(join(made.path, 'secrets', 'owner.key'))).toBe(false);
  expect(spawnSync('sha256sum', ['--check', 'manifest.sha256'], { cwd: made.path }).status).toBe(0);
  expect(await perform(checkBackup, context('/nowhere'), { dir: made.path })).toMatchObject({ sha256: made.sha256 });
});

const firstFile = (manifest: Manifest) => manifest.telemetry.find(({ name }) => name === 'span')!.files[0]!.path;

test.each<[string, (dir: string, manifest: Manifest) => string, RegExp]>([
  ['a flipped byte', (dir, manifest) => flip(join(dir, firstFile(manifest))), /is not as it was written/],
  ['a file cut short', (dir, manifest) => cut(join(dir, firstFile(manifest))), /is not as it was written/],
  ['a changed manifest', (dir) => flip(join(dir, 'manifest.json')), /is not as it was written/],
  ['a missing file', (dir, manifest) => remove(join(dir, firstFile(manifest))), /is missing/],
  ['no manifest', (dir) => remove(join(dir, 'manifest.json')), /no manifest\.json/],
])('%s is refused with the name of the file, and nothing is touched', async (_, spoil, sentence) => {
  using copies = tempDir();
  using target = tempDir();
  const dir = join(copies.path, 'copy');
  cpSync(made.path, dir, { recursive: true });
  const file = spoil(dir, Manifest.parse(JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))));
  for (const op of [checkBackup, restore] as const) {
    const refused = perform(op as typeof checkBackup, context(target.path), { dir });
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toThrow(file.split('/').at(-1)!);
  }
  expect(readdirSync(target.path)).toEqual([]);
});

const flip = (file: string) => {
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(file, bytes);
  return file;
};
const cut = (file: string) => {
  writeFileSync(file, readFileSync(file).subarray(0, -1));
  return file;
};
const remove = (file: string) => {
  rmSync(file);
  return file;
};

test('a directory that is not empty is refused and stays as it is', async () => {
  using target = tempDir();
  writeFileSync(join(target.path, 'notes.txt'), 'mine');
  await expect(perform(restore, context(target.path), { dir: made.path })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('notes.txt'),
  });
  expect(readdirSync(target.path)).toEqual(['notes.txt']);
});

test('a restore that is refused as another Steward holds the directory leaves what that one has', async () => {
  using target = tempDir();
  const backup = await openBackup(made.path);
  const held = await lockDataDir(target.path);
  const refused = restoreInto(context(target.path), backup);
  // It came in the meantime.
  writeFileSync(join(target.path, 'owner.key'), 'theirs');
  await expect(refused).rejects.toThrow(/is using/);
  held.release();
  await expect(restoreInto(context(target.path), backup)).rejects.toThrow(/not empty/);
  expect(readdirSync(target.path).toSorted()).toEqual(['lock', 'owner.key']);
});

test.each<[string, (manifest: Manifest) => unknown]>([
  ['a secret of another name', ({ secrets }) => Object.assign(secrets[0]!, { path: 'secrets/process.id' })],
  ['two secrets', ({ secrets }) => secrets.push(secrets[0]!)],
  ['a version that steers a terminal', (manifest) => Object.assign(manifest, { steward: '0.1.0\u009B2J' })],
])('a manifest with %s is none', async (_, change) => {
  using copies = tempDir();
  const dir = join(copies.path, 'copy');
  cpSync(made.path, dir, { recursive: true });
  rewrite(dir, change);
  await expect(openBackup(dir)).rejects.toThrow(/no manifest of a backup/);
});

test('a link that leads nowhere hides no backup', async () => {
  using copies = tempDir();
  cpSync(made.path, join(copies.path, 'copy'), { recursive: true });
  symlinkSync(join(copies.path, 'gone'), join(copies.path, 'latest'));
  expect((await listBackups(copies.path)).map(({ name }) => name)).toEqual(['copy']);
});

test('no manifest is read while a backup is under way', async () => {
  let fail: (error: Error) => void = () => undefined;
  const cut = () => new Promise<never>((_, reject) => (fail = reject));
  const ctx = { ...context('/nowhere', { STEWARD_BACKUP_DIR: join(made.path, '..') }), practice: { cut } as never };
  beginBackup(ctx, { withoutSecret: false });
  expect(() => beginBackup(ctx, { withoutSecret: true })).toThrow(/holds the secret/);
  expect(await showBackups.run(ctx, {})).toMatchObject({ backups: null, running: { rowsDone: 0 }, made: null });
  fail(new Error('enough'));
  await eventually(async () => (await showBackups.run(ctx, {})).running === null);
  expect((await showBackups.run(ctx, {})).backups).not.toHaveLength(0);
});

test('a backup of a newer Steward is refused', async () => {
  using copies = tempDir();
  using target = tempDir();
  const dir = join(copies.path, 'copy');
  cpSync(made.path, dir, { recursive: true });
  rewrite(dir, (manifest) => manifest.migrations.telemetry.push({ name: '9999_later.sql', hash: 'x' }));
  await expect(perform(restore, context(target.path), { dir })).rejects.toThrow(/9999_later\.sql.*newer/);
  rewrite(dir, (manifest) => (manifest.format = 99));
  await expect(perform(restore, context(target.path), { dir })).rejects.toThrow(/newer/);
  expect(readdirSync(target.path)).toEqual([]);
});

function rewrite(dir: string, change: (manifest: Manifest) => unknown): void {
  const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as Manifest;
  change(manifest);
  const text = JSON.stringify(manifest);
  writeFileSync(join(dir, 'manifest.json'), text);
  const { stdout } = spawnSync('sha256sum', ['manifest.json'], { cwd: dir, encoding: 'utf8' });
  writeFileSync(join(dir, 'manifest.sha256'), stdout);
}

test('who was erased before the backup, and waited in the spool, is not brought back', async () => {
  const theirs = await server.client('Erasing');
  for (const n of [1, 2]) await send(server, theirs.key, 700_000 + n);
  await server.settled();
  const backup = await backUpOn(server);
  // As if it had been asked for while the backup was read: the records know it, the telemetry does not.
  await server.ask('erasure.request', { client: 'Erasing', user: `user-${700_001 % 7}` });
  const later = await backUpOn(server);
  using copies = tempDir();
  using target = tempDir();
  const dir = join(copies.path, 'mixed');
  cpSync(backup.path, dir, { recursive: true });
  const from = Manifest.parse(JSON.parse(readFileSync(join(later.path, 'manifest.json'), 'utf8')));
  const erasure = from.records.find(({ name }) => name === 'erasure')!;
  for (const { path } of erasure.files) cpSync(join(later.path, path), join(dir, path));
  rewrite(dir, (manifest) =>
    Object.assign(
      manifest.records.find(({ name }) => name === 'erasure')!,
      erasure,
    ),
  );
  expect(await perform(restore, context(target.path), { dir })).toMatchObject({ erasures: 1 });
  await using stores = await openStores(context(target.path).config, quiet);
  const left = await stores.telemetry.rows(z.object({ user: z.string() }))(
    `SELECT DISTINCT assumeNotNull(user) AS user FROM span WHERE client_id = {client:UUID}`,
    { client: theirs.id },
  );
  expect(left).toEqual([{ user: `user-${700_002 % 7}` }]);
});

test('without a server the command opens the stores itself; what waits in the spool comes along', async () => {
  using target = tempDir();
  await perform(restore, context(target.path), { dir: made.path });
  const secretless = await perform(backUp, context(target.path), { withoutSecret: true });
  expect(secretless.hasSecret).toBe(false);
  expect(readdirSync(join(secretless.path, 'secrets'))).toEqual([]);
  const backup = await perform(backUp, context(target.path), {});
  expect(backup).toMatchObject({ online: false, clients: 2 });
  expect(backup.path.startsWith(join(target.path, 'backups'))).toBe(true);
  expect(printBackup(backup)).toContain('steward restore /');
  expect(printBackup(backup)).not.toContain('server ran');
});

test('a full disk leaves no half backup, and the server serves on', async ({ skip }) => {
  using mount = tempDir();
  // Root alone mounts, and not in every container.
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48k', 'tmpfs', mount.path], { encoding: 'utf8' });
  if (mounted.status !== 0) skip(`a small disk cannot be made here: ${mounted.stderr || String(mounted.error)}`);
  const small = await testServer([], { env: { STEWARD_BACKUP_DIR: join(mount.path, 'backups') } });
  try {
    const client = await small.client('Small');
    for (let n = 0; n < 20; n += 1) await send(small, client.key, n);
    await expect(backUpOn(small)).rejects.toThrow(/is full/);
    expect(readdirSync(join(mount.path, 'backups'))).toEqual([]);
    expect((await send(small, client.key, 21)).status).toBe(200);
    expect((await small.ask('telemetry.ledger', { client: 'Small' })).status).toBe(200);
  } finally {
    await small.close();
    spawnSync('umount', ['-l', mount.path]);
  }
});

test('a server that is stopped in the middle ends, and leaves no half backup', async () => {
  const short = await testServer();
  const client = await short.client('Short');
  for (let n = 0; n < 20; n += 1) await send(short, client.key, n);
  mkdirSync(join(short.dataDir, 'backups'), { recursive: true });
  expect((await short.ask('backups.create', {})).status).toBe(200);
  await short.restart();
  const left = readdirSync(join(short.dataDir, 'backups'));
  for (const name of left) expect(name).not.toContain('unfinished');
  expect((await short.ask('telemetry.ledger', { client: 'Short' })).json).toMatchObject({ balanced: true });
  await short.close();
});
