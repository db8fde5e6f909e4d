/**
 * `npm run bench:ingest -- [--seconds N] [--base-as-long] [--gzip-seconds N] [--prof DIR]`: what Steward takes in over HTTP until
 * all of it is loaded, plain and gzipped, from a second process; how long an acknowledgement takes at a third of the rate; the
 * memory of all of Steward's processes; and what the engine alone loads of the same rows from files, in a few seconds or, as it
 * merges ever larger parts, in as many as Steward took.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sendTo } from '../../src/testing/server.ts';
import { watch } from '../audit/process-tree.ts';
import { engineAlone, type Alone } from './engine-alone.ts';
import { sendLoad, type Load, type Sent } from './sender.ts';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    'gzip-seconds': { type: 'string', default: '12' },
    'ack-seconds': { type: 'string', default: '15' },
    connections: { type: 'string', default: '8' },
    prof: { type: 'string' },
    node: { type: 'string', default: '' },
    'base-seconds': { type: 'string', default: '12' },
    'base-as-long': { type: 'boolean', default: false },
    'without-engine-alone': { type: 'boolean', default: false },
    sender: { type: 'string' },
  },
});

if (flags.sender) console.log(JSON.stringify(await sendLoad(JSON.parse(flags.sender) as Load)));
else await measure();

async function measure(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  try {
    const server = await startSteward(join(dir, 'data'));
    let plain, gzip, ack;
    try {
      await loaded(server, { seconds: 3, rate: null, gzipBodies: 0 });
      plain = await loaded(server, { seconds: Number(flags.seconds), rate: null, gzipBodies: 0 });
      const bodies = Math.ceil((plain.rate * Number(flags['gzip-seconds'])) / 512);
      gzip = bodies > 0 ? await loaded(server, { seconds: 3600, rate: null, gzipBodies: bodies }) : undefined;
      ack = await loaded(server, { seconds: Number(flags['ack-seconds']), rate: plain.rate / 3, gzipBodies: 0 });
    } finally {
      await server.stop();
    }
    const peaks = [plain, gzip, ack].flatMap((phase) => (phase ? [phase.peak] : []));
    const peak = peaks.reduce((highest, one) => (one.pssMb > highest.pssMb ? one : highest));
    const rssMb = Math.max(...peaks.map((one) => one.rssMb));
    const k = (rate: number) => `${(rate / 1000).toFixed(1)}k`;
    const percent = (part: number, whole: number) => `${Math.round((part / whole) * 100)} %`;
    if (!flags['without-engine-alone']) {
      const baseSeconds = flags['base-as-long'] ? plain.seconds : Number(flags['base-seconds']);
      console.error(`${new Date().toISOString()} the engine alone, ${baseSeconds.toFixed(0)} s`);
      const { first, whole } = await engineAlone(join(dir, 'alone'), baseSeconds);
      const told = ({ rate, cpuUs }: Alone) =>
        `${k(rate)} rows/s, ${cpuUs.toFixed(1)} µs of processor each; Steward, plain, is ${percent(plain.rate, rate)} of it (required 60 %)`;
      console.log(`engine alone, first seconds              ${told(first)}`);
      if (baseSeconds > 12) console.log(`engine alone, ${`${baseSeconds.toFixed(0)} s`.padEnd(27)}${told(whole)}`);
    }
    console.log(
      `Steward, plain, until all is loaded      ${k(plain.rate)} spans/s in ${plain.seconds.toFixed(0)} s, ${plain.sent.refused} refused, acknowledged at ${k(plain.sent.spans / plain.sent.seconds)}/s, p50 ${plain.sent.p50Ms.toFixed(0)} ms, p99 ${plain.sent.p99Ms.toFixed(0)} ms, ${plain.sent.bytesPerSpan.toFixed(0)} bytes/span`,
    );
    const { server: ofServer, stores, sender } = plain.cpuUs;
    console.log(
      `processor time per span, plain           server ${ofServer.toFixed(1)} µs, stores ${stores.toFixed(1)} µs, sender ${sender.toFixed(1)} µs`,
    );
    if (gzip)
      console.log(
        `Steward, gzip, until all is loaded       ${k(gzip.rate)} spans/s (${percent(gzip.rate, plain.rate)} of plain; required 80 %), ${gzip.sent.bytesPerSpan.toFixed(0)} bytes/span`,
      );
    console.log(
      `acknowledgement at a third of the rate   p50 ${ack.sent.p50Ms.toFixed(0)} ms, p99 ${ack.sent.p99Ms.toFixed(0)} ms (required 100 ms) at ${k(ack.sent.spans / ack.sent.seconds)} spans/s`,
    );
    console.log(
      `memory, peak of all processes            ${peak.pssMb.toFixed(0)} MB PSS, ${rssMb.toFixed(0)} MB RSS (required 1500 MB); PSS of ${Object.entries(
        peak.pssMbBy,
      )
        .map((entry) => entry.join(' '))
        .join(', ')}`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Seldom: to look at the memory of a process holds it up. */
const LOOK_MS = 500;

interface Steward {
  url: string;
  key: string;
  pid: number;
  spool: string;
  stop(): Promise<void>;
}

async function startSteward(dataDir: string): Promise<Steward> {
  const port = await freePort();
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      ...flags.node.split(' ').filter(Boolean),
      ...(flags.prof ? ['--cpu-prof', `--cpu-prof-dir=${flags.prof}`] : []),
      join(root, 'bin', 'steward.mjs'),
      'serve',
    ],
    { env: { ...process.env, STEWARD_DATA: dataDir, PORT: String(port) }, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = `http://127.0.0.1:${port}`;
  await until(async () => child.exitCode !== null || (await sendTo(`${url}/ready`)).status === 200);
  if (child.exitCode !== null) throw new Error('Steward did not start.');
  const owner = readFileSync(join(dataDir, 'owner.key'), 'utf8').trim();
  const ask = async (name: string, input: object) => {
    const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json' };
    const answer = await sendTo(`${url}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
    return answer.json as unknown as { id: string; key: string };
  };
  const { id } = await ask('clients.create', { name: 'Bench' });
  const { key } = await ask('keys.create', { client: id, scopes: ['ingest', 'read'] });
  return {
    url,
    key,
    pid: child.pid ?? 0,
    spool: join(dataDir, 'spool'),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Sends, and waits until nothing is left in the spool. */
async function loaded(server: Steward, load: Pick<Load, 'seconds' | 'rate' | 'gzipBodies'>) {
  console.error(`${new Date().toISOString()} ${JSON.stringify(load)}`);
  const usage = watch(server.pid, { everyMs: LOOK_MS });
  const options: Load = { ...load, url: server.url, key: server.key, connections: Number(flags.connections) };
  const child = spawn(process.execPath, [process.argv[1] ?? '', '--sender', JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let startMs = 0;
  let sent: Sent | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') startMs = performance.now();
    else sent = JSON.parse(line) as Sent;
  }
  console.error(`${new Date().toISOString()} ${JSON.stringify(sent)}`);
  if (!sent) throw new Error('The sender failed.');
  await until(() => isEmpty(server.spool));
  const seconds = (performance.now() - startMs) / 1000;
  const { cpu, rootCpu, ...peak } = usage.stop();
  const { spans } = sent;
  const cpuUs = { server: (rootCpu * 1e6) / spans, stores: ((cpu - rootCpu) * 1e6) / spans, sender: sent.cpuUs / spans };
  return { sent, seconds, rate: spans / seconds, cpuUs, peak };
}

function isEmpty(spool: string): boolean {
  return readdirSync(spool).length === 0;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function until(ask: () => boolean | Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      if (await ask()) return;
    } catch (error) {
      // Not yet: nothing listens, or the key is not there.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
    await sleep(20);
  }
}
