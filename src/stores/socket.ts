import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// 107 bytes on Linux and 103 on macOS for the socket; PostgreSQL's lock file beside it has the longest name.
const socketPathBytes = 103;
const longestName = '.s.PGSQL.5432.lock';

/** A private directory for Unix sockets, and how to remove it. */
export interface SocketDir {
  readonly path: string;
  remove(): void;
}

const fits = (dir: string) => Buffer.byteLength(join(dir, longestName)) <= socketPathBytes;

/**
 * Makes an empty directory for Unix sockets: the preferred one, or a temporary one where its path is too long for a socket.
 * Nobody else can enter it, so nobody else can connect.
 */
export function makeSocketDir(preferred: string): SocketDir {
  if (fits(preferred)) {
    rmSync(preferred, { recursive: true, force: true });
    mkdirSync(preferred, { recursive: true, mode: 0o700 });
  }
  const base = fits(join(tmpdir(), 'steward-XXXXXX')) ? tmpdir() : '/tmp';
  const path = fits(preferred) ? preferred : mkdtempSync(join(base, 'steward-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
