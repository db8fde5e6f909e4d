import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { z } from 'zod';
import { shipped } from '../platform/paths.ts';
import { enginePid, postmasterPid } from '../stores/testing/pids.ts';
import { eventually } from '../stores/testing/temp.ts';
import { telemetryOf } from '../stores/testing/telemetry.ts';
import { sendTo } from './server.ts';

/** A server as a process of its own, and an exporter that sends to it without pause, while parts of it are killed. */

export const besieged = ['steward', 'engine', 'postmaster'] as const;
export type Besieged = (typeof besieged)[number];

const SPANS = 20;
const START_MS = 180_000;

/** What it came to. */
export interface Outcome {
  batches: number;
  /** Batches that were taken, and are not there in full. Must be 0. */
  missing: number;
  /** Spans that are there and were never sent, or are there twice. Must be 0. */
  surplus: number;
  /** Answers that were a final refusal. Must be 0: nothing was wrong with what was sent. */
  refused: number;
  /** How often a batch had to be sent again. */
  again: number;
  /** How often each status was the reason; 0: no answer. */
  why: Record<number, number>;
  ledger: { received: number; stored: number; deduplicated: number; setAside: number; spooled: number; balanced: boolean };
}

export interface Siege extends AsyncDisposable {
  readonly dataDir: string;
  readonly url: string;
  kill(victim: Besieged): Promise<void>;
  pidOf(victim: Besieged): number;
  /** Resolves with the next batch that is taken. */
  taken(): Promise<void>;
  /** How many answers bore a status so far. */
  answers(status: number): number;
  /** Ends the exporter, waits until all is in the store, and counts. */
  count(): Promise<Outcome>;
}

export async function beginSiege(
  dataDir: string,
  { env = {}, senders = 4, betweenMs = 0 }: { env?: Record<string, string>; senders?: number; betweenMs?: number } = {},
): Promise<Siege> {
  const server = await startApart(dataDir, env);
  const { url } = server;
  const key = await server.client('Acme');

  const taken = new Set<number>();
  const why = new Map<number, number>();
  let refused = 0;
  const program = await compiledExporter();
  const exporter = spawn(process.execPath, [program, url, key, String(SPANS), String(senders), String(betweenMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exported = new Promise<void>((resolve) => exporter.once('close', () => resolve()));
  createInterface({ input: exporter.stdout }).on('line', (line) => {
    const [what, batch, status] = line.split(' ');
    if (what === 'ok') taken.add(Number(batch));
    else why.set(Number(status), (why.get(Number(status)) ?? 0) + 1);
    if (what === 'no') refused += 1;
  });

  const pids = { steward: () => server.pid(), engine: () => enginePid(dataDir), postmaster: () => postmasterPid(dataDir) };
  return {
    dataDir,
    url,
    pidOf: (victim) => pids[victim](),
    answers: (status) => why.get(status) ?? 0,
    async kill(victim) {
      // While it is being started, its file is not there or tells no number.
      const known = () => {
        try {
          return pids[victim]() || undefined;
        } catch {
          return undefined;
        }
      };
      await eventually(() => known() !== undefined, START_MS);
      const pid = known()!;
      process.kill(pid, 'SIGKILL');
      if (victim === 'steward') await server.restart();
      else await eventually(() => ![undefined, pid].includes(known()), START_MS);
    },
    async taken() {
      const before = taken.size;
      await eventually(() => taken.size > before, START_MS);
    },
    async count() {
      exporter.kill('SIGTERM');
      await exported;
      const asked = async () => (await server.ask('telemetry.ledger', { client: 'Acme' })) as Outcome['ledger'];
      await eventually(async () => (await asked()).spooled === 0, START_MS);
      const ledger = await asked();
      const found = await tracesIn(dataDir);
      const whole = [...taken].filter((batch) => found.get(batch) === SPANS);
      const spans = [...found.values()].reduce((sum, n) => sum + n, 0);
      return {
        batches: taken.size,
        missing: taken.size - whole.length,
        surplus: spans - taken.size * SPANS,
        refused,
        again: [...why.values()].reduce((sum, n) => sum + n, 0),
        why: Object.fromEntries(why),
        ledger,
      };
    },
    async [Symbol.asyncDispose]() {
      exporter.kill('SIGKILL');
      await server[Symbol.asyncDispose]();
      rmSync(program, { force: true });
    },
  };
}

/** A server in a process of its own. */
export interface Apart extends AsyncDisposable {
  readonly url: string;
  pid(): number;
  /** Asks an operation with the owner's key. */
  ask(name: string, input: object): Promise<unknown>;
  /** Makes a client. Answers a key of it that may send. */
  client(name: string): Promise<string>;
  /** Starts it again after it was killed. */
  restart(): Promise<void>;
}

export async function startApart(dataDir: string, env: Record<string, string> = {}): Promise<Apart> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let server = await startProcess(dataDir, port, env);
  const ownerKey = readFileSync(join(dataDir, 'owner.key'), 'utf8').trim();
  const ask = async (name: string, input: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ownerKey}` };
    const reply = await sendTo(`${url}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
    if (reply.status !== 200) throw new Error(reply.text);
    return reply.json as unknown;
  };
  return {
    url,
    ask,
    pid: () => server.pid ?? 0,
    async client(name) {
      await ask('clients.create', { name });
      return ((await ask('keys.create', { client: name, scopes: ['ingest'] })) as { key: string }).key;
    },
    async restart() {
      server = await startProcess(dataDir, port, env);
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await Promise.race([exited(server), new Promise((late) => setTimeout(late, 15_000).unref())]);
      server.kill('SIGKILL');
    },
  };
}

const exited = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', () => resolve()) : resolve(),
  );

/** How many spans each batch has in the store, by its trace. */
async function tracesIn(dataDir: string): Promise<Map<number, number>> {
  await using telemetry = telemetryOf(dataDir);
  const rows = await telemetry.rows(z.object({ trace: z.string(), n: z.number() }))(
    'SELECT toString(trace_id) AS trace, uniqExact(span_id) AS n FROM span GROUP BY trace_id',
  );
  return new Map(rows.map(({ trace, n }) => [Number.parseInt(trace, 16) - 1, n]));
}

/** Serves from a data directory in a process of its own; ready when it resolves. */
export async function startProcess(dataDir: string, port: number, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [shipped('bin', 'steward.mjs'), 'serve'], {
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', STEWARD_DATA: dataDir, PORT: String(port), STEWARD_LOG: 'silent', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`Steward ended: ${said}`);
    return (await sendTo(`http://127.0.0.1:${port}/ready`)).status === 200;
  }, START_MS);
  return child;
}

/** The exporter, below node_modules as programs of tests are. */
export async function compiledExporter(): Promise<string> {
  const outfile = shipped('node_modules', '.cache', 'steward-testing', `exporter-${process.pid}-${Date.now()}.mjs`);
  const entry = shipped('src', 'testing', 'exporter.ts');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}

/** A port that stays free while nobody listens on it: below those that Linux gives to connections and to whoever asks for any. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((told) => {
      probe.once('error', () => told(false));
      probe.listen(port, '127.0.0.1', () => told(true));
    });
    if (!isFree) continue;
    await new Promise((closed) => probe.close(closed));
    return port;
  }
}
