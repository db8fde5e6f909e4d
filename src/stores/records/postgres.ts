import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../platform/log.ts';
import { unavailable } from '../../platform/problem.ts';
import { keepRunning } from '../keep-running.ts';
import { gone, isAlive } from '../processes.ts';
import { makePrivateDir } from '../private.ts';
import { makeSocketDir, type SocketDir } from '../socket.ts';
import { shippedPrograms } from './binaries.ts';
import { chooseLaunch, type Launch } from './launch.ts';
import { clearDeadPostmaster, notedPostmaster, runningPostmaster, type Postmaster } from './postmaster.ts';

const readyWithinMs = 30_000;
const stopWithinMs = 10_000;
const watchEveryMs = 250;

/** For tests: the ways that a machine may leave us. */
export interface PostgresOptions {
  /** How root starts it, where the first way that works is not to be taken. */
  launch?: Launch['name'] | undefined;
  /** Directory of `initdb` and `postgres`. */
  programs?: string | undefined;
}

/** The built-in PostgreSQL, kept running until it is stopped. */
export interface Postgres {
  /** Where its Unix socket is; it listens nowhere else. */
  readonly socketDir: string;
  /** The postmaster's pid. */
  pid(): number;
  /** Waits while it is being restarted. Throws `unavailable` when that takes too long. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on `dir`, made on first use; takes over one that an earlier Steward left running there. Hold the data
 * directory's lock. Throws `unavailable`.
 */
export async function startPostgres(dir: string, log: Log, options: PostgresOptions = {}): Promise<Postgres> {
  makePrivateDir(dir);
  // PostgreSQL notes real paths.
  const home = realpathSync(dir);
  const data = join(home, 'data');
  const how: How = { launch: chooseLaunch(options.launch), programs: options.programs ?? shippedPrograms() };
  let postmaster: Postmaster = { pid: 0, socketDir: '', isReady: false };

  const kept = await keepRunning(
    'record',
    async (ended) => {
      const left = runningPostmaster(data);
      // The same place after a restart: the pool of connections knows it.
      const socketDir = postmaster.socketDir || join(home, 'run');
      postmaster = left ? await takeOver(data, left, log) : await startNew(home, makeSocketDir(socketDir), how, log);
      watch(postmaster.pid, ended);
    },
    log,
  );

  return {
    socketDir: postmaster.socketDir,
    pid: () => postmaster.pid,
    ready: () => kept.ready(),
    async stop() {
      kept.release();
      await stopPostmaster(postmaster.pid);
      rmSync(postmaster.socketDir, { recursive: true, force: true });
    },
  };
}

interface How {
  launch: Launch;
  programs: string;
}

async function takeOver(data: string, left: Postmaster, log: Log): Promise<Postmaster> {
  log.info({ pid: left.pid }, 'a PostgreSQL that outlived its Steward is taken over');
  return untilReady(data, left.pid);
}

async function startNew(home: string, socketDir: SocketDir, how: How, log: Log): Promise<Postmaster> {
  const data = join(home, 'data');
  await clearDeadPostmaster(data, log);
  if (!existsSync(data)) initialise(home, how);
  const { owner } = how.launch;
  if (owner && lstatSync(data).uid !== owner.uid) own(data, owner);

  const child = startProcess(home, how, [
    '-D',
    data,
    '--listen_addresses=',
    `--unix_socket_directories=${socketDir.path}`,
    // A record that was acknowledged is on disk.
    '--fsync=on',
    '--synchronous_commit=on',
    '--full_page_writes=on',
    '--shared_buffers=64MB',
    '--max_connections=60',
    '--timezone=UTC',
  ]);
  try {
    return await untilReady(data, child.pid ?? 0);
  } catch (cause) {
    child.kill('SIGKILL');
    socketDir.remove();
    throw unavailable(`PostgreSQL does not start on ${home}: ${lastLines(join(home, 'postgres.log'))}`, cause);
  }
}

/** Makes the data directory. In a second place first: a half-made one, after a crash, is never taken for one. */
function initialise(home: string, { launch, programs }: How): void {
  const fresh = join(home, 'data.new');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  if (launch.owner) own(fresh, launch.owner);
  const made = run([
    ...launch.prefix,
    join(programs, 'initdb'),
    `--pgdata=${fresh}`,
    '--username=steward',
    // Whoever can enter the socket's directory is the owner.
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
  ]);
  if (made.status !== 0) throw unavailable(`PostgreSQL cannot make its data directory: ${made.stderr || String(made.error)}`);
  renameSync(fresh, join(home, 'data'));
}

const run = ([command = '', ...args]: string[]) => spawnSync(command, args, { encoding: 'utf8', env: environment });

// Nothing of ours: no secret of Steward belongs into another program's environment.
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

function startProcess(home: string, { launch, programs }: How, postgresArgs: string[]): ChildProcess {
  const log = openSync(join(home, 'postgres.log'), 'w', 0o600);
  const [command = '', ...args] = [...launch.prefix, join(programs, 'postgres'), ...postgresArgs];
  // A session of its own: Ctrl-C at the terminal is for Steward to hear, which then stops PostgreSQL in order. Its log
  // is a file, as a pipe would break when Steward ends first.
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env: environment });
  child.on('error', () => undefined);
  child.unref();
  closeSync(log);
  return child;
}

async function untilReady(data: string, pid: number): Promise<Postmaster> {
  for (const endMs = Date.now() + readyWithinMs; Date.now() < endMs; await sleep(10)) {
    const noted = notedPostmaster(data);
    if (noted?.pid === pid && noted.isReady) return noted;
    if (!isAlive(pid)) throw new Error('it ended');
  }
  throw new Error(`it was not ready after ${readyWithinMs / 1000} s`);
}

// One that was taken over is no child of ours and tells nobody when it ends.
function watch(pid: number, ended: () => void): void {
  const timer = setInterval(() => {
    if (isAlive(pid)) return;
    clearInterval(timer);
    ended();
  }, watchEveryMs);
  timer.unref();
}

async function stopPostmaster(pid: number): Promise<void> {
  // Fast: sessions are ended and everything is written; immediate: as after a crash.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    if (await gone(pid, stopWithinMs)) return;
  }
}

function own(path: string, owner: { uid: number; gid: number }): void {
  chownSync(path, owner.uid, owner.gid);
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), owner.uid, owner.gid);
}

const lastLines = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').slice(-3).join(' | ') : '');
