import { afterAll, beforeAll, expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { enginePid } from '../../../stores/testing/pids.ts';
import { eventually } from '../../../stores/testing/temp.ts';
import { testServer, type Reply, type TestServer } from '../../../testing/server.ts';
import { span, traces } from '../otlp/testing/body.ts';
import { encodeTraces, type Doc } from '../otlp/testing/encode.ts';
import type { Ledger } from './model.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const some = (trace: string, count: number): Doc[] =>
  Array.from({ length: count }, (_, n) =>
    span({}, { traceId: trace.repeat(32), spanId: (n + 1).toString(16).padStart(16, '0') }),
  );
const post = (key: string, body: Uint8Array, headers: Record<string, string> = {}) =>
  server.send('/v1/traces', {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'x-api-key': key, ...headers },
    body,
  });
const ledgerOf = async (client: string) => (await server.ask('telemetry.ledger', { client })).json as unknown as Ledger;
const settled = (client: string) => eventually(async () => (await ledgerOf(client)).spooled === 0);

test('every item and every refused request is in the ledger, and it adds up', async () => {
  const { key } = await server.client('Counted');
  const bad = span({}, { traceId: '00', spanId: '00' });
  const body = encodeTraces(traces([...some('a', 5), bad, bad]));
  expect((await post(key, body)).status).toBe(200);
  // The same batch three times, gzipped or not.
  expect((await post(key, gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200);
  expect((await post(key, body)).status).toBe(200);
  expect((await post(key, encodeTraces(traces([bad])))).status).toBe(200);
  expect((await post(key, Buffer.from([0xff, 0xff]))).status).toBe(400);
  expect((await post(key, body, { 'content-type': 'text/xml' })).status).toBe(415);
  expect((await post(key, Buffer.alloc(21 * 1024 * 1024))).status).toBe(413);
  await settled('Counted');
  const counts = {
    received: 22,
    stored: 5,
    deduplicated: 10,
    rejected: { trace_id_invalid: 7 },
    setAside: 0,
    spooled: 0,
  };
  expect(await ledgerOf('Counted')).toMatchObject({
    ...counts,
    balanced: true,
    difference: 0,
    refused: { invalid: 1, unsupported: 1, too_large: 1 },
    requests: 4,
    kinds: expect.arrayContaining([expect.objectContaining({ kind: 'span', ...counts })]),
  });
  await server.restart();
  expect(await ledgerOf('Counted')).toMatchObject({
    ...counts,
    balanced: true,
    refused: { invalid: 1, unsupported: 1, too_large: 1 },
  });
});

test('a client’s ledger is empty before it sends, and shows nothing of another', async () => {
  await server.client('Silent');
  expect(await ledgerOf('Silent')).toMatchObject({ received: 0, stored: 0, balanced: true, since: null });
});

test('what waits while the store is away stands in the ledger as soon as the store can be asked, and is counted once', async () => {
  const { key } = await server.client('Waiting');
  for (let n = 0; n < 3; n += 1) {
    // Stopped, it can take nothing: what is acknowledged now is in the spool alone.
    const engine = enginePid(server.dataDir);
    process.kill(engine, 'SIGSTOP');
    for (const trace of ['1', '2']) expect((await post(key, encodeTraces(traces(some(trace, 3))))).status).toBe(200);
    process.kill(engine, 'SIGKILL');
    await eventually(async () => (await ledgerOf('Waiting')).balanced);
  }
  await settled('Waiting');
  expect(await ledgerOf('Waiting')).toMatchObject({ received: 18, stored: 6, deduplicated: 12, balanced: true });
});

test('an acknowledged batch that the store refuses is counted as set aside', async () => {
  const { key } = await server.client('Refused');
  await using telemetry = server.telemetry();
  await telemetry.command("ALTER TABLE span ADD CONSTRAINT no_b CHECK trace_id != repeat('b', 32)");
  try {
    await Promise.all(['a', 'b', 'c'].map((trace) => post(key, encodeTraces(traces(some(trace, 2))))));
    await settled('Refused');
    expect(await ledgerOf('Refused')).toMatchObject({ received: 6, stored: 4, setAside: 2, balanced: true });
  } finally {
    await telemetry.command('ALTER TABLE span DROP CONSTRAINT no_b');
  }
});

test('metrics are for the practice, in the form of Prometheus; the system says what needs somebody', async () => {
  const metrics = (key: string | null) => server.send('/metrics', { headers: key ? { authorization: `Bearer ${key}` } : {} });
  const { id, key } = await server.client('Measured', ['ingest', 'read']);
  expect((await post(key, encodeTraces(traces(some('a', 3))))).status).toBe(200);
  await settled('Measured');
  expect((await metrics(null)).status).toBe(401);
  expect((await metrics(key)).status).toBe(403);
  const { status, text, headers } = await metrics(server.ownerKey());
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/plain');
  expect(text).toContain(`steward_ingest_items_total{client="${id}",kind="span",outcome="received"} 3\n`);
  expect(text).toMatch(/^steward_spool_bytes \d+$/m);
  expect(text).toContain('steward_telemetry_up 1');
  expect(
    text.split('\n').filter((line) => line && !/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [\d.e+]+)$/.test(line)),
  ).toEqual([]);
  // The test before left a file behind.
  const warnings = [expect.stringContaining('.refused')];
  expect((await server.ask('system.status', {})).json).toMatchObject({ warnings, setAside: { refused: 1, damaged: 0 } });
  expect((await server.send('/ready')).json).toMatchObject({ status: 'ready', warnings });
});

test('a client that has sent what it may is told to wait, and no other', async () => {
  const [noisy, quiet] = [await server.client('Noisy'), await server.client('Quiet')];
  const set = await server.ask('quotas.set', { client: 'Noisy', spansPerMinute: 5 });
  expect(set).toMatchObject({ status: 200, json: { spansPerMinute: 5, bytesPerDay: null } });
  expect((await server.ask('quotas.show', { client: 'Noisy' }, noisy.key)).status).toBe(403);
  const replies: Reply[] = [];
  // A minute may end in between.
  for (const trace of ['1', '2', '3', '4', '5', '6']) replies.push(await post(noisy.key, encodeTraces(traces(some(trace, 5)))));
  const refused = replies.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(2);
  expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
  expect((await post(quiet.key, encodeTraces(traces(some('1', 9))))).status).toBe(200);
  await settled('Noisy');
  const counted = { refused: { too_many: refused.length }, received: (6 - refused.length) * 5, balanced: true };
  expect(await ledgerOf('Noisy')).toMatchObject(counted);
  await server.ask('quotas.set', { client: 'Quiet', bytesPerDay: 100 });
  await server.restart();
  expect((await server.ask('quotas.show', { client: 'Quiet' })).json).toMatchObject({ bytesPerDay: 100 });
  // What was decided holds within seconds.
  await eventually(async () => (await post(quiet.key, encodeTraces(traces(some('2', 1))))).status === 429);
});

test('scores are counted, what retention and an erasure took is told, and it adds up after each of them', async () => {
  const { key } = await server.client('Shrinking');
  const of = (trace: string, user: string) =>
    span(
      { 'user.id': user, 'annotation.name': 'tone', 'annotation.score': 1 },
      { traceId: trace.repeat(32), spanId: '1'.repeat(16) },
    );
  const body = encodeTraces(traces([of('a', 'anna'), of('b', 'bert')]));
  for (let n = 0; n < 2; n += 1) expect((await post(key, body)).status).toBe(200);
  const label = { client: 'Shrinking', traceId: 'b'.repeat(32), name: 'correct', source: 'person', id: 'label' };
  for (const value of [true, false]) expect((await server.ask('scores.create', { ...label, value })).status).toBe(200);
  await settled('Shrinking');
  const kinds = (removed: Record<string, number>, stored: number, scores: number) =>
    expect.arrayContaining([
      expect.objectContaining({ kind: 'span', received: 4, deduplicated: 2, stored, removed }),
      expect.objectContaining({ kind: 'score', received: 6, deduplicated: 3, stored: scores, removed }),
    ]);
  expect(await ledgerOf('Shrinking')).toMatchObject({ balanced: true, removed: {}, kinds: kinds({}, 2, 3) });
  expect((await server.ask('erasure.request', { client: 'Shrinking', user: 'anna' })).status).toBe(200);
  expect(await ledgerOf('Shrinking')).toMatchObject({
    balanced: true,
    removed: { erasure: 2 },
    kinds: kinds({ erasure: 1 }, 1, 2),
  });
  expect((await server.send('/metrics', { headers: { authorization: `Bearer ${server.ownerKey()}` } })).text).toMatch(
    /kind="span",outcome="removed",reason="erasure"} 1\n/,
  );
  for (const kind of ['spans', 'scores']) await server.ask('retention.set', { client: 'Shrinking', kind, days: 1 });
  server.later(3 * 86_400_000);
  await server.runDueJobs();
  expect(await ledgerOf('Shrinking')).toMatchObject({
    balanced: true,
    stored: 0,
    removed: { erasure: 2, retention: 3 },
  });
});

test('a removal that was cut off is counted as far as it came, and finished by the next', async () => {
  const { id, key } = await server.client('Cut');
  expect((await post(key, encodeTraces(traces([...some('a', 3), ...some('b', 2)])))).status).toBe(200);
  await settled('Cut');
  await using telemetry = server.telemetry();
  const planned = (trace: string, items: number) =>
    telemetry.insert('ingest_removal', [
      {
        client_id: id,
        id: crypto.randomUUID(),
        at: new Date().toISOString(),
        kind: 'span',
        reason: 'erasure',
        which: JSON.stringify({ traceIds: [trace.repeat(32)] }),
        items,
        state: 0,
      },
    ]);
  await planned('a', 3);
  expect(await ledgerOf('Cut')).toMatchObject({ stored: 5, removed: {}, balanced: true });
  await telemetry.command(
    `ALTER TABLE span DELETE WHERE client_id = '${id}' AND trace_id = repeat('a', 32) AND span_id < '0000000000000003' SETTINGS mutations_sync = 2`,
  );
  expect(await ledgerOf('Cut')).toMatchObject({ stored: 3, removed: { erasure: 2 }, balanced: true });
  await server.ask('retention.set', { client: 'Cut', kind: 'spans', days: 300 });
  server.later(2 * 86_400_000);
  await server.runDueJobs();
  expect(await ledgerOf('Cut')).toMatchObject({ stored: 2, removed: { erasure: 3 }, balanced: true });
});

test('log records and scores that are sent again after a restart were sent again', async () => {
  const { key } = await server.client('Restarted');
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const logRecords = [{ timeUnixNano: `${Date.now()}000000`, body: { stringValue: 'once' } }];
  const gauge = { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asInt: '7' }] };
  const sendAll = async () => {
    const logs = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    const points = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'queue', gauge }] }] }] });
    const scored = encodeTraces(traces([span({ 'annotation.name': 'tone', 'annotation.score': 1 })]));
    expect((await server.send('/v1/logs', { method: 'POST', headers, body: logs })).status).toBe(200);
    expect((await server.send('/v1/metrics', { method: 'POST', headers, body: points })).status).toBe(200);
    expect((await post(key, scored)).status).toBe(200);
  };
  await sendAll();
  await settled('Restarted');
  await server.restart();
  await sendAll();
  await settled('Restarted');
  const once = (kind: string) => expect.objectContaining({ kind, received: 2, stored: 1, deduplicated: 1 });
  expect(await ledgerOf('Restarted')).toMatchObject({
    balanced: true,
    kinds: expect.arrayContaining(['span', 'log_record', 'metric_point', 'score'].map(once)),
  });
});

test('a ledger that does not add up says so', async () => {
  const { id, key } = await server.client('Robbed');
  expect((await post(key, encodeTraces(traces(some('a', 4))))).status).toBe(200);
  await settled('Robbed');
  await using telemetry = server.telemetry();
  await telemetry.command(
    `ALTER TABLE span DELETE WHERE client_id = '${id}' AND span_id = '0000000000000001' SETTINGS mutations_sync = 2`,
  );
  expect(await ledgerOf('Robbed')).toMatchObject({ received: 4, stored: 3, balanced: false, difference: 1 });
});
