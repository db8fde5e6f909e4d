import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { invalid } from './problem.ts';

const levels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** What a process does of all that Steward does. */
export const roles = ['all', 'web', 'ingest', 'worker'] as const;
export type ProcessRole = (typeof roles)[number];

const bytes = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a number of bytes')
  .transform(Number)
  .optional();

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
  STEWARD_ROLE: z
    .enum(roles, `must be one of ${roles.join(', ')}`)
    .default('all')
    .describe('What this process does: pages and operations (web), telemetry in (ingest), jobs (worker), or all of it.'),
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}$/, 'must be the name of a cluster: letters, digits and _')
    .optional()
    .describe('With CLICKHOUSE_URL: tables are made replicated and sharded on the cluster of that name.'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a number up to 65535')
    .transform(Number)
    .pipe(z.number().max(65_535, 'must be a number up to 65535'))
    .default(4319)
    .describe('Where the server listens. 0: any free port.'),
  STEWARD_HOST: z
    .string()
    .min(1, 'must name an address')
    .default('127.0.0.1')
    .describe('The address it listens on. The default is this machine alone.'),
  STEWARD_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://steward.example' })
    .optional()
    .describe('How others reach the server, where that is not STEWARD_HOST and PORT, as behind a proxy.'),
  STEWARD_PROXY: z
    .string()
    .transform((text) => text.split(',').map((address) => address.trim()))
    .pipe(z.array(z.union([z.ipv4(), z.ipv6()], 'must hold addresses such as 10.0.0.2, divided by commas')))
    .optional()
    .describe('The proxies whose X-Forwarded-For is believed. Default, with STEWARD_PUBLIC_URL: those of this machine.'),
  STEWARD_INSIDE_HOSTS: z
    .string()
    .transform((text) => text.split(',').flatMap((host) => host.trim() || []))
    .default([])
    .describe('Hosts on private addresses that may be asked, such as a provider of single sign-on, divided by commas.'),
  STEWARD_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more')
    .optional()
    .describe(
      'Signs the cookies of people and encrypts their one-time codes. Default: the file session.secret, made at the first start.',
    ),
  STEWARD_SPOOL_BYTES: bytes.describe('What telemetry may take on disk while its store is away. Default: 2 GiB.'),
  STEWARD_LEAST_FREE_BYTES: bytes.describe(
    'With less free space on the disk of the data directory, no telemetry is taken. Default: 1 GiB, or a twentieth of a small disk.',
  ),
  STEWARD_BACKUP_DIR: z
    .string()
    .min(1, 'must name a directory')
    .optional()
    .describe('Where backups are written. Default: backups/ in the data directory.'),
  STEWARD_METRICS: z
    .enum(['key', 'open'], 'must be key or open')
    .default('key')
    .describe('Who may read /metrics: whoever shows a key of the practice, or anyone who reaches the server (totals only).'),
  // Names of OpenTelemetry's. What they hold is judged by the server alone: they may be meant for another program.
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .optional()
    .describe('Where the server sends traces of itself, by OTLP over HTTP, such as http://127.0.0.1:4318. Default: nowhere.'),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default('').describe('What it shows there, such as x-api-key=stwc_1.'),
  OTEL_SERVICE_NAME: z.string().default('').describe('The name it goes by there. Default: steward.'),
  STEWARD_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:4319' })
    .optional()
    .describe('The server that the command line asks. Default: the one of this machine.'),
  STEWARD_KEY: z
    .string()
    .min(1, 'must hold a key')
    .optional()
    .describe('The API key it shows. Default, for the server of this machine: owner.key.'),
});

export interface Config {
  readonly dataDir: string;
  readonly logLevel: string;
  readonly databaseUrl: string | undefined;
  readonly clickhouseUrl: string | undefined;
  readonly clickhouseCluster: string | undefined;
  readonly role: ProcessRole;
  readonly listen: { readonly host: string; readonly port: number };
  readonly publicUrl: string | undefined;
  readonly spoolBytes: number | undefined;
  readonly leastFreeBytes: number | undefined;
  /** Where backups are written; nobody who asks over HTTP can name another place. */
  readonly backupDir: string;
  readonly metrics: 'key' | 'open';
  readonly insideHosts: readonly string[];
  readonly proxies: readonly string[];
  readonly secret: string | undefined;
  /** Where the server's own traces go; nothing where nobody asked for them. */
  readonly traces: TracesConfig | undefined;
  /** The server that the command line asks, and the key it shows there. */
  readonly server: { readonly url: string | undefined; readonly key: string | undefined };
}

export interface TracesConfig {
  readonly endpoint: string;
  readonly headers: string;
  readonly service: string;
}

/** Whether other processes may work on the same stores. */
export const isShared = ({ databaseUrl, clickhouseUrl }: Pick<Config, 'databaseUrl' | 'clickhouseUrl'>) =>
  databaseUrl !== undefined && clickhouseUrl !== undefined;

/** Throws where a role needs what is not there. */
export function requireRole(
  config: Pick<Config, 'role' | 'databaseUrl' | 'clickhouseUrl' | 'clickhouseCluster' | 'secret'>,
): void {
  const { role } = config;
  if (role !== 'all' && !isShared(config))
    throw invalid(
      `STEWARD_ROLE=${role} is one process of several on the same stores: set DATABASE_URL and CLICKHOUSE_URL, the same for all of them.`,
    );
  if (role === 'web' && config.secret === undefined)
    throw invalid(
      'STEWARD_ROLE=web needs STEWARD_SECRET, 32 characters or more and the same for every process that serves pages: who signed in at one is known at the others.',
    );
  if (config.clickhouseCluster !== undefined && config.clickhouseUrl === undefined)
    throw invalid('CLICKHOUSE_CLUSTER is a cluster of your own ClickHouse: set CLICKHOUSE_URL to one of its servers.');
}

/** The one place that reads the environment. Everything else is handed a value. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  // An empty setting is one that is not set, as `STEWARD_KEY=` in a file of them.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Env.safeParse(set);
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.map(({ path, message }) => `The environment variable ${path.join('.')} ${message}.`).join('\n'),
    );
  }
  const { STEWARD_DATA, STEWARD_LOG, DATABASE_URL, CLICKHOUSE_URL, ...rest } = parsed.data;
  const dataDir = resolve(STEWARD_DATA ?? join(homedir(), '.steward'));
  return {
    dataDir,
    logLevel: STEWARD_LOG,
    databaseUrl: DATABASE_URL,
    clickhouseUrl: CLICKHOUSE_URL,
    clickhouseCluster: rest.CLICKHOUSE_CLUSTER,
    role: rest.STEWARD_ROLE,
    listen: { host: rest.STEWARD_HOST, port: rest.PORT },
    publicUrl: rest.STEWARD_PUBLIC_URL,
    spoolBytes: rest.STEWARD_SPOOL_BYTES,
    leastFreeBytes: rest.STEWARD_LEAST_FREE_BYTES,
    backupDir: resolve(rest.STEWARD_BACKUP_DIR ?? join(dataDir, 'backups')),
    metrics: rest.STEWARD_METRICS,
    insideHosts: rest.STEWARD_INSIDE_HOSTS,
    proxies: rest.STEWARD_PROXY ?? (rest.STEWARD_PUBLIC_URL === undefined ? [] : ['127.0.0.1', '::1']),
    secret: rest.STEWARD_SECRET,
    traces: rest.OTEL_EXPORTER_OTLP_ENDPOINT
      ? {
          endpoint: rest.OTEL_EXPORTER_OTLP_ENDPOINT,
          headers: rest.OTEL_EXPORTER_OTLP_HEADERS,
          service: rest.OTEL_SERVICE_NAME || 'steward',
        }
      : undefined,
    server: { url: rest.STEWARD_URL, key: rest.STEWARD_KEY },
  };
}
