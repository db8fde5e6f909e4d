import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Log } from '../../platform/log.ts';
import { shipped } from '../../platform/paths.ts';
import { unavailable } from '../../platform/problem.ts';
import { keepRunning, within, type Kept } from '../keep-running.ts';
import { makeSocketDir } from '../socket.ts';
import { bodiesIn, EngineMessage, type EngineOptions } from './engine/options.ts';
import { endOrphan } from './orphan.ts';

const openWithinMs = 20_000;
const stopWithinMs = 5000;

/** The child process that holds ClickHouse, kept running until it is closed. It ends with this process. */
export interface Engine {
  readonly socketPath: string;
  /** Where the rows of an insert may be put instead of being sent. */
  readonly bodies: string;
  /** The child's pid, or nothing while it is being restarted. */
  pid(): number | undefined;
  /** Waits while the child is being restarted. Throws `unavailable` when that takes too long. */
  ready(): Promise<void>;
  /** Ends the child at once; it is restarted. The way out when a query cannot be stopped. */
  kill(): void;
  close(): Promise<void>;
}

/** Starts the engine and waits until it answers. Throws `unavailable` when it cannot be started. */
export async function startEngine(options: Omit<EngineOptions, 'socket'>, log: Log): Promise<Engine> {
  const socketDir = makeSocketDir(join(options.dir, 'run'));
  const socketPath = join(socketDir.path, 'telemetry.sock');
  let child: ChildProcess | undefined;

  const begin = async (ended: () => void) => {
    await endOrphan(options.dir, log);
    const started = spawnEngine({ ...options, socket: socketPath }, log);
    child = started.child;
    child.once('exit', () => {
      if (child === started.child) child = undefined;
      if (started.wasReady()) ended();
    });
    await started.ready;
  };
  // Also one that is still starting: it would go on writing into a directory that is being removed.
  const abandon = () => {
    kept?.release();
    child?.kill('SIGKILL');
    socketDir.remove();
    process.off('exit', abandon);
  };
  process.prependListener('exit', abandon);
  let kept: Kept | undefined;
  const running = await keepRunning('telemetry', begin, log).catch((cause: unknown) => {
    abandon();
    throw unavailable(`The built-in ClickHouse does not start: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  });

  kept = running;
  return {
    socketPath,
    bodies: bodiesIn(options.dir),
    pid: () => child?.pid,
    ready: () => running.ready(),
    kill: () => void child?.kill('SIGKILL'),
    async close() {
      running.release();
      const ending = child;
      if (ending?.connected) {
        const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
        ending.send('stop', () => undefined);
        await within(ended, stopWithinMs, new Error('late')).catch(() => ending.kill('SIGKILL'));
      }
      abandon();
    },
  };
}

function spawnEngine(options: EngineOptions, log: Log) {
  let isReady = false;
  const child = spawn(process.execPath, [shipped('dist', 'telemetry-engine.mjs'), JSON.stringify(options)], {
    // A session of its own: Ctrl-C at the terminal is for the parent to hear, which then stops the child in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // chDB's queries, and the files of inserts, each take one of these threads.
    env: { UV_THREADPOOL_SIZE: '16', TZ: 'UTC', LC_ALL: 'C.UTF-8' },
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-2000);
    log.debug({ said: chunk }, 'telemetry engine');
  });
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`it gave no sign of life for ${openWithinMs / 1000} s`));
    }, openWithinMs);
    child.on('message', (raw) => {
      const message = EngineMessage.parse(raw);
      if (message.kind === 'failed') return reject(new Error(`${message.reason} ${said}`.trim()));
      isReady = true;
      resolve();
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      reject(new Error(`it ended with ${signal ?? code}. ${said}`.trim()));
    });
    child.once('message', () => clearTimeout(late));
  });
  // A program that is done need not wait for its engine, which ends with it.
  child.unref();
  child.channel?.unref();
  if (child.stderr && 'unref' in child.stderr) (child.stderr as { unref(): void } & typeof child.stderr).unref();
  return { child, ready, wasReady: () => isReady };
}
