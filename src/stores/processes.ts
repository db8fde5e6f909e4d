import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const hasProc = existsSync('/proc/self/stat');

/** Whether a process still does anything. One that has ended and was not collected by its parent (a zombie) does not. */
export function isAlive(pid: number): boolean {
  if (!hasProc) return !['', 'Z'].includes(ps(pid, 'stat').slice(0, 1));
  try {
    // The name, in brackets, may hold anything; the state is the letter after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
  } catch {
    return false;
  }
}

/** The words a process was started with; empty when it is gone. */
export function commandLine(pid: number): string {
  if (!hasProc) return ps(pid, 'command');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Processes that work in a directory. Only Linux tells; elsewhere none. */
export function processesIn(dir: string): number[] {
  if (!hasProc) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === dir && isAlive(pid);
      } catch {
        return false;
      }
    });
}

/** Waits until a process is gone. Answers false when it is still there after `withinMs`. */
export async function gone(pid: number, withinMs: number): Promise<boolean> {
  for (const endMs = Date.now() + withinMs; isAlive(pid); await sleep(10)) if (Date.now() > endMs) return false;
  return true;
}

function ps(pid: number, column: 'stat' | 'command'): string {
  return spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
