/** How long `steward audit` takes against the engine alone on the same rows: npm run bench:audit -- [--rows N] [--runs N]. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLog } from '../../src/platform/log.ts';
import { shipped } from '../../src/platform/paths.ts';
import { openScratchTelemetry } from '../../src/stores/telemetry/index.ts';
import { generate } from './generate.ts';
import { watch, type Usage } from './process-tree.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    format: { type: 'string', multiple: true, default: ['jsonl', 'csv', 'parquet'] },
  },
});
const rows = Number(flags.rows);
const runs = Number(flags.runs);
const engineFormats: Record<string, string> = { jsonl: 'JSONEachRow', csv: 'CSVWithNames', parquet: 'Parquet' };
const MOST_TIMES = 3;
const MOST_MB = 1500;
/** The engine alone may take what it likes. */
const ROOMY = 4_000_000_000;
const LIMIT = { timeoutMs: 3_600_000 };

/** What anyone would write who only wants the rows in a table. */
const plainTable = `
  create table plain (
    timestamp DateTime64(3, 'UTC'), model LowCardinality(String), input String, output String, latency_s Float64, cost_usd Float64,
    input_tokens UInt32, output_tokens UInt32, score UInt8, user String, customer LowCardinality(String),
    refusal UInt8 materialized multiSearchAny(lower(substring(output, 1, 300)), ['i\\'m sorry, but', 'i cannot', 'i can\\'t', 'as an ai', 'unable to']),
    json UInt8 materialized isValidJSON(output)
  ) engine = MergeTree order by timestamp`;

const log = openLog('error');
const seconds = (since: number) => (performance.now() - since) / 1000;

interface Run extends Usage {
  seconds: number;
}

/** Loads the file with the engine alone, in an engine like the audit's. */
async function loadAlone(path: string, format: string): Promise<Run> {
  await using engine = await openScratchTelemetry({ log, memoryBytes: ROOMY });
  await engine.command(plainTable);
  const watched = watch(engine.pid()!);
  const from = performance.now();
  await engine.command(`insert into plain select * from file({path:String}, '${engineFormats[format]}')`, { path }, LIMIT);
  return { seconds: seconds(from), ...watched.stop() };
}

/** Runs the whole command as a user would. */
async function audit(path: string, folder: string): Promise<Run> {
  const from = performance.now();
  const child = spawn(process.execPath, [shipped('bin', 'steward.mjs'), 'audit', path, '--out', join(folder, 'report.html')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const watched = watch(child.pid!);
  const code = await new Promise<number | null>((ended) => child.once('exit', ended));
  if (code !== 0 && code !== 2) throw new Error(`steward audit ended with ${code}.`);
  return { seconds: seconds(from), ...watched.stop() };
}

/** The other forms of the same rows, written by the engine. */
async function convert(jsonl: string, path: string, format: string): Promise<void> {
  await using engine = await openScratchTelemetry({ log, memoryBytes: ROOMY });
  await engine.command(
    `insert into function file({to:String}, '${engineFormats[format]}') select * from file({from:String}, 'JSONEachRow')`,
    { from: jsonl, to: path },
    LIMIT,
  );
}

const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!;

async function measure(path: string, format: string, folder: string): Promise<boolean> {
  const alone: Run[] = [];
  const whole: Run[] = [];
  for (let run = 0; run < runs; run += 1) {
    alone.push(await loadAlone(path, format));
    whole.push(await audit(path, folder));
  }
  const of = (list: Run[], what: 'seconds' | 'cpu') => median(list.map((one) => one[what]));
  const ratio = of(whole, 'seconds') / of(alone, 'seconds');
  const peakMb = Math.max(...whole.map(({ pssMb }) => pssMb));
  const rssMb = Math.max(...whole.map((one) => one.rssMb));
  const held = ratio <= MOST_TIMES && peakMb < MOST_MB;
  const megabytes = Math.round((await stat(path)).size / 1e6);
  const told = (list: Run[]) => `${of(list, 'seconds').toFixed(1)} s (CPU ${of(list, 'cpu').toFixed(1)} s)`;
  console.log(
    `${format.padEnd(8)} ${String(megabytes).padStart(5)} MB   engine alone ${told(alone)}   audit ${told(whole)}   ratio ${ratio.toFixed(2)} ` +
      `(CPU ${(of(whole, 'cpu') / of(alone, 'cpu')).toFixed(2)})   peak ${Math.round(peakMb)} MB (RSS ${Math.round(rssMb)} MB)   ${held ? 'holds' : 'FALLS SHORT'}`,
  );
  return held;
}

const folder = await mkdtemp(join(tmpdir(), 'steward-bench-'));
try {
  const jsonl = join(folder, 'log.jsonl');
  await generate(jsonl, rows);
  console.log(
    `${rows.toLocaleString('en-US')} rows, medians of ${runs}. Required: ratio ≤ ${MOST_TIMES}, all processes together < ${MOST_MB} MB.`,
  );
  let held = true;
  for (const format of flags.format) {
    if (!engineFormats[format]) throw new Error(`--format is one of ${Object.keys(engineFormats).join(', ')}.`);
    const path = join(folder, `log.${format}`);
    if (format !== 'jsonl') await convert(jsonl, path, format);
    held = (await measure(path, format, folder)) && held;
  }
  process.exitCode = held ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
