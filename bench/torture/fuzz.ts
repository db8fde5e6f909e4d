import { hostileMix, idsPromised, slowRequest } from '../../src/features/telemetry/ledger/testing/requests.ts';
import { memoryOf } from '../../src/stores/index.ts';
import { preparedDataDir } from '../../src/stores/testing/prepared.ts';
import { eventually } from '../../src/stores/testing/temp.ts';
import { telemetryOf } from '../../src/stores/testing/telemetry.ts';
import { hammer } from '../../src/testing/hammer.ts';
import { startApart } from '../../src/testing/siege.ts';
import { z } from 'zod';

const CONNECTIONS = 32;
/** Far above what any takes, also where the server gets a twentieth of a core. */
const WITHIN_MS = 600_000;
const MIB = 1024 ** 2;
/** All processes of the server together. */
const MOST_BYTES = 2048 * MIB;

/** Hostile requests against a server in a process of its own; Ctrl-C ends them early, and what was sent so far is judged. Whether it held. */
export async function fuzzServer(count: number): Promise<boolean> {
  using dir = await preparedDataDir();
  await using server = await startApart(dir.path);
  const key = await server.client('Acme');
  const rss = () => memoryOf([server.pid()]).rssBytes;
  let most = rss();
  const startedMs = performance.now();
  const look = (answers: number) => {
    if (answers % 10_000 !== 0) return;
    most = Math.max(most, rss());
    console.log(
      `${answers} answers, ${Math.round(answers / ((performance.now() - startedMs) / 1000))}/s, ${Math.round(rss() / MIB)} MB`,
    );
  };
  let isOver = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (isOver = true));
  const mix = hostileMix(key, Date.now(), count);
  const work = { withinMs: WITHIN_MS, promised: idsPromised, look };
  const slow = Array.from({ length: 100 }, (_, n) => slowRequest(key, 10_000, n.toString(16).padStart(32, '5')));
  const [fast, late] = await Promise.all([
    hammer(server.url, { ...work, next: () => (isOver ? undefined : mix()), connections: CONNECTIONS }),
    hammer(server.url, { ...work, next: () => slow.pop(), connections: 20 }),
  ]);
  const kept = new Set([...fast.kept, ...late.kept]);
  const waiting = async () => ((await server.ask('system.status', {})) as { spool: { bytes: number } }).spool.bytes;
  await eventually(async () => (await waiting()) === 0, 600_000);
  const found = await storedIds(dir.path);
  const missing = [...kept].filter((id) => !found.has(id)).length;
  const wrong = [...fast.wrong, ...late.wrong];
  console.log({
    answers: fast.answers + late.answers,
    seconds: Math.round((performance.now() - startedMs) / 1000),
    statuses: Object.fromEntries([...fast.statuses].toSorted(([a], [b]) => a - b)),
    spansPromised: kept.size,
    missing,
    surplus: found.size - kept.size + missing,
    mostMegabytes: Math.round(most / MIB),
    wrong: wrong.slice(0, 20),
  });
  return wrong.length === 0 && missing === 0 && found.size === kept.size && most < MOST_BYTES;
}

async function storedIds(dataDir: string): Promise<Set<string>> {
  await using telemetry = telemetryOf(dataDir);
  const rows = await telemetry.rows(z.object({ id: z.string() }))('SELECT DISTINCT concat(trace_id, span_id) AS id FROM span');
  return new Set(rows.map(({ id }) => id));
}
