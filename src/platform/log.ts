import { destination, pino, type Logger } from 'pino';

export type Log = Logger;

// Whatever is logged under these names is a secret, at any of the depths we log at.
const secrets = [
  'password',
  'secret',
  'token',
  'key',
  'apiKey',
  'authorization',
  'cookie',
  'databaseUrl',
  'clickhouseUrl',
  'env',
];
const redact = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Structured log on standard error: standard output belongs to answers. Secrets are struck by name. */
export function openLog(level: string, sink: { write(line: string): void } = destination({ dest: 2, sync: true })): Log {
  return pino({ level, redact: { paths: redact, censor: '[redacted]' }, base: null }, sink);
}
