import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { shipped } from '../../platform/paths.ts';
import { quiet, tempDir } from '../testing/temp.ts';
import { changeOnCluster, migrationOnCluster } from './cluster.ts';
import { openTelemetry } from './index.ts';
import { notes, statementsOf } from './migrate.ts';
import { distinct } from './rollups.ts';

const dir = shipped('src', 'stores', 'telemetry', 'migrations');
const files = readdirSync(dir)
  .filter((name) => name.endsWith('.sql'))
  .toSorted();
const onCluster = (file: string) => statementsOf(readFileSync(join(dir, file), 'utf8'), 'main');

// Golden texts: look at what changed before you take it over with "npx vitest run -u".
test.each(files)('%s on a cluster', async (file) => {
  await expect(`${onCluster(file).join(';\n\n')};\n`).toMatchFileSnapshot(`golden/cluster/${file}`);
});

test('every table on a cluster is replicated, has a distributed one before it, and keeps tokens of inserts', () => {
  const all = files.flatMap(onCluster);
  const made = (pattern: RegExp) => all.flatMap((statement) => pattern.exec(statement)?.[1] ?? []);
  const locals = made(/^CREATE TABLE IF NOT EXISTS (\w+)_local ON CLUSTER `main` .*ENGINE = Replicated\w*MergeTree\('/s);
  expect(made(/^CREATE TABLE IF NOT EXISTS (\w+) ON CLUSTER `main` AS \w+_local\nENGINE = Distributed\(/)).toEqual(locals);
  expect(locals).toContain('span');
  expect(all.join()).not.toContain('non_replicated');
  // What was a table of inserts by token is one still.
  for (const statement of all.filter((one) =>
    /ENGINE = Replicated.*(span|score|log_record|metric_point|ingest_ledger|_minute|_hour|_day)_local/s.test(one),
  ))
    expect(statement).toContain('replicated_deduplication_window');
});

test('ClickHouse itself can read every statement', async () => {
  using temp = tempDir();
  await using telemetry = await openTelemetry({ dir: temp.path }, quiet);
  const changes = [
    'ALTER TABLE span DELETE WHERE client_id = {client:UUID}',
    'DELETE FROM usage_day WHERE client_id = {client:UUID}',
  ].map((change) => changeOnCluster(change, 'main'));
  const client = randomUUID();
  const read = (statement: string) => telemetry.command(`EXPLAIN AST ${statement}`, { client });
  for (const statement of [notes('main'), ...files.flatMap(onCluster), ...changes])
    await expect(read(statement), statement).resolves.toBeUndefined();
  await expect(read('CREATE TABLE x ON CLUSTERS y')).rejects.toThrow(/Syntax/i);
});

test('what is inserted on a shard fills the sums of that shard, and is found under the names that everything else uses', async () => {
  using temp = tempDir();
  using none = tempDir();
  await using telemetry = await openTelemetry({ dir: temp.path, migrations: none.path }, quiet);
  // One server is no cluster: without replicas, and with what reads like a distributed table of one shard.
  const alone = (statement: string) =>
    statement
      .replace(' ON CLUSTER `main`', '')
      .replace(/Replicated(\w+)\('[^']*', '[^']*'(?:, )?/, '$1(')
      .replace(
        /Distributed\(`main`, currentDatabase\(\), (\w+), .*\)$/,
        (_, table: string) => `Merge(currentDatabase(), '^${table}$')`,
      );
  const fills = (statement: string) => statement.startsWith('INSERT');
  for (const statement of files.flatMap(onCluster).filter((one) => !fills(one))) await telemetry.command(alone(statement));
  const client = randomUUID();
  await telemetry.command(
    `INSERT INTO span_local (client_id, trace_id, span_id, started_at, costable, input_tokens, received_at)
    SELECT {client:UUID}, leftPad(toString(number % 3), 32, '0'), leftPad(toString(number), 16, '0'), now64(6), true, 10, now64(3)
    FROM numbers(12)`,
    { client },
  );
  const Sums = z.object({ spans: z.number(), tokens: z.number() });
  const sums = await telemetry.rows(Sums)('SELECT sum(spans) AS spans, sum(input_tokens) AS tokens FROM usage_day');
  expect(sums).toEqual([{ spans: 12, tokens: 120 }]);
  const Runs = z.object({ runs: z.number(), traces: z.number() });
  const runs = await telemetry.rows(Runs)(
    `SELECT ${distinct('runs')} AS runs, (SELECT uniqExact(trace_id) FROM trace_hour) AS traces FROM run_day AS run`,
  );
  expect(runs).toEqual([{ runs: 3, traces: 3 }]);
});

test('rows are changed where they are; what asks, or adds, goes through the distributed table', () => {
  expect(changeOnCluster('ALTER TABLE span UPDATE input = NULL WHERE client_id = {client:UUID}', 'main')).toBe(
    'ALTER TABLE span_local ON CLUSTER `main` UPDATE input = NULL WHERE client_id = {client:UUID}',
  );
  expect(changeOnCluster('DELETE FROM run_day WHERE 1', 'main')).toBe('DELETE FROM run_day_local ON CLUSTER `main` WHERE 1');
  expect(changeOnCluster('INSERT INTO usage_minute SELECT 1', 'main')).toBe('INSERT INTO usage_minute SELECT 1');
});

test('what later migrations may do is known; what is not is refused', () => {
  expect(migrationOnCluster('ALTER TABLE span ADD COLUMN IF NOT EXISTS x String', 'main')).toEqual([
    'ALTER TABLE span_local ON CLUSTER `main` ADD COLUMN IF NOT EXISTS x String',
    'ALTER TABLE span ON CLUSTER `main` ADD COLUMN IF NOT EXISTS x String',
  ]);
  expect(migrationOnCluster('ALTER TABLE span ADD INDEX IF NOT EXISTS x y TYPE minmax', 'main')).toEqual([
    'ALTER TABLE span_local ON CLUSTER `main` ADD INDEX IF NOT EXISTS x y TYPE minmax',
  ]);
  expect(() => migrationOnCluster('RENAME TABLE a TO b', 'main')).toThrow('not known');
});
