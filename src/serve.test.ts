import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { span, traces } from './features/telemetry/otlp/testing/body.ts';
import { encodeJson } from './features/telemetry/otlp/testing/encode.ts';
import { operation } from './platform/operation.ts';
import { shipped } from './platform/paths.ts';
import { preparedDataDir } from './stores/testing/prepared.ts';
import { telemetryOf } from './stores/testing/telemetry.ts';
import { eventually } from './stores/testing/temp.ts';
import { sendTo, testServer } from './testing/server.ts';
import { freePort } from './testing/siege.ts';

/** `steward serve` and the commands that ask it, as a shell starts them. */

let dir: Awaited<ReturnType<typeof preparedDataDir>>;
let port = '';
beforeAll(async () => {
  dir = await preparedDataDir();
  port = String(await freePort());
});
afterAll(() => dir[Symbol.dispose]());

function start(args: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [shipped('bin', 'steward.mjs'), ...args.split(' ').filter(Boolean)], {
    env: { PATH: process.env['PATH'], STEWARD_DATA: dir.path, PORT: port, ...env },
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said.err += chunk));
  const ended = new Promise<{ exitCode: number | null; out: string; err: string }>((done) =>
    child.once('close', (exitCode) => done({ exitCode, ...said })),
  );
  return { child, said, ended };
}
const steward = (args: string, env?: Record<string, string>) => start(args, env).ended;

test('nobody answers: the command says how to start a server', async () => {
  const { exitCode, out, err } = await steward('clients list', { STEWARD_KEY: 'x' });
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(err).toMatch(/^steward: Nobody answers at http:\/\/127\.0\.0\.1:\d+\. Start the server with "steward serve"/);
});

test('a server is started, asked and ended by the shell', async () => {
  // What `npm start` does: without words, it serves.
  const server = start('');
  await eventually(() => server.said.out.includes('/welcome?token='));
  expect(server.said.out).toContain(`http://127.0.0.1:${port}`);
  expect(await sendTo(`http://127.0.0.1:${port}/ready`)).toMatchObject({ status: 200 });

  const made = await steward('clients create --name Acme');
  expect(made).toMatchObject({ exitCode: 0, err: '' });
  const { id } = JSON.parse(made.out) as { id: string };
  const keyed = await steward('keys create --client acme --scopes read --scopes ingest');
  const { key } = JSON.parse(keyed.out) as { key: string };
  const remote = { STEWARD_URL: `http://127.0.0.1:${port}/`, STEWARD_DATA: '/nowhere' };
  const [again, foreign, keyless, missing, second, elsewhere] = await Promise.all([
    steward('clients create --name acme'),
    steward('clients list', { ...remote, STEWARD_KEY: key }),
    steward('clients list', remote),
    steward('keys list --client Nobody'),
    steward('serve'),
    // The server of a data directory is found whatever port a command would take for its own.
    steward('clients list', { PORT: '1' }),
  ]);
  expect(elsewhere).toMatchObject({ exitCode: 0, out: expect.stringContaining('Acme') });
  expect(again).toMatchObject({ exitCode: 1, err: expect.stringContaining('already') });
  expect(foreign).toMatchObject({ exitCode: 1, err: expect.stringContaining('not open to a key') });
  expect(keyless).toMatchObject({ exitCode: 1, err: expect.stringContaining('Set STEWARD_KEY') });
  expect(missing).toMatchObject({ exitCode: 1, err: 'steward: There is no such client.\n' });
  expect(second).toMatchObject({ exitCode: 1, err: expect.stringContaining('process') });

  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ exitCode: 0, err: '' });

  const restarted = start('serve');
  await eventually(() => restarted.said.out.includes('owner.key'));
  expect((await steward('clients list')).out).toContain(id);
  restarted.child.kill('SIGINT');
  expect(await restarted.ended).toMatchObject({ exitCode: 0, err: '' });
});

test('kill -9 of the server right after it acknowledged telemetry loses nothing', async () => {
  const run = async () => {
    const server = start('serve');
    await eventually(() => server.said.out.includes('owner.key'));
    return server;
  };
  const first = await run();
  const { key } = JSON.parse((await steward('keys create --client acme --scopes ingest')).out) as { key: string };
  const ids = Array.from({ length: 20 }, (_, n) => n.toString(16).padStart(32, 'c'));
  const answers = ids.map((traceId) =>
    sendTo(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: encodeJson(traces([span({}, { traceId })])),
    }),
  );
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(ids.map(() => 200));
  first.child.kill('SIGKILL');
  await first.ended;

  const second = await run();
  await eventually(async () => {
    const { out } = await steward('telemetry traces --client acme');
    return ids.every((id) => out.includes(id));
  });
  second.child.kill('SIGTERM');
  await second.ended;
});

test('SIGTERM while telemetry comes in: it ends in order and in time, and what was acknowledged is there', async () => {
  const run = async () => {
    const server = start('serve');
    await eventually(() => server.said.out.includes('owner.key'));
    return server;
  };
  const first = await run();
  await steward('clients create --name Ending');
  const { key } = JSON.parse((await steward('keys create --client ending --scopes ingest')).out) as { key: string };
  const taken: string[] = [];
  const load = { n: 0, isOver: false };
  const sender = async () => {
    while (!load.isOver) {
      const traceId = `d${(load.n++).toString(16).padStart(31, '0')}`;
      const { status } = await sendTo(`http://127.0.0.1:${port}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: encodeJson(traces([span({}, { traceId })])),
      }).catch(() => ({ status: 0 }));
      if (status === 200) taken.push(traceId);
      // Refused by a server that is ending, or nobody answers any more.
      else load.isOver = true;
    }
  };
  const senders = [1, 2, 3, 4].map(sender);
  await eventually(() => taken.length > 40);
  first.child.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ exitCode: 0 });
  await Promise.all(senders);

  const second = await run();
  await using telemetry = telemetryOf(dir.path);
  await eventually(async () => {
    const there = await telemetry.rows(z.object({ id: z.string(), rows: z.number() }))(
      `SELECT toString(trace_id) AS id, count() AS rows FROM span WHERE startsWith(trace_id, 'd0') GROUP BY id`,
    );
    const once = new Set(there.filter(({ rows }) => rows === 1).map(({ id }) => id));
    return taken.every((id) => once.has(id));
  });
  second.child.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ exitCode: 0 });
});

test('a port that is taken is told, and nothing is left behind', async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const { port } = other.address() as AddressInfo;
  const { exitCode, err } = await steward('serve', { PORT: String(port) });
  expect(exitCode).toBe(1);
  expect(err).toContain(`Port ${port} is taken`);
  other.close();
});

test('what has begun is finished before it ends; what comes after is not taken', async () => {
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const slow = operation({
    name: 'probe.slow',
    summary: 'Takes its time.',
    access: { of: 'practice', does: 'read', roles: ['owner'] },
    input: z.object({}),
    output: z.object({ one: z.number() }),
    async run({ records }) {
      begun();
      const [row] = await records.rows(z.object({ one: z.number() }))`select 1 as one from pg_sleep(0.5)`;
      return row!;
    },
  });
  const server = await testServer([slow]);
  const asked = server.ask('probe.slow', {});
  await hasBegun;
  const closed = server.close();
  expect(await asked).toMatchObject({ status: 200, json: { one: 1 } });
  await closed;
  await expect(server.send('/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
