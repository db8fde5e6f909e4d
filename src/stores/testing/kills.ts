import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openStores } from '../index.ts';
import { rowsPerBatch } from './batch.ts';
import { enginePid, postmasterPid } from './pids.ts';
import { preparedStores } from './prepared.ts';
import { compileProgram, ended, startProgram } from './program.ts';
import { eventually, quiet } from './temp.ts';

/** Which process is killed: ClickHouse's, PostgreSQL's first, the one that writes to both, or all of them. */
export const victims = ['engine', 'postmaster', 'parent', 'all'] as const;
export type Victim = (typeof victims)[number];

/** What a series of kills came to. */
export interface Outcome {
  victim: Victim;
  kills: number;
  acknowledged: { telemetry: number; records: number };
  /** Acknowledged and not there in full. Must be 0. */
  lost: { telemetry: number; records: number };
  /** Batches of telemetry of which some rows are there and some not. */
  partial: number;
  /** There, but never acknowledged: the writer would have sent them again. */
  unacknowledged: number;
  /** From a kill to the next acknowledgement by both stores, in ms. */
  backMs: { median: number; max: number };
}

/** Kills with `kill -9`, `kills` times, each at a random moment up to `withinMs` after both stores acknowledge writes. */
export async function killRepeatedly(victim: Victim, kills: number, withinMs: number): Promise<Outcome> {
  using dir = await preparedStores();
  const program = await compileProgram('writer.ts');
  const acknowledged = { t: new Set<number>(), r: new Set<number>() };
  const since = { t: 0, r: 0 };
  const hear = (line: string) => {
    const [kind, batch] = line.split(' ');
    if (kind !== 't' && kind !== 'r') return;
    acknowledged[kind].add(Number(batch));
    since[kind] += 1;
  };
  const start = (round: number) => {
    const child = startProgram(program, [dir.path, String(round * 1_000_000)], hear);
    return { child, pid: child.pid ?? 0, ended: ended(child) };
  };

  const bothAcknowledge = async () => {
    since.t = since.r = 0;
    await eventually(() => since.t > 0 && since.r > 0);
  };

  const backMs: number[] = [];
  let writer = start(0);
  await bothAcknowledge();
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(Math.random() * withinMs);
    const pids = { engine: enginePid(dir.path), postmaster: postmasterPid(dir.path), parent: writer.pid };
    const dead = victim === 'all' ? Object.values(pids) : [pids[victim]];
    const atMs = performance.now();
    for (const pid of dead.sort(() => Math.random() - 0.5)) process.kill(pid, 'SIGKILL');
    if (dead.includes(pids.parent)) {
      await writer.ended;
      writer = start(kill);
    } else {
      const successor = victim === 'engine' ? enginePid : postmasterPid;
      await eventually(() => !dead.includes(successor(dir.path)));
    }
    await bothAcknowledge();
    backMs.push(Math.round(performance.now() - atMs));
  }
  // The end is one more.
  writer.child.kill('SIGKILL');
  await writer.ended;
  rmSync(program);
  return { victim, kills, ...(await compare(dir.path, acknowledged)), backMs: spread(backMs) };
}

async function compare(dataDir: string, acknowledged: { t: Set<number>; r: Set<number> }) {
  await using stores = await openStores({ dataDir, databaseUrl: undefined, clickhouseUrl: undefined }, quiet);
  const inTelemetry = await stores.telemetry.rows(z.object({ batch: z.number(), rows: z.number() }))(
    'SELECT batch, uniqExact(n) AS rows FROM torture GROUP BY batch',
  );
  const inRecords = await stores.records.rows(z.object({ batch: z.number() }))`select batch from torture`;
  const whole = new Set(inTelemetry.filter(({ rows }) => rows === rowsPerBatch).map(({ batch }) => batch));
  const kept = new Set(inRecords.map(({ batch }) => batch));
  const missing = (wanted: Set<number>, found: Set<number>) => [...wanted].filter((batch) => !found.has(batch)).length;
  return {
    acknowledged: { telemetry: acknowledged.t.size, records: acknowledged.r.size },
    lost: { telemetry: missing(acknowledged.t, whole), records: missing(acknowledged.r, kept) },
    partial: inTelemetry.length - whole.size,
    unacknowledged: missing(whole, acknowledged.t) + missing(kept, acknowledged.r),
  };
}

function spread(values: number[]) {
  const sorted = values.sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}
