import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isShared, type Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { telemetryTables } from '../platform/practice.ts';
import { conflict } from '../platform/problem.ts';
import { openChanges, type Changes } from './changes.ts';
import type { Cut } from '../platform/copy.ts';
import { openCuts, type Cuts } from './cut.ts';
import { noTracing, type Tracing } from '../platform/tracing.ts';
import { lockDataDir, type DataLock } from './lock.ts';
import { openRegister, type Register } from './register.ts';
import { noteLate } from './register-store.ts';
import { openRecords, type Records } from './records/index.ts';
import {
  bytesOfToday,
  noteLately,
  openRefusals,
  openUsages,
  openSeen,
  openSpool,
  openTelemetry,
  type Refusals,
  readShapes,
  readWalled,
  type Seen,
  type Shapes,
  type Spool,
  type TableParts,
  sizeOf,
  type Telemetry,
  type Usages,
} from './telemetry/index.ts';
import { onceBy } from './telemetry/once.ts';

export { openChanges, type Changes } from './changes.ts';
export { isLocked, lockDataDir, lockHolder, type DataLock } from './lock.ts';
export { openFresh, requireKnownMigrations, type AppliedOfBoth } from './fresh.ts';
export { memoryOf, type Memory } from './memory.ts';
export type { Register } from './register.ts';
export type { Records, Sql } from './records/index.ts';
export type { Refusals, Seen, Spool, Telemetry } from './telemetry/index.ts';

/** Both stores of one data directory, which is ours alone until they are closed. */
export interface Stores extends AsyncDisposable {
  readonly records: Records;
  readonly telemetry: Telemetry;
  /** Telemetry on its way into its store. */
  readonly spool: Spool;
  /** Which spans came lately. */
  readonly seen: Seen;
  /** Refused requests, on their way into the ledger. */
  readonly refusals: Refusals;
  /** What each client sent lately. */
  readonly usages: Usages;
  /** How rows of telemetry are written. */
  readonly shapes: Shapes;
  /** The tables of telemetry whose rows are a client's. */
  readonly walled: readonly string[];
  /** The other processes on these stores. */
  readonly register: Register;
  /** What rewrites telemetry. */
  readonly changes: Changes;
  /** Both stores at one moment. */
  readonly cut: Cuts['cut'];
  close(): Promise<void>;
}

type StoresConfig = Pick<Config, 'dataDir' | 'databaseUrl' | 'clickhouseUrl'> &
  Partial<Pick<Config, 'spoolBytes' | 'leastFreeBytes' | 'role' | 'clickhouseCluster'>>;

/** How long a start waits for another that changes the tables. */
const MIGRATED_WITHIN_MS = 20 * 60_000;
/** How long a start waits for what the spool still holds: what is sent again before that is there would count twice. */
const DRAINED_WITHIN_MS = 30_000;

/** Stands in a data directory while a restore fills it. */
export const unfinishedRestore = (dataDir: string) => join(dataDir, 'restore.unfinished');

/** Locks the data directory and opens both stores at once. Throws `Problem`: `conflict` when another Steward is using it. */
export async function openStores(
  config: StoresConfig,
  log: Log,
  /** A fingerprint of what signs sessions, asked for once the data directory is ours. */
  secretMark: () => Buffer | undefined = () => undefined,
  /** `held` is for a restore: it has the lock and keeps it, and what it has not finished is no obstacle to it. */
  { held, tracing = noTracing }: { held?: DataLock; tracing?: Tracing } = {},
): Promise<Stores> {
  const { dataDir, databaseUrl, clickhouseUrl, clickhouseCluster: cluster, role = 'all' } = config;
  const lock = held ? { release: () => undefined } : await lockDataDir(dataDir);
  if (!held && existsSync(unfinishedRestore(dataDir))) {
    lock.release();
    throw conflict(`A restore into ${dataDir} did not come to its end. Empty the directory and restore again.`);
  }
  const opening = openRecords({ dataDir, databaseUrl }, log);
  // Processes that start at once would each change the tables of a store that they share.
  const inTurn = async (migrate: () => Promise<void>) =>
    clickhouseUrl === undefined ? migrate() : (await opening).locks.alone('migrations', MIGRATED_WITHIN_MS, migrate);
  const [records, telemetry] = await Promise.allSettled([
    opening,
    openTelemetry({ dir: join(dataDir, 'telemetry'), url: clickhouseUrl, cluster, inTurn }, log),
  ]);
  const opened = [records, telemetry].filter((store) => store.status === 'fulfilled').map((store) => store.value);
  const close = async () => {
    try {
      await Promise.all(opened.map((store) => store.close()));
    } finally {
      lock.release();
    }
  };
  if (records.status === 'fulfilled' && telemetry.status === 'fulfilled') {
    const entering = { dataDir, role, isShared: isShared(config), secretMark: secretMark() };
    const register = await openRegister(records.value, entering, log).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    const spool = openSpool(
      {
        dir: join(dataDir, 'spool'),
        // Beside it: in the spool is what waits.
        blankDir: join(dataDir, 'spool-blank'),
        load: tracedLoad(tracing, loaderOf(telemetry.value)),
        loading: (work) => register.loading(work),
        // A lock that one connection takes anew before it gives it back is never another's.
        ...(register.isShared && { loadsAtOnce: 1 }),
        taken: (digests) => register.taken(digests),
        late: async (begun) => void (await records.value.behind({ client: null, does: 'write' }, (sql) => noteLate(sql, begun))),
        ...(config.spoolBytes !== undefined && { mostBytes: config.spoolBytes }),
        leastFreeBytes: config.leastFreeBytes,
      },
      log,
    );
    // What the last process acknowledged right before its end may come again: it should be known by then.
    await spool.drained(DRAINED_WITHIN_MS);
    const seen = openSeen();
    const shapes = await readShapes(telemetry.value, telemetryTables);
    const walled = await readWalled(telemetry.value);
    await noteLately(telemetry.value, seen, log);
    const refusals = openRefusals(spool);
    // What clients sent to the others is theirs to say.
    const usages = openUsages(register.isShared ? undefined : await bytesOfToday(telemetry.value));
    await register.watch(spool, usages);
    const changes = openChanges();
    const cuts = openCuts({ dataDir, records: records.value, telemetry: telemetry.value, spool, register, changes });
    const closeAll = async () => {
      await cuts.close();
      await refusals.close();
      await spool.close();
      await register.close();
      await close();
    };
    const both = { records: records.value, telemetry: telemetry.value };
    const stores = {
      ...both,
      spool,
      seen,
      shapes,
      walled,
      refusals,
      usages,
      register,
      changes,
      cut: <T>(work: (cut: Cut) => Promise<T>) => cuts.cut(work),
    };
    return { ...stores, close: closeAll, [Symbol.asyncDispose]: closeAll };
  }
  await close();
  throw [records, telemetry].find((store) => store.status === 'rejected')?.reason;
}

/** How much is moved into the store at a time, and how long that takes. */
const tracedLoad =
  (tracing: Tracing, load: ReturnType<typeof loaderOf>): ReturnType<typeof loaderOf> =>
  (rows, token) =>
    tracing.span(
      { name: `load ${rows.table}`, attributes: { 'steward.table': rows.table, 'steward.bytes': sizeOf(rows.parts) } },
      () => load(rows, token),
    );

/**
 * The rows of a table in a segment are one insert, however often it is tried. Spans of an insert are hardly ever the same, and merges
 * drop those that are: to look for them in each insert, row by row, took 4 of its 29 µs per span.
 */
const loaderOf =
  (telemetry: Telemetry) =>
  ({ table, format, parts }: TableParts, token: string) => {
    const settings = { ...onceBy(token), ...(table === 'span' && { optimize_on_insert: 0 as const }) };
    return telemetry.insert(table, { parts }, { format, timeoutMs: 120_000, settings });
  };
