import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { invalid, Problem } from './problem.ts';

/** Files that a command writes because it was told to. */

/** Refuses before the work what would be lost after it. `inputs`: what is read, which stays as it is. Throws a Problem. */
export async function requireWritable(name: string, inputs: readonly string[]): Promise<void> {
  if (inputs.some((input) => input !== '-' && resolve(input) === resolve(name))) {
    throw invalid(`"${name}" is what is read. Write to another file, or it would be lost.`);
  }
  const found = await stat(name).catch(() => null);
  if (found?.isDirectory()) throw unwritable(name, 'it is a directory');
  await access(found ? name : dirname(resolve(name)), constants.W_OK).catch((cause: unknown) => {
    throw unwritable(
      name,
      cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
        ? 'there is no such directory'
        : 'writing there is not allowed',
      cause,
    );
  });
}

const unwritable = (name: string, why: string, cause?: unknown) =>
  new Problem(
    'invalid',
    `"${name}" could not be written: ${why}. Name a file in a directory that exists and that you may write to.`,
    {
      cause,
    },
  );

/**
 * Writes a file and answers its name. A new one is for whoever ran the command alone, as texts of users may stand in it. Throws a
 * Problem where it cannot.
 */
export async function save(name: string, content: string | Uint8Array): Promise<string> {
  try {
    await writeFile(name, content, { mode: 0o600 });
    return name;
  } catch (cause) {
    throw unwritable(name, cause instanceof Error ? cause.message : 'unknown', cause);
  }
}
