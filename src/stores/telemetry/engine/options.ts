import { join } from 'node:path';
import { z } from 'zod';

/** How an engine is started: the one argument of the child process. Seen by `ps`, so nothing here is secret. */
export const EngineOptions = z.object({
  /** Directory of the tables. One engine at a time: ClickHouse locks it. */
  dir: z.string(),
  /** Path of the Unix socket to listen on. */
  socket: z.string(),
  /** Whether SQL may read local files. Only a private engine of one audit may. */
  readsFiles: z.boolean(),
  /** Whether a part is on disk, and not only in the page cache, before its insert is acknowledged. */
  fsync: z.boolean(),
  /** What the engine may allocate altogether; queries above it are refused, code 241. */
  memoryBytes: z.number().int().positive(),
});
export type EngineOptions = z.infer<typeof EngineOptions>;

/** Where the rows of inserts lie while they are read. */
export const bodiesIn = (dir: string) => join(dir, 'spool');

/** What the child says over the pipe to its parent. */
export const EngineMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type EngineMessage = z.infer<typeof EngineMessage>;
