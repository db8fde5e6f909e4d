import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
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

/** What was measured until now: a table that was empty has little to merge by then. */
const FIRST_SECONDS = 12;
const FILES = 6;
/** As Steward loads. */
const LOADS_AT_ONCE = 2;
/** As many as a segment of the spool holds. */
const BODIES_OF_FILE = 32;
const ROWS_OF_FILE = BODIES_OF_FILE * SPANS_OF_BODY;
const TRACE_ID_BYTES = 32;

export interface Alone {
  rate: number;
  cpuUs: number;
}

/**
 * The engine as Steward starts it, the same tables, and nothing else: it loads the rows of some segments from files, again and
 * again, each time with other trace ids: rows of the same id would be dropped when they are merged. Answers what it came to in
 * its first seconds, and in all of them.
 */
export async function engineAlone(dir: string, seconds: number): Promise<{ first: Alone; whole: Alone }> {
  mkdirSync(dir);
  const engine = await startEngine({ dir, readsFiles: true, fsync: true, memoryBytes: 1_000_000_000 }, openLog('warn'));
  const telemetry = connectEngine(engine, { readsFiles: true });
  try {
    await migrateTelemetry(telemetry, fileURLToPath(new URL('../../../src/stores/telemetry/migrations', import.meta.url)));
    const shapes = await readShapes(telemetry, ['span']);
    const files = Array.from({ length: FILES }, (_, n) => writeFile(join(dir, `${n}.rows`), shapes));
    let n = 0;
    const load = async () => {
      const file = files[n % FILES]!;
      // A token of its own, or it would be dropped as loaded already.
      const settings = { insert_deduplication_token: String((n += 1)) };
      file.renew();
      await telemetry.command(`INSERT INTO span SELECT * FROM file('${file.path}', 'Native')`, {}, { settings });
    };
    for (let warm = 0; warm < FILES; warm += 1) await load();
    const usage = watch(process.pid, { everyMs: 500 });
    const startMs = performance.now();
    const before = n;
    const lasted = () => (performance.now() - startMs) / 1000;
    const soFar = (): Alone => {
      const rows = (n - before) * ROWS_OF_FILE;
      return { rate: rows / lasted(), cpuUs: (usage.cpu() * 1e6) / rows };
    };
    let first: Alone | undefined;
    const loadOn = async () => {
      while (lasted() < seconds) {
        await load();
        if (lasted() >= FIRST_SECONDS) first ??= soFar();
      }
    };
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, loadOn));
    const whole = soFar();
    usage.stop();
    return { first: first ?? whole, whole };
  } finally {
    await telemetry.close();
  }
}

/** The rows that Steward makes of some requests, in the format in which it hands them to the engine. */
function writeFile(path: string, shapes: Shapes): { path: string; renew: () => void } {
  const output = new Output(roomFor(128 * 1024 * 1024));
  const client = randomUUID();
  const firstIds: string[] = [];
  for (let n = 0; n < BODIES_OF_FILE; n += 1) {
    const decoded = decodeTraces(makeBody(), 'protobuf');
    if (!decoded.ok) throw new Error(decoded.message);
    const rows = decoded.items.map((span) => ({ ...rowOf(span, new Date(), [], false), client_id: client }));
    firstIds.push(String(rows[0]?.trace_id));
    writeBlock(rows, shapes.get('span')!, output);
  }
  const bytes = output.taken(0);
  // The ids of a block lie one behind the other.
  const places = firstIds.map((id) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(id, 0, 'latin1'));
  const columns = places.map((at) => Buffer.from(bytes.subarray(at, at + SPANS_OF_BODY * TRACE_ID_BYTES)));
  writeFileSync(path, bytes);
  return {
    path,
    /** Makes them rows that never were. */
    renew() {
      const id = Buffer.from(randomBytes(8).toString('hex'), 'latin1');
      const file = openSync(path, 'r+');
      for (const [n, column] of columns.entries()) {
        for (let at = 0; at < column.length; at += TRACE_ID_BYTES) id.copy(column, at);
        writeSync(file, column, 0, column.length, places[n]);
      }
      closeSync(file);
    },
  };
}
