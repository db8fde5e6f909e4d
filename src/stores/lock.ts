import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { conflict, invalid, Problem } from '../platform/problem.ts';

// A holder that was killed this instant is still being taken down by the kernel.
const tryForMs = 500;

export interface DataLock {
  release(): void;
}

/**
 * Takes the data directory for this process alone, until released or until the process ends in whatever way. Throws
 * `conflict`, naming the holder, when it is taken, and `invalid` where no directory can be.
 *
 * The lock is two, and the kernel frees both with the process, kill -9 included:
 * - `flock` on a file, which holds across containers that share the directory. Node cannot call it, but the lock belongs to
 *   the open file and not to the process: a helper that inherits our descriptor takes it, ends, and leaves it with us. Child
 *   processes of ours do not inherit it.
 * - on Linux, a socket named after the file and listened on, which needs no helper where there is none.
 */
export async function lockDataDir(dir: string): Promise<DataLock> {
  const path = join(dir, 'lock');
  const file = openIn(dir, path);
  try {
    let held: Held | undefined;
    for (const endMs = Date.now() + tryForMs; !(held = await take(file)); await sleep(50)) {
      if (Date.now() < endMs) continue;
      throw conflict(
        `Another Steward (process ${holder(path)}) is using ${dir}. Stop it first, or choose another directory with STEWARD_DATA.`,
      );
    }
    const { socket } = held;
    fchmodSync(file, 0o600);
    ftruncateSync(file, 0);
    writeSync(file, String(process.pid));
    return {
      release() {
        socket?.close();
        closeSync(file);
      },
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openIn(dir: string, path: string): number {
  try {
    makeDirectory(dir);
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid(`${dir} cannot be the data directory (${code}). Choose another with STEWARD_DATA, which you may write to.`);
  }
}

/** From the top: where the system refuses a directory as if its parent were missing, Node's own way tries for ever. */
function makeDirectory(dir: string): void {
  if (existsSync(dir)) return;
  makeDirectory(dirname(dir));
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whether some process holds the directory; asking does not disturb it. */
export function isLocked(dir: string): boolean {
  if (!existsSync(join(dir, 'lock'))) return false;
  const file = openSync(join(dir, 'lock'), 'r');
  try {
    return flock(file) === 'taken' || isListenedOn(socketName(file));
  } finally {
    closeSync(file);
  }
}

/** The id of the process that holds the directory; nothing when none does. */
export const lockHolder = (dir: string): string | undefined => (isLocked(dir) ? holder(join(dir, 'lock')) : undefined);

interface Held {
  socket: Server | undefined;
}

/** Takes both locks; nothing when another process has one. */
async function take(file: number): Promise<Held | undefined> {
  const byFile = flock(file);
  if (byFile === 'taken') return undefined;
  const bySocket = process.platform === 'linux' ? await listenOn(socketName(file)) : 'impossible';
  // The file's lock, if it became ours, ends when we give up and close the file.
  if (bySocket === 'taken') return undefined;
  if (bySocket !== 'impossible') return { socket: bySocket };
  if (byFile === 'ours') return { socket: undefined };
  throw new Problem(
    'unavailable',
    'The data directory cannot be locked: neither "flock" nor "perl" works here. Install util-linux.',
  );
}

const helpers = [
  ['flock', '--nonblock', '3'],
  // macOS has no flock command, and perl everywhere; 6 is LOCK_EX | LOCK_NB.
  ['perl', '-e', 'open(my $file, "<&=", 3) or exit 2; exit(flock($file, 6) ? 0 : 1)'],
] as const;

function flock(file: number): 'ours' | 'taken' | 'impossible' {
  for (const [command, ...args] of helpers) {
    const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore', file] });
    if (error) continue;
    if (status === 0 || status === 1) return status === 0 ? 'ours' : 'taken';
  }
  return 'impossible';
}

// The file by its numbers, however its path is spelled. Who cannot enter the directory cannot know them.
function socketName(file: number): string {
  const { dev, ino } = fstatSync(file);
  return `steward-lock-${dev}-${ino}`;
}

// A socket without a file ("abstract", which the leading NUL means) is there exactly as long as its process listens.
function listenOn(name: string): Promise<Server | 'taken' | 'impossible'> {
  return new Promise((resolve) => {
    const server = createServer((client) => client.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE' ? 'taken' : 'impossible'));
    server.listen(`\0${name}`, () => resolve(server));
    server.unref();
  });
}

function isListenedOn(name: string): boolean {
  if (process.platform !== 'linux') return false;
  // Node fills the name up with NULs, which are shown as @.
  return new RegExp(`@${name}@*$`, 'm').test(readFileSync('/proc/net/unix', 'utf8'));
}

function holder(path: string): string {
  return readFileSync(path, 'utf8').trim() || 'unknown';
}
