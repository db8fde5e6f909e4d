import { rmSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const fileOf = (dataDir: string) => join(dataDir, 'address');

/** Notes where the server of a data directory answers, for commands of this machine: its port need not be theirs. */
export function noteAddress(dataDir: string, url: string): void {
  // An address that means every one of the machine is no address to ask.
  writeFileSync(fileOf(dataDir), `${url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')}\n`, {
    mode: 0o600,
  });
}

/** No server answers any more. */
export function forgetAddress(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** Where the server of a data directory answers, or did when it was killed; nothing when none does. */
export const addressOf = (dataDir: string): string | undefined =>
  existsSync(fileOf(dataDir)) ? readFileSync(fileOf(dataDir), 'utf8').trim() : undefined;
