/**
 * `npm run bench:growth -- [--spans N] [--words N]`: what spans cost on disk as they become more: bytes and rows per million spans, by table, for
 * columns and indices, at 1, 5, 10, 25 and 50 million as far as N goes (default: 1 million). Spans are of realistic size: three
 * quarters of them calls of models with about 1 KB in and 1 KB out (135 words each; `--words` for fewer or more), of 5,000 users in 20
 * workflows over 30 days. Made inside the engine; merged as far as the engine merges by itself within a minute after the last.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openLog } from '../../src/platform/log.ts';
import { openTelemetry } from '../../src/stores/telemetry/index.ts';

const flag = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const spans = flag('--spans', 1_000_000);
/** Of a text, on average; from 60 to 140 percent of it. */
const words = flag('--words', 135);
const steps = [1, 5, 10, 25, 50].map((millions) => millions * 1_000_000).filter((step) => step <= spans);
if (steps.at(-1) !== spans) steps.push(spans);
const CHUNK = 50_000;
const DAYS = 30;
const WORDS = 2000;
const MERGED_WITHIN_MS = 60_000;

/** Words of a text, common ones more often: about 6.5 bytes each, as bench/ingest makes them. */
const text = (salt: number) =>
  `arrayStringConcat(arrayMap(n -> concat('word', toString(toUInt32(${WORDS} * pow((sipHash64(row, n, ${salt}) % 100000) / 100000, 3)))),
    range(toUInt64(${Math.round(words * 0.6)} + sipHash64(row, ${salt}) % ${Math.max(1, Math.round(words * 0.8))}))), ' ')`;

/** Traces of four spans as an agent makes them: its step, and three calls below it, oldest first. */
const rows = `
  INSERT INTO span (client_id, trace_id, span_id, parent_span_id, name, kind, started_at, duration_ms, status, provider, request_model,
    model, input_tokens, output_tokens, cost_usd, cost_source, costable, user, session, environment, service, workflow, response_id,
    input, output, finish_reasons, attributes, resource, events, links, scope_name, received_at, resent)
  WITH number + {from:UInt64} AS row, intDiv(row, 4) AS trace, row % 4 AS place, sipHash64(trace) AS hash, sipHash64(row) AS own,
    place > 0 AS is_call, now64(6) - toIntervalSecond(toUInt64(${DAYS} * 86400 - row * {step:Float64})) AS at
  SELECT {client:UUID}, lower(hex(MD5(toString(trace)))), lower(hex(own)), if(place = 0, '', lower(hex(sipHash64(row - place)))),
    if(is_call, 'chat gpt-4o', 'invoke_agent support'), if(is_call, 'generation', 'agent'), at, 50 + own % 3000,
    if(own % 50 = 0, 'error', 'ok'), if(is_call, 'openai', NULL), if(is_call, 'gpt-4o', NULL),
    if(is_call, concat('gpt-4o-', toString(hash % 4)), NULL), if(is_call, own % 4000, NULL), if(is_call, own % 800, NULL),
    if(is_call, (own % 4000) / 1e6, NULL), if(is_call, 'list', NULL), is_call, concat('user-', toString(hash % 5000)),
    lower(hex(sipHash64(intDiv(trace, 4)))), if(hash % 10 = 0, 'staging', 'production'), 'shop', concat('workflow-', toString(hash % 20)),
    if(is_call, lower(hex(sipHash64(row, 1))), NULL),
    if(is_call, concat('[{"role":"user","parts":[{"type":"text","content":"', ${text(1)}, '"}]}]'), NULL),
    if(is_call, concat('[{"role":"assistant","parts":[{"type":"text","content":"', ${text(2)}, '"}]}]'), NULL),
    if(is_call, ['stop'], []),
    if(is_call, map('app.region', '"eu-central"', 'app.order', toString(own % 100000)),
      map('http.request.method', '"POST"', 'url.path', '"/answer"', 'server.address', '"api.shop.example"', 'app.attempt', '1')),
    map('service.name', '"shop"', 'deployment.environment.name', '"production"'), '[]', '[]', 'app', toDateTime64(at, 3), false
  FROM numbers({n:UInt64})`;

const dir = mkdtempSync(join(tmpdir(), 'steward-bench-'));
const telemetry = await openTelemetry({ dir }, openLog('silent'));

const Size = z.object({
  table: z.string(),
  rows: z.number(),
  bytes: z.number(),
  indices: z.number(),
  raw: z.number(),
  parts: z.number(),
});
const sizes = () =>
  telemetry.rows(Size)(
    `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, sum(secondary_indices_compressed_bytes) AS indices,
      sum(data_uncompressed_bytes) AS raw, count() AS parts
    FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table HAVING rows > 0 ORDER BY bytes DESC`,
  );

/** Until nothing is merged any more, but not for ever. */
async function merged(): Promise<void> {
  for (const endMs = Date.now() + MERGED_WITHIN_MS; Date.now() < endMs; await sleep(1000)) {
    const [running] = await telemetry.rows(z.object({ n: z.number() }))('SELECT count() AS n FROM system.merges');
    if (running?.n === 0) return;
  }
}

try {
  const client = randomUUID();
  const step = (DAYS * 86_400) / spans;
  const startMs = Date.now();
  let from = 0;
  for (const until of steps) {
    for (; from < until; from += CHUNK)
      await telemetry.command(rows, { client, from, n: Math.min(CHUNK, until - from), step }, { timeoutMs: 600_000 });
    await merged();
    const found = await sizes();
    const millions = until / 1e6;
    const of = (bytes: number) => (bytes / 1e6 / millions).toFixed(2).padStart(10);
    console.log(`\n${millions} million spans, ${Math.round((Date.now() - startMs) / 1000)} s. Per million spans:`);
    console.log(`${'table'.padEnd(18)}        MB   indices  uncompr.      rows  parts`);
    for (const { table, rows: n, bytes, indices, raw, parts } of found)
      console.log(
        `${table.padEnd(18)}${of(bytes)}${of(indices)}${of(raw)}${String(Math.round(n / millions)).padStart(10)}${String(parts).padStart(7)}`,
      );
    console.log(`${'together'.padEnd(18)}${of(found.reduce((sum, { bytes }) => sum + bytes, 0))}`);
  }
} finally {
  await telemetry.close();
  rmSync(dir, { recursive: true, force: true });
}
