import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../platform/log.ts';
import { commandLine, gone, isAlive, processesIn } from '../processes.ts';

/** PostgreSQL's first process, as it notes itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  socketDir: string;
  isReady: boolean;
}

/** What the pid file says; nothing when there is none. It may speak of a process long gone. */
export function notedPostmaster(data: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), socketDir: lines[4] ?? '', isReady: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** The running PostgreSQL of this data directory, and no other program that came to its number. */
export function runningPostmaster(data: string): Postmaster | undefined {
  const noted = notedPostmaster(data);
  return noted && isAlive(noted.pid) && commandLine(noted.pid).includes(`-D ${data} `) ? noted : undefined;
}

/**
 * Clears the way for a new postmaster where the old one is dead. PostgreSQL would clear its pid file itself, but takes a
 * zombie, or another program with that number, for a living postmaster. Its sessions may outlive it for a moment, and two
 * generations on one directory destroy it: so they end first.
 */
export async function clearDeadPostmaster(data: string, log: Log): Promise<void> {
  const noted = notedPostmaster(data);
  // Only Linux tells which processes are left; elsewhere the file stays, and PostgreSQL decides.
  if (!noted || process.platform !== 'linux') return;
  for (const pid of processesIn(data)) {
    if (await gone(pid, 2000)) continue;
    process.kill(pid, 'SIGKILL');
    await gone(pid, 5000);
  }
  log.info({ pid: noted.pid }, 'a stale postmaster.pid was cleared');
  rmSync(join(data, 'postmaster.pid'), { force: true });
}
