import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCopiesDir } from '../../../stores/telemetry/index.ts';

/** One directory of this process holds those of all logs: a log may be of hundreds of files. */
let home: ReturnType<typeof makeCopiesDir> | undefined;
let open = 0;

/** A directory for copies of a log, for nobody else's eyes; removed when asked, when the process exits, or by the next start. */
export async function makeWorkDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  open += 1;
  const { path: parent } = await (home ??= makeCopiesDir());
  const path = await mkdtemp(join(parent, 'log-'));
  let there = true;
  const remove = async () => {
    await rm(path, { recursive: true, force: true });
    if (!there) return;
    there = false;
    open -= 1;
    if (open > 0 || !home) return;
    const empty = home;
    home = undefined;
    (await empty).remove();
  };
  return { path, remove };
}
