import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process of the built-in ClickHouse of a data directory. */
export const enginePid = (dataDir: string) =>
  Number(/^PID: (\d+)$/m.exec(readFileSync(join(dataDir, 'telemetry', 'tables', 'status'), 'utf8'))?.[1]);

/** PostgreSQL's first process of a data directory. */
export const postmasterPid = (dataDir: string) =>
  Number(readFileSync(join(dataDir, 'records', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
