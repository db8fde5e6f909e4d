import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { conflict, Problem } from '../platform/problem.ts';

// A holder that was killed this instant is still being taken down by the kernel.
const tryForMs = 500;

export interface DataLock {
  release(): void;
}

/**
 * Takes the data directory for this process alone, until released or until the process ends in whatever way. Throws
 * `conflict`, naming the holder, when it is taken.
 *
 * The lock is `flock` on a file: the kernel frees it with the process, kill -9 included, and it holds across containers that
 * share the directory, which an abstract socket or a pid would not. Node cannot call flock, but the lock belongs to the open
 * file and not to the process: a helper that inherits our descriptor takes it, ends, and leaves it with us. Child processes
 * of ours do not inherit it.
 */
export async function lockDataDir(dir: string): Promise<DataLock> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, 'lock');
  const file = openSync(path, 'a+', 0o600);
  for (const endMs = Date.now() + tryForMs; !tryLock(file); await sleep(50)) {
    if (Date.now() < endMs) continue;
    closeSync(file);
    throw conflict(
      `Another Steward (process ${holder(path)}) is using ${dir}. Stop it first, or choose another directory with STEWARD_DATA.`,
    );
  }
  ftruncateSync(file, 0);
  writeSync(file, String(process.pid));
  return { release: () => closeSync(file) };
}

/** Whether some process holds the directory; asking does not disturb it. */
export function isLocked(dir: string): boolean {
  if (!existsSync(join(dir, 'lock'))) return false;
  const file = openSync(join(dir, 'lock'), 'r');
  try {
    return !tryLock(file);
  } finally {
    closeSync(file);
  }
}

const helpers = [
  ['flock', '--nonblock', '3'],
  // macOS has no flock command, and perl everywhere; 6 is LOCK_EX | LOCK_NB.
  ['perl', '-e', 'open(my $file, "<&=", 3) or exit 2; exit(flock($file, 6) ? 0 : 1)'],
] as const;

function tryLock(file: number): boolean {
  for (const [command, ...args] of helpers) {
    const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore', file] });
    if (error) continue;
    if (status === 0 || status === 1) return status === 0;
  }
  throw new Problem(
    'unavailable',
    'The data directory cannot be locked: neither "flock" nor "perl" works here. Install util-linux.',
  );
}

function holder(path: string): string {
  return readFileSync(path, 'utf8').trim() || 'unknown';
}
