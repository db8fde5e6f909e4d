import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS } from '../../../platform/clock.ts';
import { enginePid } from '../../../stores/testing/pids.ts';
import { testServer, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeJson } from '../otlp/testing/encode.ts';

let server: TestServer;
beforeAll(async () => (server = await testServer()));
afterAll(() => server.close());

type Sender = Awaited<ReturnType<TestServer['client']>>;
const plainHashOf = (name: string) => createHash('sha256').update(name).digest('hex');
const traceIdOf = (n: number) => n.toString(16).padStart(32, 'a');
const spanIdOf = (n: number) => n.toString(16).padStart(16, 'b');

/** A trace of two spans, of which the outer one names the user, and a score. */
async function sendTrace({ key }: Sender, n: number, user: string) {
  const traceId = traceIdOf(n);
  const sent = [
    span({ 'user.id': user, 'annotation.name': 'tone', 'annotation.score': 1 }, { traceId, spanId: spanIdOf(1) }),
    span(
      { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': `a question of ${user}`, 'acme.note': 'a note' },
      { traceId, spanId: spanIdOf(2), parentSpanId: spanIdOf(1) },
    ),
  ];
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  expect((await server.send('/v1/traces', { method: 'POST', headers, body: encodeJson(traces(sent)) })).status).toBe(200);
}
const show = ({ id }: Sender, n: number) => server.ask('telemetry.trace', { client: id, traceId: traceIdOf(n) });
const arrived = async (client: Sender, n: number) => {
  await server.settled();
  expect((await show(client, n)).json).toMatchObject({ scores: [{}] });
};
interface Listed {
  erasures: { id: string; rowsBefore: number; rowsAfter: number }[];
}

test('an end user is erased with the traces they had a part in, and nobody else', async () => {
  const [acme, globex] = [await server.client('Acme'), await server.client('Globex')];
  await sendTrace(acme, 1, 'anna');
  await sendTrace(acme, 2, 'anna');
  await sendTrace(acme, 3, 'bert');
  await sendTrace(globex, 4, 'anna');
  for (const n of [1, 2, 3]) await arrived(acme, n);
  await arrived(globex, 4);

  const reply = await server.ask('erasure.request', { client: 'Acme', user: 'anna' });
  expect(reply).toMatchObject({ status: 200, json: { rowsBefore: 12, rowsAfter: 0 } });
  // Nor are they in the sums that charts are made of.
  const period = { client: 'Acme', from: '2026-11-20T00:00:00Z', to: '2026-11-23T00:00:00Z' };
  const chart = await server.ask('telemetry.metrics', { ...period, metric: 'runs', bucket: 'day' });
  expect(chart.json).toMatchObject({ series: [{ points: [{ value: 1 }] }] });
  const tones = await server.ask('telemetry.metrics', { ...period, metric: 'score', scoreName: 'tone', bucket: 'day' });
  expect(tones.json).toMatchObject({ series: [{ points: [{ value: 1, n: 1 }] }] });
  expect([(await show(acme, 1)).status, (await show(acme, 2)).status, (await show(acme, 3)).status]).toEqual([404, 404, 200]);
  expect((await show(globex, 4)).text).toContain('anna');
  expect((await server.ask('scores.list', { client: 'Acme' })).text).not.toContain(traceIdOf(1));
  const { erasures } = (await server.ask('erasure.list', { client: 'Acme' })).json as unknown as Listed;
  expect(erasures).toMatchObject([{ rowsBefore: 12, rowsAfter: 0 }]);
  // Neither the list nor the audit trail says who it was.
  await using records = await server.records();
  const { z } = await import('zod');
  const kept = await records.rows(z.unknown())`select input from audit_entry where operation = 'erasure.request'`;
  expect(JSON.stringify([kept, erasures])).not.toContain('anna');
  // Nor does a list of hashes of names.
  const wall = { client: acme.id, does: 'read' } as const;
  const rows = await records.behind(wall, (sql) => sql.rows(z.unknown())`select user_salt, user_hashes from erasure`);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(plainHashOf('anna'));
});

test('what names an end user beside their traces goes too, and each table is counted', async () => {
  const { key } = await server.client('Vandelay');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const said = (user: string) => [{ key: 'enduser.id', value: { stringValue: user } }];
  const at = `${Date.now()}000000`;
  const logRecords = ['kramer', 'elaine'].map((user) => ({
    timeUnixNano: at,
    attributes: said(user),
    body: { stringValue: 'hello' },
  }));
  const dataPoints = ['kramer', 'elaine'].map((user) => ({ timeUnixNano: at, asInt: '1', attributes: said(user) }));
  const metrics = [{ name: 'asked', gauge: { dataPoints } }];
  const post = (path: string, body: object) => server.send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect((await post('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })).status).toBe(200);
  expect((await post('/v1/metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })).status).toBe(200);
  const score = { client: 'Vandelay', traceId: traceIdOf(40), name: 'fit', value: 1, source: 'person' };
  expect((await server.ask('scores.create', { ...score, explanation: 'kramer was pleased' })).status).toBe(200);
  // Nothing is waited for: what is on its way is.
  const { json } = await server.ask('erasure.request', { client: 'Vandelay', user: 'kramer' });
  const one = (table: string) => expect.objectContaining({ table, before: 1, after: 0 });
  expect(json).toMatchObject({
    rowsBefore: 3,
    rowsAfter: 0,
    tables: expect.arrayContaining(['log_record', 'metric_point', 'score explanations'].map(one)) as unknown[],
  });
  for (const asked of ['telemetry.logs', 'telemetry.metricPoints', 'scores.list']) {
    const { status, text } = await server.ask(asked, { client: 'Vandelay' });
    expect([asked, status, text.includes('kramer')]).toEqual([asked, 200, false]);
  }
  expect((await server.ask('telemetry.logs', { client: 'Vandelay' })).text).toContain('elaine');
  const ledger = await server.ask('telemetry.ledger', { client: 'Vandelay' });
  expect(ledger.json).toMatchObject({ balanced: true, removed: { erasure: 2 } });
});

/** What charts of some days, the last of which is over, show of a client. */
async function charts(client: string, daysAgo: number) {
  const from = new Date(Date.now() - (daysAgo + 1) * DAY_MS).toISOString();
  const shown = async (metric: string) => {
    const { json } = await server.ask('telemetry.metrics', { client, metric, bucket: 'day', from });
    const { series } = json as unknown as { series: { points: { value: number | null }[] }[] };
    return series.flatMap(({ points }) => points.map(({ value }) => value)).filter((value) => value !== null && value !== 0);
  };
  return { runs: await shown('runs'), users: await shown('users'), scores: await shown('score') };
}

/** A run of a user some days ago, and a score of it. */
async function sendOld({ id: client, key }: Sender, n: number, user: string, daysAgo: number) {
  const atMs = Date.now() - daysAgo * DAY_MS;
  const times = { startTimeUnixNano: `${atMs}000000`, endTimeUnixNano: `${atMs + 5}000000` };
  const sent = [span({ 'user.id': user }, { traceId: traceIdOf(n), spanId: spanIdOf(n), ...times })];
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  expect((await server.send('/v1/traces', { method: 'POST', headers, body: encodeJson(traces(sent)) })).status).toBe(200);
  const score = { client, traceId: traceIdOf(n), name: 'fit', source: 'person', value: 0.25, at: new Date(atMs).toISOString() };
  expect((await server.ask('scores.create', score)).status).toBe(200);
  await server.settled();
}

test('who was erased is in no sum of a day from before what is kept, that came late', async () => {
  const oscorp = await server.client('Oscorp');
  for (const kind of ['spans', 'scores']) await server.ask('retention.set', { client: 'Oscorp', kind, days: 30 });
  await sendOld(oscorp, 70, 'norman', 60);
  expect(await charts('Oscorp', 60)).toEqual({ runs: [1], users: [1], scores: [0.25] });
  expect((await server.ask('erasure.request', { client: 'Oscorp', user: 'norman' })).status).toBe(200);
  expect(await charts('Oscorp', 60)).toEqual({ runs: [], users: [], scores: [] });
});

test('an erasure that is cut off once the rows are gone has its days summed up again all the same', async () => {
  const tyrell = await server.client('Tyrell');
  await sendOld(tyrell, 71, 'rachael', 1);
  expect(await charts('Tyrell', 1)).toEqual({ runs: [1], users: [1], scores: [0.25] });
  await using telemetry = server.telemetry();
  // The table whose turn it is after those of traces.
  await telemetry.command('RENAME TABLE metric_point TO metric_point_away');
  const { status } = await server.ask('erasure.request', { client: 'Tyrell', user: 'rachael' });
  await telemetry.command('RENAME TABLE metric_point_away TO metric_point');
  expect(status).toBeGreaterThanOrEqual(400);
  expect((await show(tyrell, 71)).status).toBe(404);
  expect(await charts('Tyrell', 1)).toEqual({ runs: [1], users: [1], scores: [0.25] });
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect(await charts('Tyrell', 1)).toEqual({ runs: [], users: [], scores: [] });
});

test('what was on its way when an erasure was asked for is erased within the hour', async () => {
  const initech = await server.client('Initech');
  await sendTrace(initech, 10, 'someone');
  await arrived(initech, 10);
  process.kill(enginePid(server.dataDir), 'SIGSTOP');
  await sendTrace(initech, 11, 'carla');
  const asked = server.ask('erasure.request', { client: 'Initech', user: 'carla' });
  process.kill(enginePid(server.dataDir), 'SIGCONT');
  expect((await asked).status).toBe(200);
  await sendTrace(initech, 12, 'someone');
  await arrived(initech, 12);
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect((await show(initech, 11)).status).toBe(404);
  expect((await show(initech, 12)).status).toBe(200);
  const { erasures } = (await server.ask('erasure.list', { client: 'Initech' })).json as unknown as Listed;
  expect(erasures).toMatchObject([{ rowsBefore: 6, rowsAfter: 0 }]);
});

test('what lies set aside of the client goes as a whole, also what comes there later, and nothing of another', async () => {
  const [soylent, wayne, cyberdyne] = [
    await server.client('Soylent'),
    await server.client('Wayne'),
    await server.client('Cyberdyne'),
  ];
  const spool = join(server.dataDir, 'spool');
  process.kill(enginePid(server.dataDir), 'SIGSTOP');
  await sendTrace(soylent, 60, 'holly-of-soylent');
  await sendTrace(wayne, 61, 'bruce-of-wayne');
  await sendTrace(cyberdyne, 62, 'miles-of-cyberdyne');
  const waiting = readdirSync(spool).filter((name) => name.endsWith('.segment'));
  const bytes = Buffer.concat(waiting.map((name) => readFileSync(join(spool, name))));
  process.kill(enginePid(server.dataDir), 'SIGCONT');
  for (const who of ['holly-of-soylent', 'bruce-of-wayne']) expect(bytes.includes(who)).toBe(true);
  await arrived(soylent, 60);
  await arrived(wayne, 61);
  await arrived(cyberdyne, 62);
  const changed = Buffer.from(bytes);
  for (const who of ['holly-of-soylent', 'bruce-of-wayne']) changed[changed.indexOf(who) + 1]! ^= 1;
  const set = (name: string, content: Buffer) => writeFileSync(join(spool, name), content, { mode: 0o600 });
  const aside = () => {
    const names = readdirSync(spool).filter((name) => /\.(refused|damaged)$/.test(name));
    return { names, all: Buffer.concat(names.map((name) => readFileSync(join(spool, name)))).toString('latin1') };
  };
  set('1700000000000-000001.segment.refused', bytes);
  set('1700000000000-000002.segment.damaged', changed);
  set('1700000000000-000002.segment.damaged.new', bytes);
  await server.restart();
  const { json } = await server.ask('erasure.request', { client: 'Soylent', user: 'holly-of-soylent' });
  expect(json).toMatchObject({
    rowsAfter: 0,
    tables: expect.arrayContaining([expect.objectContaining({ table: 'set aside', before: 2, after: 0 })]) as unknown[],
  });
  expect(aside().names).toHaveLength(2);
  expect(aside().all).not.toMatch(/h.lly-of-soylent/);
  expect(aside().all).toMatch(/b.uce-of-wayne/);
  expect(readdirSync(spool).filter((name) => name.endsWith('.new'))).toEqual([]);
  expect((await show(wayne, 61)).status).toBe(200);

  set('1700000000000-000003.segment.refused', bytes);
  await server.restart();
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect(aside().all).not.toMatch(/h.lly-of-soylent/);
  const { erasures } = (await server.ask('erasure.list', { client: 'Soylent' })).json as unknown as Listed;
  expect(erasures).toMatchObject([
    { rowsAfter: 0, tables: expect.arrayContaining([{ table: 'set aside', before: 3, after: 0 }]) as unknown[] },
  ]);
  // Nor is anything left of a client who is gone.
  expect((await server.ask('clients.close', { id: 'Wayne' })).status).toBe(200);
  server.later(DAY_MS / 12);
  expect((await server.ask('clients.delete', { id: 'Wayne', confirm: 'Wayne' })).status).toBe(200);
  expect(aside().all).not.toMatch(/b.uce-of-wayne/);

  // As if on the disk of another process, which looks for itself; what is of others stays for as long as anything of theirs.
  set('1700000000000-000004.segment.refused', bytes);
  await server.restart();
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect(aside().all).not.toMatch(/b.uce-of-wayne|h.lly-of-soylent/);
  expect(aside().all).toContain('miles-of-cyberdyne');
  await server.ask('retention.set', { client: 'Cyberdyne', kind: 'metrics', days: 300 });
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect(aside().names).toEqual([]);
});

test('an erasure from before there were salts still finds what arrives', async () => {
  const stark = await server.client('Stark');
  await sendTrace(stark, 50, 'greta');
  await arrived(stark, 50);
  const { key, id } = stark;
  const record = { timeUnixNano: `${Date.now()}000000`, attributes: [{ key: 'user.id', value: { stringValue: 'greta' } }] };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  expect((await server.send('/v1/logs', { method: 'POST', headers, body })).status).toBe(200);
  const logs = async () => (await server.ask('telemetry.logs', { client: id })).text;
  await server.settled();
  expect(await logs()).toContain('greta');
  await using records = await server.records();
  const { z } = await import('zod');
  const soon = new Date(Date.now() + DAY_MS);
  await records.behind({ client: id, does: 'write' }, async (sql) => {
    await sql.rows(z.unknown())`
      insert into erasure (client_id, id, user_hashes, requested_at, rows_before, rows_after, checked_at)
      values (${id}, ${randomUUID()}, ${[plainHashOf('greta')]}, ${soon}, 0, 0, ${soon})`;
  });
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect((await show(stark, 50)).status).toBe(404);
  expect(await logs()).not.toContain('greta');
});

test('what waited for days in the spool of a process that was away is erased once it is loaded', async () => {
  const weyland = await server.client('Weyland');
  const spool = join(server.dataDir, 'spool');
  process.kill(enginePid(server.dataDir), 'SIGSTOP');
  await sendTrace(weyland, 80, 'ellen');
  const waiting = readdirSync(spool).filter((name) => name.endsWith('.segment'));
  const bytes = Buffer.concat(waiting.map((name) => readFileSync(join(spool, name))));
  process.kill(enginePid(server.dataDir), 'SIGCONT');
  await arrived(weyland, 80);
  expect((await server.ask('erasure.request', { client: 'Weyland', user: 'ellen' })).json).toMatchObject({ rowsAfter: 0 });
  server.later(4 * DAY_MS);
  await server.runDueJobs();
  writeFileSync(join(spool, `${Date.now() - 3 * DAY_MS}-000001.segment`), bytes, { mode: 0o600 });
  await server.restart();
  await arrived(weyland, 80);
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect((await show(weyland, 80)).status).toBe(404);
});

test('a user whose name was struck is found by their name', async () => {
  const hooli = await server.client('Hooli');
  await server.ask('redaction.set', { client: 'Hooli', patterns: ['email'] });
  await sendTrace(hooli, 20, 'dora@example.com');
  await sendTrace(hooli, 21, 'emil@example.com');
  for (const n of [20, 21]) await arrived(hooli, n);
  const reply = await server.ask('erasure.request', { client: 'Hooli', user: 'dora@example.com' });
  expect(reply.json).toMatchObject({ rowsBefore: 6, rowsAfter: 0 });
  expect([(await show(hooli, 20)).status, (await show(hooli, 21)).status]).toEqual([404, 200]);
});

test('a user is found by their name whatever redaction made of it when it came', async () => {
  const bluth = await server.client('Bluth');
  const rules = [
    { patterns: [], own: [] },
    { patterns: ['email'], own: [] },
    { patterns: ['email'], own: [{ name: 'customer', pattern: 'milton@[a-z.]+' }] },
    { patterns: [], own: [{ name: 'employer', pattern: '@example' }] },
    { patterns: [], own: [] },
  ];
  for (const [n, rule] of rules.entries()) {
    await server.ask('redaction.set', { client: 'Bluth', ...rule });
    await sendTrace(bluth, 90 + n, 'milton@example.com');
  }
  await sendTrace(bluth, 99, 'peter@example.com');
  for (const n of [...rules.keys(), 9]) await arrived(bluth, 90 + n);
  const reply = await server.ask('erasure.request', { client: 'Bluth', user: 'milton@example.com' });
  expect(reply.json).toMatchObject({ rowsAfter: 0 });
  for (const n of rules.keys()) expect((await show(bluth, 90 + n)).status).toBe(404);
  expect((await show(bluth, 99)).status).toBe(200);
});

test('what still comes of an erased trace goes within the hour, also where it names nobody', async () => {
  const dunder = await server.client('Dunder');
  await sendTrace(dunder, 95, 'pam');
  await sendTrace(dunder, 96, 'jim');
  for (const n of [95, 96]) await arrived(dunder, n);
  expect((await server.ask('erasure.request', { client: 'Dunder', user: 'pam' })).json).toMatchObject({ rowsAfter: 0 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${dunder.key}` };
  for (const n of [95, 96]) {
    const child = span(
      { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': 'I am she' },
      { traceId: traceIdOf(n), spanId: spanIdOf(3), parentSpanId: spanIdOf(1) },
    );
    expect((await server.send('/v1/traces', { method: 'POST', headers, body: encodeJson(traces([child])) })).status).toBe(200);
  }
  await server.settled();
  expect((await show(dunder, 95)).json).toMatchObject({ spanCount: 1 });
  server.later(DAY_MS / 12);
  await server.runDueJobs();
  expect((await show(dunder, 95)).status).toBe(404);
  expect((await show(dunder, 96)).json).toMatchObject({ spanCount: 3 });
});

test('texts go before spans, and each kind when its days are over', async () => {
  const umbrella = await server.client('Umbrella');
  const set = (kind: string, days: number | null) => server.ask('retention.set', { client: 'Umbrella', kind, days });
  await sendTrace(umbrella, 30, 'fred');
  await arrived(umbrella, 30);
  const record = { timeUnixNano: `${Date.now()}000000`, body: { stringValue: 'a logged answer' }, traceId: traceIdOf(30) };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${umbrella.key}` };
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  expect((await server.send('/v1/logs', { method: 'POST', headers, body })).status).toBe(200);
  const logs = async () => (await server.ask('telemetry.logs', { client: 'Umbrella' })).text;
  await server.settled();
  expect(await logs()).toContain('a logged answer');
  await set('texts', 5);
  await set('logs', 25);
  expect((await set('spans', 20)).json).toMatchObject({ texts: 5, spans: 20, logs: 25, scores: null });
  server.later(2 * DAY_MS);
  await server.runDueJobs();
  expect((await show(umbrella, 30)).text).toContain('a question of fred');
  server.later(4 * DAY_MS);
  await server.runDueJobs();
  const later = await show(umbrella, 30);
  expect(later.text).not.toContain('a question');
  expect(await logs()).toContain(traceIdOf(30));
  expect(await logs()).not.toContain('a logged answer');
  expect(later.json).toMatchObject({
    spans: [{}, { input: null, flags: ['texts_expired'] }],
  });
  await set('spans', null);
  server.later(30 * DAY_MS);
  await server.runDueJobs();
  expect((await show(umbrella, 30)).status).toBe(200);
  await set('spans', 20);
  server.later(2 * DAY_MS);
  await server.runDueJobs();
  expect((await show(umbrella, 30)).status).toBe(404);
  expect((await set('spans', 0)).status).toBe(400);
});
