import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended, or it is not ours to look at.
    return '';
  }
};

/** The process and all that it started. */
function familyOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    // The name in brackets may hold anything; the parent is the second word after it.
    const parent = /\) \S+ (\d+)/.exec(read(`/proc/${name}/stat`))?.[1];
    if (parent) parents.set(Number(name), Number(parent));
  }
  const family = [root];
  for (const pid of family) for (const [child, parent] of parents) if (parent === pid) family.push(child);
  return family;
}

const kilobytes = (text: string, field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);

export interface Memory {
  /** Pages shared by several processes counted once (PSS), and as often as they are mapped (RSS). */
  pssMb: number;
  rssMb: number;
}

/** What a process and its children hold now; zero where the system does not tell (no /proc). */
function memoryOf(root: number): Memory {
  let [pss, rss] = [0, 0];
  for (const pid of familyOf(root)) {
    pss += kilobytes(read(`/proc/${pid}/smaps_rollup`), 'Pss');
    rss += kilobytes(read(`/proc/${pid}/status`), 'VmRSS');
  }
  return { pssMb: pss / 1024, rssMb: rss / 1024 };
}

const POLL_MS = 100;

/** Follows a process tree. `stop` answers the peaks. */
export function watchMemory(root: number): { stop: () => Memory } {
  const peak: Memory = { pssMb: 0, rssMb: 0 };
  if (process.platform !== 'linux') return { stop: () => peak };
  const timer = setInterval(() => {
    const now = memoryOf(root);
    peak.pssMb = Math.max(peak.pssMb, now.pssMb);
    peak.rssMb = Math.max(peak.rssMb, now.rssMb);
  }, POLL_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
