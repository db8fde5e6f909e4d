import type { FilledTable } from '../../platform/copy.ts';
import { conflict } from '../../platform/problem.ts';
import { aside, countByClient, dropAside, makeAside, tablesOf } from './copy.ts';
import { tableName } from './names.ts';
import type { Telemetry } from './telemetry.ts';

const INSERT_BYTES = 64 * 1024 ** 2;
const WITHIN_MS = 600_000;

/**
 * Fills tables that are empty with what a copy read. Each is filled aside, where no view adds to the sums that come by
 * themselves, counted, and then takes over the parts as they are. Throws `conflict` when the count is not what was said.
 */
export async function fillTelemetry(
  telemetry: Telemetry,
  tables: readonly (FilledTable & { readonly rowsByClient: Readonly<Record<string, number>> })[],
): Promise<void> {
  await dropAside(telemetry);
  const known = await tablesOf(telemetry);
  for (const { name, pieces, rowsByClient } of tables) {
    const table = known.find((one) => one.name === name);
    if (!table) throw conflict(`The backup holds a table "${name}" that this Steward does not know.`);
    await makeAside(telemetry, table, 'fsync_after_insert = 1, fsync_part_directory = 1');
    for await (const bytes of gathered(pieces()))
      await telemetry.insert(aside(table), bytes, {
        format: 'Native',
        timeoutMs: WITHIN_MS,
        settings: { insert_deduplicate: 0 },
      });
    const found = await countByClient(telemetry, aside(table));
    if (!sameCounts(found, rowsByClient)) throw conflict(`Not all rows of "${name}" arrived in the store.`);
    await telemetry.command(
      `ALTER TABLE ${tableName(name)} ATTACH PARTITION ALL FROM ${aside(table)}`,
      {},
      { timeoutMs: WITHIN_MS },
    );
    await telemetry.command(`DROP TABLE ${aside(table)} SYNC`, {}, { timeoutMs: WITHIN_MS });
  }
}

/** Few large inserts: each is a part that has to be merged. Blocks of Native behind one another are Native, too. */
async function* gathered(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const bytes of pieces) {
    if (size > 0 && size + bytes.length > INSERT_BYTES) {
      yield Buffer.concat(held);
      [held, size] = [[], 0];
    }
    held.push(bytes);
    size += bytes.length;
  }
  if (size > 0) yield Buffer.concat(held);
}

const sameCounts = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((client) => (a[client] ?? 0) === (b[client] ?? 0));
