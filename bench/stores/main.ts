/** `npm run bench:stores`: from the start of the process to the first answers of both stores, and idle memory. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openLog } from '../../src/platform/log.ts';
import { memoryOf, openStores } from '../../src/stores/index.ts';

const runs = 7;
const idleMs = 3000;
const required = { readyMs: 2000, memoryBytes: 650_000_000 };

const Start = z.object({ readyMs: z.number(), rssBytes: z.number(), pssBytes: z.number().nullable(), processes: z.number() });

const [mode, dataDir] = process.argv.slice(2);
await (mode === 'start' && dataDir ? startOnce(dataDir) : measure());

/** What is measured: a process that opens both stores, asks each, and then idles. */
async function startOnce(dataDir: string): Promise<void> {
  await using stores = await openStores({ dataDir, databaseUrl: undefined, clickhouseUrl: undefined }, openLog('silent'));
  await Promise.all([stores.records.rows(z.unknown())`select 1`, stores.telemetry.rows(z.unknown())('SELECT 1')]);
  const readyMs = Math.round(performance.now());
  await sleep(idleMs);
  console.log(JSON.stringify({ readyMs, ...memoryOf([process.pid, stores.records.pid(), stores.telemetry.pid()]) }));
}

function measure(): void {
  const dir = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  const start = () => {
    const run = spawnSync(process.execPath, [process.argv[1] ?? '', 'start', dir], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    return Start.parse(JSON.parse(run.stdout));
  };
  try {
    const first = start();
    const starts = Array.from({ length: runs }, start);
    const median = (of: (one: z.output<typeof Start>) => number) =>
      starts.map(of).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
    const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
    const slowest = Math.max(...starts.map(({ readyMs }) => readyMs));
    const rss = median(({ rssBytes }) => rssBytes);
    console.log(`first start on an empty directory      ${first.readyMs} ms to the first answers of both stores`);
    console.log(
      `start on an existing directory         ${median(({ readyMs }) => readyMs)} ms median, ${slowest} ms slowest of ${runs}`,
    );
    console.log(
      `idle memory of ${median(({ processes }) => processes)} processes           ${megabytes(rss)} RSS, ${megabytes(median(({ pssBytes }) => pssBytes ?? 0))} PSS`,
    );
    const holds = slowest < required.readyMs && rss < required.memoryBytes;
    console.log(
      `required                               under ${required.readyMs} ms, under ${megabytes(required.memoryBytes)}: ${holds ? 'holds' : 'does NOT hold'}`,
    );
    process.exitCode = holds ? 0 : 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
