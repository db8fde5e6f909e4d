import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from './platform/clock.ts';
import { readConfig } from './platform/config.ts';
import { job } from './platform/job.ts';
import { span, traces } from './features/telemetry/otlp/testing/body.ts';
import { encodeJson } from './features/telemetry/otlp/testing/encode.ts';
import { openRecords } from './stores/records/index.ts';
import { startServer } from './server.ts';
import { eventually, quiet, tempDir } from './stores/testing/temp.ts';
import { sendTo } from './testing/server.ts';
import { startTogether, type Ledger, type Together } from './testing/together.ts';

/** Several processes on one PostgreSQL and one ClickHouse, as docs/scale.md says. `npm run torture -- together` kills more. */

let dir: ReturnType<typeof tempDir>;
let together: Together;
beforeAll(async () => {
  dir = tempDir();
  together = await startTogether(dir.path);
});
afterAll(async () => {
  await together[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

test('each role does what it is for, and says who does the rest', async () => {
  const post = (part: 'web' | 'ingest' | 'worker', path: string) =>
    sendTo(`${together.url(part)}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  expect(await post('web', '/v1/traces')).toMatchObject({ status: 404, text: expect.stringContaining('STEWARD_ROLE=ingest') });
  expect(await post('ingest', '/v1/traces')).toMatchObject({ status: 401 });
  for (const part of ['ingest', 'worker'] as const) {
    expect(await post(part, '/api/clients.list')).toMatchObject({
      status: 404,
      text: expect.stringContaining('STEWARD_ROLE=web'),
    });
    expect((await sendTo(`${together.url(part)}/`, { headers: { accept: 'text/html' } })).status).toBe(404);
    expect((await sendTo(`${together.url(part)}/ready`)).status).toBe(200);
    expect((await sendTo(`${together.url(part)}/metrics`)).status).toBe(401);
    // The owner's key lies where pages are served, and nowhere else.
    expect(existsSync(`${together.dir(part)}/owner.key`)).toBe(false);
  }
  expect(await together.ask('clients.list', {})).toMatchObject({ clients: [] });
});

test('a request whose answer got lost is sent again to another process: it counts once', async () => {
  await together.ask('clients.create', { name: 'Twice' });
  const { key } = await together.ask<{ key: string }>('keys.create', { client: 'Twice', scopes: ['ingest'] });
  const body = encodeJson(traces(Array.from({ length: 7 }, (_, n) => span({}, { spanId: `${n + 1}`.padStart(16, '0') }))));
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const send = (part: 'ingest' | 'ingest2') => sendTo(`${together.url(part)}/v1/traces`, { method: 'POST', headers, body });
  for (const reply of await Promise.all([send('ingest'), send('ingest2')])) expect(reply.status).toBe(200);
  const ledger = () => together.ask<Ledger>('telemetry.ledger', { client: 'Twice' });
  await eventually(async () => {
    const { received, stored, spooled, balanced } = await ledger();
    return received === 14 && stored === 7 && spooled === 0 && balanced;
  });
  expect(await ledger()).toMatchObject({ received: 14, stored: 7, deduplicated: 7, balanced: true });
});

test('what waits at a process that is away is told, and nothing is called unbalanced', async () => {
  await together.ask('clients.create', { name: 'Away' });
  const { key } = await together.ask<{ key: string }>('keys.create', { client: 'Away', scopes: ['ingest'] });
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const ledger = () => together.ask<Ledger>('telemetry.ledger', { client: 'Away' });
  // Nobody loads anything while somebody is alone with it.
  await using records = await openRecords({ dataDir: dir.path, databaseUrl: together.env['DATABASE_URL'] }, quiet);
  await records.locks.alone('loading', 10_000, async () => {
    const body = encodeJson(traces([span({})]));
    expect(await sendTo(`${together.url('ingest2')}/v1/traces`, { method: 'POST', headers, body })).toMatchObject({
      status: 200,
    });
    await eventually(async () => {
      const { processes } = await together.ask<{ processes: { spoolBytes: number }[] }>('system.status', {});
      return processes.some(({ spoolBytes }) => spoolBytes > 0);
    });
  });
  await eventually(async () => {
    const { stored, spooled } = await ledger();
    return stored === 1 && spooled === 0;
  });
  expect(await ledger()).toMatchObject({ received: 1, stored: 1, spooled: 0, balanced: true });
});

test('a process that takes telemetry is killed under load: nothing is lost, nothing is doubled', async () => {
  const sending = await together.send();
  for (const part of ['ingest', 'ingest2', 'ingest'] as const) {
    await sending.taken();
    await sleep(Math.random() * 400);
    await together.kill(part);
  }
  await sending.taken();
  const outcome = await sending.count();
  expect(outcome).toMatchObject({
    missing: 0,
    surplus: 0,
    refused: 0,
    summed: outcome.batches * 20,
    ledger: { stored: outcome.batches * 20, spooled: 0, setAside: 0, balanced: true },
  });
  expect(outcome.batches).toBeGreaterThan(20);
});

test('jobs are run once, whoever runs them; one whose process was killed in the middle is run again', async () => {
  const ran: string[] = [];
  const start = (name: string, run: () => Promise<void>) =>
    startServer(
      {
        now: systemClock,
        config: readConfig({ ...together.env, STEWARD_ROLE: 'worker', STEWARD_DATA: together.dir(name), PORT: '0' }),
        log: quiet,
      },
      { operations: [], routes: [], jobs: [job({ name: 'probe.once', every: 'day', run })] },
    );
  const note = () => Promise.resolve(void ran.push('ran'));
  const [one, other] = await Promise.all([start('one', note), start('other', note)]);
  await Promise.all([one.runDueJobs(), other.runDueJobs()]);
  expect(ran).toEqual(['ran']);

  // As kill -9 leaves it, once that process is another run.
  await using records = await openRecords({ dataDir: dir.path, databaseUrl: together.env['DATABASE_URL'] }, quiet);
  const setRun = (finishedAt: Date | null, instance: string) =>
    records.rows(z.never())`update job_run set finished_at = ${finishedAt}, instance = ${instance} where job = 'probe.once'`;
  await setRun(new Date(Date.now() + 60_000), randomUUID());
  await other.runDueJobs();
  expect(ran).toEqual(['ran']);
  await setRun(null, randomUUID());
  await Promise.all([one.runDueJobs(), other.runDueJobs()]);
  expect(ran).toEqual(['ran', 'ran']);
  await one.close();
  await other.close();
});
