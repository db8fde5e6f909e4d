import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// 107 bytes on Linux, 103 on macOS, and PostgreSQL adds the name of its lock file.
const socketPathBytes = 95;

/** A private directory for Unix sockets, and how to remove it. */
export interface SocketDir {
  readonly path: string;
  remove(): void;
}

/** A Unix socket's path is short by law of the kernel, a data directory's may be long: so sockets have their own place. */
export function makeSocketDir(): SocketDir {
  const base = [tmpdir(), '/tmp'].find(
    (dir) => Buffer.byteLength(join(dir, 'steward-XXXXXX', '.s.PGSQL.5432.lock')) <= socketPathBytes,
  );
  // mkdtemp makes it 0700: whoever cannot enter cannot connect.
  const path = mkdtempSync(join(base ?? '/tmp', 'steward-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
