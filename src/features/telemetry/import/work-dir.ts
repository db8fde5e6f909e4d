import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Directories that are in use. One listener for all: a log may be of hundreds of files. */
const open = new Set<string>();

function removeAll() {
  for (const path of open) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** A directory for copies of a log, for nobody else's eyes; removed when asked, or when the process exits, as it does on a signal. */
export async function makeWorkDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  // Made by mkdtemp, its mode is 0700.
  const path = await mkdtemp(join(tmpdir(), 'steward-log-'));
  if (open.size === 0) process.once('exit', removeAll);
  open.add(path);
  const remove = async () => {
    await rm(path, { recursive: true, force: true });
    open.delete(path);
    if (open.size === 0) process.off('exit', removeAll);
  };
  return { path, remove };
}
