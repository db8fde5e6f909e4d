import { chmodSync, mkdirSync } from 'node:fs';

/** Makes a directory that only its owner can enter; one that is there is closed to others. */
export function makePrivateDir(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}
