import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAlive } from './processes.ts';

/** What some processes and all their children hold in memory together. */
export interface Memory {
  processes: number;
  /** Pages that processes share are counted in each. */
  rssBytes: number;
  /** Shared pages are split between those that share them: what would be free without these processes. Linux only. */
  pssBytes: number | null;
}

/** Measures processes with all that descend from them. Reading it takes the kernel a moment: not for a hot path. */
export function memoryOf(pids: readonly (number | undefined)[]): Memory {
  const table = processTable();
  const counted = new Set(pids.filter((pid) => pid !== undefined));
  // Parents may stand after their children in the table, so look until nobody is added.
  for (let before = -1; before !== counted.size;) {
    before = counted.size;
    for (const { pid, parent } of table) if (counted.has(parent)) counted.add(pid);
  }
  // `ps` counted itself, as our child, and is gone.
  const rows = table.filter(({ pid }) => counted.has(pid) && isAlive(pid));
  const pss = rows.map(({ pid }) => pssBytes(pid));
  return {
    processes: rows.length,
    rssBytes: rows.reduce((sum, { rssKb }) => sum + rssKb * 1024, 0),
    pssBytes: pss.some((bytes) => bytes === undefined) ? null : pss.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
  };
}

interface Row {
  pid: number;
  parent: number;
  rssKb: number;
}

// Small images of Linux have no `ps`; macOS has no /proc.
const processTable = () => (existsSync('/proc/self/status') ? fromProc() : fromPs());

function fromProc(): Row[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const value = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
        return [{ pid: Number(name), parent: value('PPid'), rssKb: value('VmRSS') }];
      } catch {
        return [];
      }
    });
}

function fromPs(): Row[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').map((line) => {
    const [pid = 0, parent = 0, rssKb = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parent, rssKb };
  });
}

function pssBytes(pid: number): number | undefined {
  try {
    const kb = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) * 1024;
  } catch {
    return undefined;
  }
}
