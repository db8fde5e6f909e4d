import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { unavailable } from '../../platform/problem.ts';
import { bodyName } from './engine/protocol.ts';

/** Bytes for the built-in engine, in a file among those of its inserts. */
export interface Handed {
  /** What the engine is told. */
  readonly name: string;
  /** An engine that starts anew clears them all away. */
  isThere(): boolean;
  remove(): Promise<void>;
}

/**
 * Writes the body of an insert where the engine reads it, in one go. Through the socket each 200 KB of it would wait for a turn
 * of the event loop, which is long while requests are decoded: loading fell to a third of what is acknowledged.
 * Throws `unavailable` when the disk is full.
 */
export async function handOver(dir: string, parts: readonly Uint8Array[]): Promise<Handed> {
  const name = bodyName(randomUUID());
  const path = join(dir, name);
  const handed = { name, isThere: () => existsSync(path), remove: () => unlink(path).catch(() => undefined) };
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      const { bytesWritten } = await file.writev(parts as Uint8Array[]);
      // A disk that fills up takes a part.
      if (bytesWritten < parts.reduce((sum, { length }) => sum + length, 0)) throw new Error('The file takes no more.');
    } finally {
      await file.close();
    }
    return handed;
  } catch (error) {
    await handed.remove();
    throw unavailable('The disk of the telemetry store is full or failing. Free some space and try again.', error);
  }
}
