import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { requestContext, type Context } from '../../platform/context.ts';
import { conflict } from '../../platform/problem.ts';
import { lockDataDir, openFresh, openStores, unfinishedRestore, type DataLock } from '../../stores/index.ts';
import { fillTelemetry, forgetUnknown } from '../../stores/telemetry/index.ts';
import { openPractice } from '../accounts/index.ts';
import { eraseKnown } from '../telemetry/index.ts';
import { piecesIn, type Backup } from './read.ts';

const DRAINED_WITHIN_MS = 30 * 60_000;

/** Are not restored: what was ended, used or withdrawn after the backup would be open again. */
const waysIn = new Set(['session', 'verification', 'invitation', 'owner_link']);

/**
 * Fills empty stores from a backup that was verified, brings their tables up to date, and does again what was asked for in the
 * records: who was erased stays erased. A directory that could not be filled is empty again afterwards.
 */
export async function restoreInto(ctx: Context, backup: Backup): Promise<{ erasures: number }> {
  const { dataDir } = ctx.config;
  // Until the directory is ours, what is in it is another Steward's.
  const held = await lockDataDir(dataDir);
  try {
    requireEmpty(dataDir);
    return await fillOrEmpty(ctx, backup, held);
  } finally {
    held.release();
  }
}

async function fillOrEmpty(ctx: Context, backup: Backup, held: DataLock): Promise<{ erasures: number }> {
  const { config, log, now, progress } = ctx;
  const { dataDir, databaseUrl, clickhouseUrl } = config;
  await writeFile(unfinishedRestore(dataDir), `${backup.dir}\n`, { mode: 0o600 });
  try {
    await fill(ctx, backup);
    progress({ label: 'Bringing the stores up to date', done: 0, unit: 'steps' });
    await using stores = await openStores(config, log, undefined, { held });
    await stores.spool.drained(DRAINED_WITHIN_MS);
    const known = backup.manifest.clients.map(({ id }) => id);
    await forgetUnknown(stores.telemetry, known);
    const practice = openPractice(stores);
    const job = requestContext({ now, config, log, actor: { kind: 'job', name: 'restore' }, practice });
    const erasures = await eraseKnown(job);
    await rm(unfinishedRestore(dataDir));
    return { erasures };
  } catch (error) {
    for (const name of readdirSync(dataDir).filter((one) => !harmless.has(one)))
      await rm(join(dataDir, name), { recursive: true, force: true });
    if (databaseUrl !== undefined || clickhouseUrl !== undefined)
      log.error('the databases of DATABASE_URL and CLICKHOUSE_URL hold what was restored so far: empty them before the next try');
    throw error;
  }
}

/** Into the tables as they were, with every change of them that the backup had and none that came later. */
async function fill({ config, log, progress }: Context, backup: Backup): Promise<void> {
  const { dir, manifest } = backup;
  await using stores = await openFresh(config, log, manifest.migrations);
  progress({ label: 'Restoring records', done: 0, unit: 'rows' });
  await stores.records.fill(
    manifest.records
      .filter(({ name }) => !waysIn.has(name))
      .map(({ name, files }) => ({ name, pieces: () => piecesIn(backup, files) })),
    manifest.sequences,
  );
  const total = manifest.telemetry.reduce((rows, table) => rows + table.rows, 0);
  let done = 0;
  await fillTelemetry(
    stores.telemetry,
    manifest.telemetry.map(({ name, rowsByClient, files }) => ({
      name,
      rowsByClient,
      async *pieces() {
        let at = 0;
        for await (const bytes of piecesIn(backup, files)) {
          yield bytes;
          done += files[at++]?.rows ?? 0;
          progress({ label: 'Restoring telemetry', done, total, unit: 'rows' });
        }
      },
    })),
  );
  // Loaded by the next start, as after any other.
  await mkdir(join(config.dataDir, 'spool'), { mode: 0o700 });
  for (const { path } of manifest.spool)
    await writeFile(join(config.dataDir, 'spool', basename(path)), await readFile(join(dir, path)), { mode: 0o600, flush: true });
  for (const { path } of manifest.secrets)
    await writeFile(join(config.dataDir, basename(path)), await readFile(join(dir, path)), { mode: 0o600, flush: true });
}

/** What may stand in a directory that is restored into. */
const harmless = new Set(['lock', 'backups', 'lost+found']);

/** Throws `conflict` where a data directory holds anything that a restore would mix with; one that is not there is empty. */
export function requireEmpty(dataDir: string): void {
  const found = existsSync(dataDir) ? readdirSync(dataDir).filter((name) => !harmless.has(name)) : [];
  if (found.length > 0)
    throw conflict(
      `${dataDir} is not empty: it has ${found.slice(0, 3).join(', ')}. Nothing was changed. Name an empty or new directory with STEWARD_DATA.`,
    );
}
