import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** What Linux writes to a file that was opened so is on the disk when the write returns. Elsewhere a disk may keep it in its memory. */
const flushed = process.platform === 'linux' ? constants.O_DSYNC : 0;

/** Opens a file for `writeFlushed`: one that is there, or with `isNew` one that must not be. */
export const openFlushed = (path: string, { isNew }: { isNew: boolean }): Promise<FileHandle> =>
  open(path, constants.O_RDWR | flushed | (isNew ? constants.O_CREAT | constants.O_EXCL : 0), 0o600);

/**
 * Writes at a place; on disk when it returns. In one call where that is possible: the end of each is heard in the next turn of the
 * event loop, and turns are long while requests are read. Throws where the disk takes a part only.
 */
export async function writeFlushed(file: FileHandle, buffers: readonly Buffer[], position: number): Promise<void> {
  const { bytesWritten } = await file.writev(buffers, position);
  if (bytesWritten < buffers.reduce((sum, { length }) => sum + length, 0)) throw new Error('The file takes no more.');
  if (flushed === 0) await file.datasync();
}

/** Puts the names in a directory on the disk: a file that was flushed may be lost without its name. */
export async function flushDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
