import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../platform/log.ts';
import { shipped } from '../../platform/paths.ts';
import { Problem, unavailable } from '../../platform/problem.ts';
import { makeSocketDir } from '../socket.ts';
import { EngineMessage, type EngineOptions } from './engine/options.ts';
import { endOrphan } from './orphan.ts';

const openWithinMs = 20_000;
const waitForRestartMs = 5000;
const restartPausesMs = [0, 100, 300, 1000];
const stopWithinMs = 5000;

/** The child process that holds ClickHouse, kept running until it is closed. */
export interface Engine {
  readonly socketPath: string;
  /** The child's pid, or nothing while it is being restarted. */
  pid(): number | undefined;
  /** Waits while the child is being restarted. Throws `unavailable` when that takes too long. */
  ready(): Promise<void>;
  /** Ends the child at once; it is restarted. The way out when a query cannot be stopped. */
  kill(): void;
  close(): Promise<void>;
  /** Ends the child without waiting, for when this process exits. */
  abandon(): void;
}

/** Starts the engine and waits until it answers. Throws a `Problem` when it cannot be started. */
export async function startEngine(options: Omit<EngineOptions, 'socket'>, log: Log): Promise<Engine> {
  const socketDir = makeSocketDir();
  const socketPath = join(socketDir.path, 'telemetry.sock');
  let child: ChildProcess | undefined;
  let up: Promise<void>;
  const state = { closing: false };

  const begin = async () => {
    await endOrphan(options.dir, log);
    const started = spawnEngine({ ...options, socket: socketPath }, log);
    child = started.child;
    started.child.once('exit', (code, signal) => {
      if (child === started.child) child = undefined;
      if (state.closing || !started.wasReady()) return;
      log.warn({ code, signal }, 'the telemetry engine ended and is restarted');
      up = restart();
      // Whoever asks next is told; nobody may be asking now.
      up.catch(() => undefined);
    });
    await started.ready;
  };

  const restart = async (): Promise<void> => {
    for (let attempt = 0; !state.closing; attempt += 1) {
      await sleep(restartPausesMs[Math.min(attempt, restartPausesMs.length - 1)]);
      try {
        if (!state.closing) return await begin();
      } catch (error) {
        log.error({ err: error, attempt }, 'the telemetry engine did not restart');
      }
    }
  };

  const abandon = () => {
    state.closing = true;
    child?.kill('SIGKILL');
    socketDir.remove();
  };

  up = begin();
  try {
    await up;
  } catch (error) {
    abandon();
    throw new Problem(
      'unavailable',
      `The built-in ClickHouse does not start: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }

  return {
    socketPath,
    pid: () => child?.pid,
    async ready() {
      const late = unavailable('The telemetry store is being restarted. Try again in a moment.');
      await withinMs(up, waitForRestartMs, late);
      if (state.closing) throw unavailable('The telemetry store is closed.');
    },
    kill: () => void child?.kill('SIGKILL'),
    abandon,
    async close() {
      state.closing = true;
      if (child?.connected) {
        const ended = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
        child.send('stop', () => undefined);
        await withinMs(ended, stopWithinMs, new Error('late')).catch(() => child?.kill('SIGKILL'));
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

async function withinMs<T>(work: Promise<T>, limitMs: number, late: Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
