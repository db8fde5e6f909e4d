import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { PracticeAccess } from '../../platform/access.ts';
import type { Context } from '../../platform/context.ts';
import { operation } from '../../platform/operation.ts';
import { unavailable } from '../../platform/problem.ts';
import { isLocked, openStores } from '../../stores/index.ts';
import { askServer, secretFileOf } from '../accounts/index.ts';
import { secretField, Summary } from './model.ts';
import { printBackup, printChecked, printRestored } from './print.ts';
import { listBackups, openBackup, verify } from './read.ts';
import { requireEmpty, restoreInto } from './restore.ts';
import { beginBackup, stateOf, underWay } from './running.ts';
import { writeBackup } from './write.ts';

const byOwner = (does: 'read' | 'write') => ({ of: 'practice', does, roles: ['owner'] }) satisfies PracticeAccess;

export const createBackup = operation({
  name: 'backups.create',
  summary: 'Begin a backup of both stores while the server runs; backups.list says how far it is.',
  access: byOwner('write'),
  confirms: false,
  input: z.object({ withoutSecret: secretField }),
  output: z.object({ startedAt: z.date() }),
  async run(ctx, how) {
    const startedAt = underWay(ctx, how)?.startedAt ?? ctx.now();
    // Everything there is leaves by it: the audit trail says so first.
    ctx.afterwards(() => beginBackup(ctx, how, startedAt));
    return { startedAt };
  },
});

const Running = z.object({ startedAt: z.date(), rowsDone: z.number(), rowsTotal: z.number().nullable() });
const Failed = z.object({ at: z.date(), message: z.string() });

export const showBackups = operation({
  name: 'backups.list',
  summary: 'List the backups that lie in the server’s backup directory, the one under way, and why the last one failed.',
  access: byOwner('read'),
  input: z.object({}),
  output: z.object({
    dir: z.string(),
    backups: z.array(Summary).nullable().describe('Nothing while one is under way: they are read when it has ended.'),
    running: Running.nullable(),
    made: Summary.nullable().describe('This process’s last backup.'),
    failed: Failed.nullable().describe('Of this process’s last backup.'),
  }),
  async run({ practice, config }) {
    const { running, made, failed } = stateOf(practice!);
    return {
      dir: config.backupDir,
      // Who waits for it asks often, and every manifest would be read each time.
      backups: running ? null : await listBackups(config.backupDir),
      running: running ?? null,
      made: made ?? null,
      failed: failed ?? null,
    };
  },
});

export const backUp = operation({
  name: 'backup.make',
  summary: 'Back up both stores into one directory, also while the server runs.',
  access: 'local',
  input: z.object({ withoutSecret: secretField }),
  output: Summary.extend({ online: z.boolean().describe('Made by the server that runs on the data.') }),
  terminal: { words: ['backup'], print: printBackup },
  async run(ctx, { withoutSecret }) {
    const { config, log, progress } = ctx;
    if (config.server.url !== undefined || isLocked(config.dataDir))
      return { ...(await byServer(ctx, withoutSecret)), online: true };
    await using stores = await openStores(config, log);
    const report = (done: number, total: number) => progress({ label: 'Backing up', done, total, unit: 'rows' });
    const secretFile = withoutSecret ? undefined : secretFileOf(config.dataDir, config.secret);
    const made = await stores.cut((cut) => writeBackup(cut, { into: config.backupDir, secretFile, report }));
    return { ...made, online: false };
  },
});

// As they travel: times are texts.
const Told = z.object({
  made: Summary.extend({ at: z.coerce.date() }).nullable(),
  running: z.object({ rowsDone: z.number(), rowsTotal: z.number().nullable() }).nullable(),
  failed: z.object({ message: z.string() }).nullable(),
});
const ASK_EVERY_MS = 300;

/** Has the server make it, and waits. */
async function byServer({ config, progress }: Context, withoutSecret: boolean): Promise<Summary> {
  await askServer(createBackup, config, { withoutSecret });
  for (;;) {
    const { running, failed, made } = Told.parse(await askServer(showBackups, config, {}));
    if (failed) throw unavailable(failed.message);
    if (!running) {
      if (!made) throw unavailable('The server was restarted before the backup was made. Try again.');
      return made;
    }
    if (running.rowsTotal !== null)
      progress({ label: 'Backing up', done: running.rowsDone, total: running.rowsTotal, unit: 'rows' });
    await sleep(ASK_EVERY_MS);
  }
}

const dirField = z.string().min(1).describe('The directory of the backup, as "steward backup" prints it.');

export const checkBackup = operation({
  name: 'backup.check',
  summary: 'Read every file of a backup and compare it with its hash, without restoring anything.',
  access: 'local',
  input: z.object({ dir: dirField }),
  output: Summary,
  terminal: { words: ['check-backup'], positional: 'dir', print: printChecked },
  async run({ progress }, { dir }) {
    const backup = await openBackup(dir);
    await verify(backup, (done, total) => progress({ label: 'Checking', done, total, unit: 'bytes' }));
    return backup.summary;
  },
});

export const restore = operation({
  name: 'backup.restore',
  summary: 'Restore a backup into an empty data directory, or empty databases. Nothing is touched before all of it was checked.',
  access: 'local',
  input: z.object({ dir: dirField }),
  output: Summary.extend({ dataDir: z.string(), erasures: z.number().describe('That were done again.') }),
  terminal: { words: ['restore'], positional: 'dir', print: printRestored },
  async run(ctx, { dir }) {
    const { config, progress } = ctx;
    const backup = await openBackup(dir);
    requireEmpty(config.dataDir);
    await verify(backup, (done, total) => progress({ label: 'Checking', done, total, unit: 'bytes' }));
    const { erasures } = await restoreInto(ctx, backup);
    return { ...backup.summary, dataDir: config.dataDir, erasures };
  },
});
