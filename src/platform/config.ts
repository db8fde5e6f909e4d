import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { invalid } from './problem.ts';

const levels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;

// The messages continue the name of the variable. They never repeat its value, which may hold a password.
const Env = z.object({
  STEWARD_DATA: z.string().min(1, 'must name a directory').optional().describe('Directory of the data. Default: ~/.steward'),
  STEWARD_LOG: z.enum(levels, `must be one of ${levels.join(', ')}`).default('warn'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be an address such as postgres://user:password@host/database' })
    .optional()
    .describe('A PostgreSQL of your own instead of the built-in one.'),
  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://user:password@host:8123' })
    .optional()
    .describe('A ClickHouse of your own instead of the built-in one.'),
});

export interface Config {
  readonly dataDir: string;
  readonly logLevel: string;
  readonly databaseUrl: string | undefined;
  readonly clickhouseUrl: string | undefined;
}

/** The one place that reads the environment. Everything else is handed a value. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = Env.safeParse(env);
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.map(({ path, message }) => `The environment variable ${path.join('.')} ${message}.`).join('\n'),
    );
  }
  const { STEWARD_DATA, STEWARD_LOG, DATABASE_URL, CLICKHOUSE_URL } = parsed.data;
  return {
    dataDir: resolve(STEWARD_DATA ?? join(homedir(), '.steward')),
    logLevel: STEWARD_LOG,
    databaseUrl: DATABASE_URL,
    clickhouseUrl: CLICKHOUSE_URL,
  };
}
