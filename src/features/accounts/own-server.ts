import { rmSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHolder } from '../../stores/index.ts';

const fileOf = (dataDir: string) => join(dataDir, 'address');

/** Notes where the server of a data directory, this process, answers, for commands of this machine: its port need not be theirs. */
export function noteAddress(dataDir: string, url: string): void {
  // An address that means every one of the machine is no address to ask.
  const asked = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
  writeFileSync(fileOf(dataDir), `${asked}\n${process.pid}\n`, { mode: 0o600 });
}

/** No server answers any more. */
export function forgetAddress(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/**
 * Where the server of a data directory answers; nothing when none does. One that was killed leaves its address behind, at which
 * anybody may listen by now: it counts as long as who noted it still holds the directory.
 */
export function addressOf(dataDir: string): string | undefined {
  if (!existsSync(fileOf(dataDir))) return undefined;
  const [url, noted] = readFileSync(fileOf(dataDir), 'utf8').split('\n');
  return noted && lockHolder(dataDir) === noted ? url : undefined;
}
