import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../platform/log.ts';
import { commandLine, gone } from '../processes.ts';

/**
 * Ends an engine that an earlier Steward left on this directory, so that its lock does not stop ours. It is on its way
 * out, as it ends with its parent; one that hangs is killed, which its tables survive. Call it as the holder of the data
 * directory's lock only: the engine of a living Steward would be ended too.
 */
export async function endOrphan(dir: string, log: Log): Promise<void> {
  const pid = lockHolder(dir);
  // The number may long belong to another program, which is none of our business.
  const isEngine = () => pid !== undefined && commandLine(pid).includes(JSON.stringify(dir).slice(1, -1));
  if (pid === undefined || !isEngine()) return;
  if (await gone(pid, 500)) return;
  log.warn({ pid }, 'an engine of an earlier Steward was still on the data directory and is ended');
  if (isEngine()) process.kill(pid, 'SIGKILL');
  await gone(pid, 5000);
}

// ClickHouse notes its pid in the file that it locks.
function lockHolder(dir: string): number | undefined {
  try {
    const pid = /^PID: (\d+)$/m.exec(readFileSync(join(dir, 'tables', 'status'), 'utf8'))?.[1];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}
