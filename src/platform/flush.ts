import { open } from 'node:fs/promises';

/** Puts the names in a directory on the disk: a file that was flushed may be lost without its name. */
export async function flushDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
