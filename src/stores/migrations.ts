import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { conflict } from '../platform/problem.ts';

export interface Migration {
  /** The file's name, e.g. `0001_job_run.sql`: its number is its place. */
  name: string;
  sql: string;
  hash: string;
}

/** A migration that a store has had. */
export const Applied = z.object({ name: z.string(), hash: z.string() });
export type Applied = z.infer<typeof Applied>;

/**
 * The migrations of a directory that are still to run, in order. Throws `conflict` when one that ran is not what it was, or is
 * not known here. `only`: as far as a backup had them.
 */
export function pendingMigrations(
  store: string,
  dir: string,
  applied: readonly Applied[],
  only?: readonly Applied[],
): Migration[] {
  const known = readMigrations(dir);
  for (const { name, hash } of applied) {
    const migration = known.find((one) => one.name === name);
    if (!migration)
      throw conflict(
        `The ${store} store was changed by ${name}, which this Steward does not know: it was used by a newer one. Update Steward.`,
      );
    if (migration.hash !== hash)
      throw conflict(
        `${name} has already run on the ${store} store and was edited since. Restore it, and put the change into a new migration.`,
      );
  }
  return known.filter(
    ({ name }) => !applied.some((one) => one.name === name) && (!only || only.some((one) => one.name === name)),
  );
}

function readMigrations(dir: string): Migration[] {
  // A store may have none yet.
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(dir, name), 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    });
}

/** Throws `conflict` when a backup had a migration that is not known here, or that has been edited since. */
export function requireKnown(store: string, dir: string, had: readonly Applied[]): void {
  pendingMigrations(store, dir, had);
}
