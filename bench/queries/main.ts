/**
 * `npm run bench:queries -- [--spans N] [--days N] [--keep DIR] [--why]`: how long answers take over many spans, made inside the
 * engine, and how much time of a processor (of the engine, and of the asking process), which a busy machine changes less. Default: 10
 * million of 30 days; texts are short, so that times of text search do not stand for long texts. `--keep`: where the spans stay, to be
 * asked about again. `--why`: the statements of each answer, with the time that each took and the rows that it answered.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { listTraces, listWorkflows, queryMetrics, showTrace } from '../../src/features/telemetry/answers/index.ts';
import { readConfig } from '../../src/platform/config.ts';
import { localContext, type Context } from '../../src/platform/context.ts';
import { openLog } from '../../src/platform/log.ts';
import { openTelemetry, readWalled, walledTelemetry } from '../../src/stores/telemetry/index.ts';

const flag = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const spans = Number(flag('spans') ?? 10_000_000);
const kept = flag('keep');
const tellsWhy = process.argv.includes('--why');
const chunk = 250_000;
const runs = 9;
const days = Number(flag('days') ?? 30);

/** Traces of six spans: an agent, a model call in it and four tools; oldest first, as they would come. */
const rows = `
  INSERT INTO span (client_id, trace_id, span_id, parent_span_id, name, kind, started_at, duration_ms, status, model, input_tokens,
    output_tokens, cost_usd, costable, user, session, environment, workflow, prompt_version, input, output, attributes, events, links,
    received_at, resent)
  WITH number + {from:UInt64} AS row, intDiv(row, 6) AS trace, row % 6 AS place, sipHash64(trace) AS hash,
    now64(6) - toIntervalSecond(toUInt64(${days} * 86400 - row * {step:Float64})) AS at
  SELECT if(trace % 10 > 0, {client:UUID}, arrayElement({others:Array(UUID)}, 1 + hash % 3)), lower(hex(MD5(toString(trace)))),
    lower(hex(sipHash64(row))), if(place = 0, '', lower(hex(sipHash64(row - place)))), concat('step ', toString(place)),
    if(place = 1, 'generation', 'tool'), at, 50 + sipHash64(row) % 3000, if(hash % 50 = 0 AND place = 3, 'error', 'ok'),
    if(place = 1, concat('model-', toString(hash % 6)), NULL), if(place = 1, 100 + hash % 900, NULL), if(place = 1, hash % 400, NULL),
    if(place = 1, (hash % 900) / 1e5, NULL), place = 1, concat('user-', toString(hash % 5000)), concat('session-', toString(intDiv(trace, 4))),
    if(hash % 10 = 0, 'staging', 'production'), concat('workflow-', toString(hash % 20)), if(place = 1, concat('v', toString(hash % 3)), NULL),
    if(place < 2, concat('Where is order ', toString(hash % 100000), ' please?'), NULL), if(place < 2, 'It is on its way.', NULL),
    map('order', toString(hash % 100000), 'attempt', '1'), '[]', '[]', toDateTime64(at, 3), false
  FROM numbers({n:UInt64})`;

/** Of the process: user and system time, in ms; nothing where the system does not say. */
function processorMs(pid: number | undefined): number {
  const path = `/proc/${pid}/stat`;
  if (pid === undefined || !existsSync(path)) return NaN;
  const [user, system] = readFileSync(path, 'utf8').split(') ').at(-1)!.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** Waits until the engine has merged what it was given: it is given hours' worth of work in minutes here. */
async function mergesToEnd(): Promise<void> {
  const startMs = Date.now();
  for (let quiet = 0; quiet < 3 && Date.now() - startMs < 600_000;) {
    const [row] = await telemetry.rows(z.object({ merges: z.number() }))('SELECT count() AS merges FROM system.merges');
    quiet = row!.merges === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  console.log(`its merges ended ${Math.round((Date.now() - startMs) / 1000)} s later`);
}

const dir = kept ?? mkdtempSync(join(tmpdir(), 'steward-bench-'));
mkdirSync(dir, { recursive: true });
const log = openLog('silent');
const telemetry = await openTelemetry({ dir }, log);

/** Makes the spans, unless they were kept. Answers whose they are. */
async function clientOfSpans(): Promise<string> {
  const note = join(dir, 'client.txt');
  if (existsSync(note)) return readFileSync(note, 'utf8');
  const client = randomUUID();
  const others = [randomUUID(), randomUUID(), randomUUID()];
  const startMs = Date.now();
  for (let from = 0; from < spans; from += chunk)
    await telemetry.command(
      rows,
      { client, others, from, n: Math.min(chunk, spans - from), step: (days * 86_400) / spans },
      { timeoutMs: 600_000 },
    );
  const seconds = (Date.now() - startMs) / 1000;
  console.log(`${spans} spans of ${days} days, 90 % of one client: ${Math.round(spans / seconds)} rows/s with the rollups`);
  await mergesToEnd();
  writeFileSync(note, client);
  return client;
}

try {
  const client = await clientOfSpans();

  const parts = { now: () => new Date(), config: readConfig({ STEWARD_DATA: dir }), log };
  // Without a client's own prices, so no second store is needed.
  const records: Context['records'] = {
    rows: () => () => Promise.resolve([]),
    transaction: () => Promise.reject(new Error('There are no records here.')),
  };
  const asked: { sql: string; ms: number; rows: number }[] = [];
  const watched: Pick<typeof telemetry, 'rows'> = {
    rows: (shape) => async (sql, params, options) => {
      const before = performance.now();
      const found = await telemetry.rows(shape)(sql, params, options);
      asked.push({ sql, ms: performance.now() - before, rows: found.length });
      return found;
    },
  };
  const named = { id: client, name: 'Bench' };
  const ctx: Context = {
    ...localContext(parts),
    records,
    client: named,
    telemetry: walledTelemetry(watched, client, await readWalled(telemetry)),
  };
  const iso = (ms: number) => new Date(ms).toISOString();
  const ago = (of: number) => iso(Date.now() - of * 86_400_000);
  const chart =
    (
      metric: 'runs' | 'latencyP95' | 'costUsd' | 'users',
      length: number,
      bucket: 'minute' | 'hour' | 'day',
      groupBy?: 'workflow' | 'model',
    ) =>
    () =>
      queryMetrics.run(ctx, { client, metric, from: ago(length), to: iso(Date.now()), bucket, ...(groupBy && { groupBy }) });
  const list =
    (filter: object = {}) =>
    () =>
      listTraces.run(ctx, { client, limit: 50, ...filter });
  const { traces } = await list()();
  const cases: [string, () => Promise<unknown>, number][] = [
    ['runs, 30 days by hour', chart('runs', 30, 'hour'), 100],
    ['p95 of runs by workflow, 30 days by day', chart('latencyP95', 30, 'day', 'workflow'), 100],
    ['cost by model, 30 days by day', chart('costUsd', 30, 'day', 'model'), 100],
    ['cost by model, 7 days by hour', chart('costUsd', 7, 'hour', 'model'), 100],
    ['users, 1 day by minute', chart('users', 1, 'minute'), 100],
    ['workflows with their states', () => listWorkflows.run(ctx, { client }), 100],
    ['latest 50 traces', list(), 30],
    ['latest 50 that failed, of one model', list({ status: 'error', model: 'model-2' }), 30],
    ['latest 50 that failed, of a model that never did', list({ status: 'error', model: 'model-1' }), 2500],
    ['one trace', () => showTrace.run(ctx, { client, traceId: traces[7]!.traceId }), 30],
    ['latest 50 of one user', list({ user: 'user-77' }), 500],
    ['latest 50 with an attribute', list({ attribute: 'order=123' }), 500],
    ['text search', list({ search: 'order 4242 ' }), 2500],
  ];
  for (const [name, ask, required] of cases) {
    const times: number[] = [];
    const [before, ownBefore] = [processorMs(telemetry.pid()), process.cpuUsage()];
    for (let n = 0; n < runs; n += 1) {
      asked.length = 0;
      const start = performance.now();
      await ask();
      times.push(performance.now() - start);
    }
    const own = process.cpuUsage(ownBefore);
    const cpu = [(processorMs(telemetry.pid()) - before) / runs, (own.user + own.system) / 1000 / runs].map((ms) =>
      ms.toFixed(0),
    );
    times.sort((a, b) => a - b);
    console.log(
      `${name.padEnd(44)}${times[runs >> 1]!.toFixed(0).padStart(7)} ms median, ${times.at(-1)!.toFixed(0)} ms slowest; wanted ${required}; processor ${cpu.join(' + ')} ms`,
    );
    // Of the last time.
    for (const { sql, ms, rows: n } of tellsWhy ? asked : [])
      console.log(`    ${ms.toFixed(1).padStart(7)} ms ${String(n).padStart(6)} rows  ${sql.replace(/\s+/g, ' ').slice(0, 150)}`);
  }
} finally {
  await telemetry.close();
  if (kept === undefined) rmSync(dir, { recursive: true, force: true });
}
