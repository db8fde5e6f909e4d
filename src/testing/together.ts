import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { startOutsideStores } from '../stores/testing/outside.ts';
import { eventually } from '../stores/testing/temp.ts';
import { connectTelemetry } from '../stores/telemetry/telemetry.ts';
import { sendTo } from './server.ts';
import { compiledExporter, freePort, startProcess } from './siege.ts';

/** Several processes on two stores of somebody else, and an exporter behind what stands for a load balancer. */

const SPANS = 20;
const WITHIN_MS = 180_000;
export const secret = 'a secret that all processes of the test share';

export type Part = 'web' | 'ingest' | 'ingest2' | 'worker';

export interface Together extends AsyncDisposable {
  /** What a process is started with to join in. */
  readonly env: Record<string, string>;
  url(part: Part): string;
  dir(part: string): string;
  /** Ends a process at once and starts it again. */
  kill(part: Part): Promise<void>;
  /** Asks the process that serves pages. */
  ask<T>(name: string, input: object): Promise<T>;
  /** Sends without pause to all that take telemetry, a try to each in turn. */
  send(): Promise<Sending>;
}

export interface Sending {
  taken(): Promise<void>;
  /** Ends the exporter, waits until all is in the store, and counts. */
  count(): Promise<{
    batches: number;
    missing: number;
    surplus: number;
    refused: number;
    again: number;
    /** Spans in the sums that charts are read from. */
    summed: number;
    ledger: Ledger;
  }>;
}

export interface Ledger {
  received: number;
  stored: number;
  deduplicated: number;
  spooled: number;
  setAside: number;
  balanced: boolean;
}

export async function startTogether(dir: string): Promise<Together> {
  const stores = await startOutsideStores(dir);
  const env = { DATABASE_URL: stores.databaseUrl, CLICKHOUSE_URL: stores.clickhouseUrl, STEWARD_SECRET: secret };
  const parts = ['web', 'ingest', 'ingest2', 'worker'] as const;
  const ports = new Map<Part, number>();
  for (const part of parts) ports.set(part, await freePort());
  const running = new Map<Part, ChildProcess>();
  const begin = async (part: Part) => {
    const role = part === 'ingest2' ? 'ingest' : part;
    running.set(part, await startProcess(join(dir, part), ports.get(part)!, { ...env, STEWARD_ROLE: role }));
  };
  const ends: (() => void)[] = [];
  const end = async () => {
    for (const one of ends) one();
    await Promise.all([...running.values()].map(stopped));
    await stores[Symbol.asyncDispose]();
  };
  // All at once, on empty stores: each would make the tables.
  await Promise.all(parts.map(begin)).catch(async (error: unknown) => {
    await end();
    throw error;
  });

  const url = (part: Part) => `http://127.0.0.1:${ports.get(part)}`;
  const ownerKey = () => readFileSync(join(dir, 'web', 'owner.key'), 'utf8').trim();
  async function ask<T>(name: string, input: object): Promise<T> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ownerKey()}` };
    const reply = await sendTo(`${url('web')}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
    if (reply.status !== 200) throw new Error(reply.text);
    return reply.json as T;
  }

  return {
    env,
    url,
    dir: (part) => join(dir, part),
    ask,
    async kill(part) {
      const child = running.get(part)!;
      child.kill('SIGKILL');
      await begin(part);
    },
    async send() {
      const { id } = await ask<{ id: string }>('clients.create', { name: 'Acme' });
      const { key } = await ask<{ key: string }>('keys.create', { client: 'Acme', scopes: ['ingest'] });
      const program = await compiledExporter();
      const to = [url('ingest'), url('ingest2')].join(',');
      const exporter = spawn(process.execPath, [program, to, key, String(SPANS), '4', '5'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      ends.push(() => {
        exporter.kill('SIGKILL');
        rmSync(program, { force: true });
      });
      const exported = new Promise<void>((resolve) => exporter.once('close', () => resolve()));
      const taken = new Set<number>();
      let [refused, again] = [0, 0];
      createInterface({ input: exporter.stdout }).on('line', (line) => {
        const [what, batch] = line.split(' ');
        if (what === 'ok') taken.add(Number(batch));
        else if (what === 'no') refused += 1;
        else again += 1;
      });
      return {
        async taken() {
          const before = taken.size;
          await eventually(() => taken.size > before + 5, WITHIN_MS);
        },
        async count() {
          exporter.kill('SIGTERM');
          await exported;
          const asked = () => ask<Ledger>('telemetry.ledger', { client: 'Acme' });
          await eventually(async () => (await asked()).spooled === 0, WITHIN_MS);
          // What waits elsewhere is known as it was told last.
          const isThere = async () => {
            const { batches: there } = await spansIn(stores.clickhouseUrl, id);
            return [...taken].every((batch) => there.get(batch) === SPANS) && (await asked()).spooled === 0;
          };
          await eventually(isThere).catch(() => undefined);
          const found = await spansIn(stores.clickhouseUrl, id);
          const whole = [...taken].filter((batch) => found.batches.get(batch) === SPANS).length;
          const spans = [...found.batches.values()].reduce((sum, n) => sum + n, 0);
          const [batches, summed] = [taken.size, found.summed];
          return {
            batches,
            missing: batches - whole,
            surplus: spans - batches * SPANS,
            refused,
            again,
            summed,
            ledger: await asked(),
          };
        },
      };
    },
    [Symbol.asyncDispose]: end,
  };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await Promise.race([ended, new Promise((late) => setTimeout(late, 10_000).unref())]);
  child.kill('SIGKILL');
}

/** How many spans each batch has in the store, by its trace, and how many the sums have. */
async function spansIn(url: string, client: string) {
  const nothing = () => Promise.resolve();
  const backing = { ready: nothing, pid: () => undefined, kill: () => undefined, close: nothing };
  await using telemetry = connectTelemetry({ url, backing });
  const rows = await telemetry.rows(z.object({ trace: z.string(), n: z.number() }))(
    'SELECT toString(trace_id) AS trace, uniqExact(span_id) AS n FROM span WHERE client_id = {client:UUID} GROUP BY trace_id',
    { client },
  );
  const [sums] = await telemetry.rows(z.object({ n: z.number() }))(
    'SELECT sum(spans) AS n FROM usage_day WHERE client_id = {client:UUID}',
    { client },
  );
  return { batches: new Map(rows.map(({ trace, n }) => [Number.parseInt(trace, 16) - 1, n])), summed: sums?.n ?? 0 };
}
