import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rowOf } from '../../src/features/telemetry/ingest/row.ts';
import { decodeTraces } from '../../src/features/telemetry/otlp/index.ts';
import { openLog } from '../../src/platform/log.ts';
import { startEngine } from '../../src/stores/telemetry/engine.ts';
import { readShapes, type Shapes } from '../../src/stores/telemetry/index.ts';
import { migrateTelemetry } from '../../src/stores/telemetry/migrate.ts';
import { writeBlock } from '../../src/stores/telemetry/native/block.ts';
import { Output, roomFor } from '../../src/stores/telemetry/native/output.ts';
import { connectEngine } from '../../src/stores/telemetry/open.ts';
import { watch } from '../audit/process-tree.ts';
import { makeBody, SPANS_OF_BODY } from './bodies.ts';

const MOST_SECONDS = 12;
const FILES = 6;
/** As many as a segment of the spool holds. */
const BODIES_OF_FILE = 16;
const ROWS_OF_FILE = BODIES_OF_FILE * SPANS_OF_BODY;

/** The engine as Steward starts it, the same tables, and nothing else: it loads the rows of some segments from files, again and again. */
export async function engineAlone(dir: string): Promise<{ rate: number; cpuUs: number }> {
  mkdirSync(dir);
  const engine = await startEngine({ dir, readsFiles: true, fsync: true, memoryBytes: 1_000_000_000 }, openLog('warn'));
  const telemetry = connectEngine(engine, { readsFiles: true });
  try {
    await migrateTelemetry(telemetry, fileURLToPath(new URL('../../../src/stores/telemetry/migrations', import.meta.url)));
    const shapes = await readShapes(telemetry, ['span']);
    const files = Array.from({ length: FILES }, (_, n) => writeFile(join(dir, `${n}.rows`), shapes));
    const load = async (n: number) => {
      // A token of its own, or it would be dropped as loaded already.
      const settings = { insert_deduplication_token: String(n) };
      await telemetry.command(`INSERT INTO span SELECT * FROM file('${files[n % FILES]!}', 'Native')`, {}, { settings });
    };
    for (let n = 0; n < FILES; n += 1) await load(n);
    const usage = watch(process.pid, { everyMs: 500 });
    const startMs = performance.now();
    let n = FILES;
    for (; performance.now() - startMs < MOST_SECONDS * 1000; n += 1) await load(n);
    const seconds = (performance.now() - startMs) / 1000;
    const { cpu } = usage.stop();
    const rows = (n - FILES) * ROWS_OF_FILE;
    return { rate: rows / seconds, cpuUs: (cpu * 1e6) / rows };
  } finally {
    await telemetry.close();
  }
}

/** The rows that Steward makes of some requests, in the format in which it hands them to the engine. */
function writeFile(path: string, shapes: Shapes): string {
  const output = new Output(roomFor(128 * 1024 * 1024));
  const client = randomUUID();
  for (let n = 0; n < BODIES_OF_FILE; n += 1) {
    const decoded = decodeTraces(makeBody(), 'protobuf');
    if (!decoded.ok) throw new Error(decoded.message);
    const rows = decoded.items.map((span) => ({ ...rowOf(span, new Date(), [], false), client_id: client }));
    writeBlock(rows, shapes.get('span')!, output);
  }
  writeFileSync(path, output.taken(0));
  return path;
}
