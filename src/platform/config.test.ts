import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, requireRole } from './config.ts';

test('without settings, everything has its usual place', () => {
  expect(readConfig({})).toEqual({
    dataDir: join(homedir(), '.steward'),
    logLevel: 'warn',
    databaseUrl: undefined,
    clickhouseUrl: undefined,
    clickhouseCluster: undefined,
    role: 'all',
    listen: { host: '127.0.0.1', port: 4319 },
    backupDir: join(homedir(), '.steward', 'backups'),
    metrics: 'key',
    publicUrl: undefined,
    insideHosts: [],
    proxies: [],
    secret: undefined,
    traces: undefined,
    server: { url: undefined, key: undefined },
  });
});

test('settings are taken, and a directory is where it was meant from here', () => {
  const env = {
    STEWARD_DATA: 'data',
    STEWARD_LOG: 'debug',
    DATABASE_URL: 'postgresql://me:pw@db.example/steward',
    CLICKHOUSE_URL: 'https://ch.example:8443',
    PORT: '8080',
    STEWARD_HOST: '0.0.0.0',
    STEWARD_PUBLIC_URL: 'https://steward.example',
    STEWARD_URL: 'https://other.example',
    STEWARD_KEY: 'stwc_x',
    PATH: '/bin',
  };
  expect(readConfig(env)).toEqual({
    dataDir: resolve('data'),
    logLevel: 'debug',
    databaseUrl: env.DATABASE_URL,
    clickhouseUrl: env.CLICKHOUSE_URL,
    role: 'all',
    listen: { host: '0.0.0.0', port: 8080 },
    backupDir: resolve('data', 'backups'),
    metrics: 'key',
    publicUrl: env.STEWARD_PUBLIC_URL,
    insideHosts: [],
    proxies: ['127.0.0.1', '::1'],
    server: { url: env.STEWARD_URL, key: env.STEWARD_KEY },
  });
});

test.each([
  ['STEWARD_LOG', 'loud', 'STEWARD_LOG must be one of silent, error, warn, info, debug, trace'],
  ['DATABASE_URL', 'mysql://me:geheim@db.example/steward', 'DATABASE_URL must be an address such as postgres://'],
  ['STEWARD_ROLE', 'boss', 'STEWARD_ROLE must be one of all, web, ingest, worker'],
  ['CLICKHOUSE_CLUSTER', "a' b", 'CLICKHOUSE_CLUSTER must be the name of a cluster'],
  ['PORT', '65536', 'PORT must be a number up to 65535'],
  ['STEWARD_URL', 'ftp://x', 'STEWARD_URL must be an address such as http://'],
  ['CLICKHOUSE_URL', 'ch.example', 'CLICKHOUSE_URL must be an address such as http://'],
])('a setting that does not fit is named, in a sentence that does not repeat it: %s', (name, value, sentence) => {
  const read = () => readConfig({ [name]: value });
  expect(read).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(sentence) }));
  expect(read).not.toThrow(/geheim/);
});

test('a setting that is empty is one that is not set', () => {
  const names = ['STEWARD_DATA', 'STEWARD_KEY', 'PORT', 'STEWARD_ROLE', 'DATABASE_URL', 'STEWARD_PROXY', 'STEWARD_SECRET'];
  expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
});

test('every setting that does not fit is named at once', () => {
  expect(() => readConfig({ STEWARD_LOG: 'loud', DATABASE_URL: 'db' })).toThrow(/STEWARD_LOG.*DATABASE_URL/s);
});

const urls = { DATABASE_URL: 'postgresql://db.example/steward', CLICKHOUSE_URL: 'http://ch.example:8123' };
test.each([
  [{ STEWARD_ROLE: 'ingest' }, 'set DATABASE_URL and CLICKHOUSE_URL'],
  [{ STEWARD_ROLE: 'worker', DATABASE_URL: urls.DATABASE_URL }, 'set DATABASE_URL and CLICKHOUSE_URL'],
  [{ STEWARD_ROLE: 'web', ...urls }, 'needs STEWARD_SECRET'],
  [{ CLICKHOUSE_CLUSTER: 'main' }, 'set CLICKHOUSE_URL'],
])('a role that lacks what it needs is refused, and told what: %o', (env, sentence) => {
  expect(() => requireRole(readConfig(env))).toThrow(sentence);
});

test.each([{}, { STEWARD_ROLE: 'ingest', ...urls }, { STEWARD_ROLE: 'web', STEWARD_SECRET: 'x'.repeat(32), ...urls }])(
  'what has all it needs may run: %o',
  (env) => expect(() => requireRole(readConfig(env))).not.toThrow(),
);
