import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The same file runs from src/ in tests and from one bundle in dist/, so the package is found and not counted in dots.
function findPackage(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findPackage(dirname(from));
}

export const packageDir = findPackage(dirname(fileURLToPath(import.meta.url)));

/** A file that ships with Steward, by its path in the repository. */
export const shipped = (...parts: string[]) => join(packageDir, ...parts);
