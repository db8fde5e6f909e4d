import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

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

export interface Usage {
  /** Processor time of all of them together, in seconds: unlike the clock it hardly depends on what else runs. */
  cpu: number;
  /** Of it, what the process itself took. */
  rootCpu: number;
  /** Pages shared by several processes counted once (PSS), and as often as they are mapped (RSS). */
  pssMb: number;
  rssMb: number;
  /** At the peak of the shared count: what each program of them had. */
  pssMbBy: Readonly<Record<string, number>>;
}

/** What a process runs: the script, where it is Node. */
function programOf(pid: number): string {
  const [program = '', ...args] = read(`/proc/${pid}/cmdline`).split('\0');
  const script = args.find((arg) => arg.endsWith('js'));
  return basename((script ?? program).split(' ')[0]!.replace(/:$/, '')) || 'ended';
}

/** Clock ticks per second, on every Linux that Node runs on. */
const TICKS = 100;

function cpuOf(pid: number): number {
  const fields = /\) (.*)/.exec(read(`/proc/${pid}/stat`))?.[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

/** Follows a process and all that it starts. `stop` answers the peaks; zeros where the system does not tell (no /proc). */
export function watch(root: number, { everyMs = 100 } = {}): { cpu: () => number; stop: () => Usage } {
  const peak = { pssMb: 0, rssMb: 0, pssMbBy: {} as Record<string, number> };
  const cpu = new Map<number, number>();
  const look = () => {
    let [pss, rss] = [0, 0];
    const by: Record<string, number> = {};
    for (const pid of familyOf(root)) {
      const own = kilobytes(read(`/proc/${pid}/smaps_rollup`), 'Pss') / 1024;
      pss += own;
      const program = programOf(pid);
      by[program] = Math.round((by[program] ?? 0) + own);
      rss += kilobytes(read(`/proc/${pid}/status`), 'VmRSS') / 1024;
      cpu.set(pid, Math.max(cpu.get(pid) ?? 0, cpuOf(pid)));
    }
    if (pss > peak.pssMb) Object.assign(peak, { pssMb: pss, pssMbBy: by });
    peak.rssMb = Math.max(peak.rssMb, rss);
  };
  if (process.platform !== 'linux') return { cpu: () => 0, stop: () => ({ ...peak, cpu: 0, rootCpu: 0 }) };
  const before = new Map(familyOf(root).map((pid) => [pid, cpuOf(pid)]));
  const timer = setInterval(look, everyMs);
  const took = (pid: number) => (cpu.get(pid) ?? 0) - (before.get(pid) ?? 0);
  const cpuSoFar = () => {
    look();
    return [...cpu.keys()].reduce((sum, pid) => sum + took(pid), 0);
  };
  return {
    cpu: cpuSoFar,
    stop() {
      clearInterval(timer);
      return { ...peak, cpu: cpuSoFar(), rootCpu: took(root) };
    },
  };
}
