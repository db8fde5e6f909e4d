import { randomUUID } from 'node:crypto';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { DAY_MS } from '../../platform/clock.ts';
import { shipped } from '../../platform/paths.ts';
import { quiet, tempDir } from '../testing/temp.ts';
import { openTelemetry } from './open.ts';
import { distinct, rebuildRollups, rebuildScores } from './rollups.ts';

/** Minutes are kept for a month. */
const DAY = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);

const Sums = z.object({ runs: z.number(), failed: z.number(), calls: z.number(), costUsd: z.number() });

test('rollups leave out what was sent again, hold for each length of time, and are put right from the spans', async () => {
  using dir = tempDir();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const [client, other] = [randomUUID(), randomUUID()];
  const span = (n: number, more: object = {}) => ({
    client_id: client,
    trace_id: n.toString(16).padStart(32, '0'),
    span_id: 'a'.repeat(16),
    name: 'chat',
    started_at: `${DAY}T1${n % 3}:00:00Z`,
    duration_ms: 100,
    status: n % 5 === 0 ? 'error' : 'ok',
    workflow: 'support',
    costable: true,
    cost_usd: 1,
    received_at: `${DAY}T20:00:00Z`,
    ...more,
  });
  const runs = Array.from({ length: 30 }, (_, n) => span(n));
  await telemetry.insert('span', [...runs, span(1, { client_id: other })]);
  await telemetry.insert('span', [span(1, { resent: true, received_at: `${DAY}T20:01:00Z` })]);
  const sums = async (table: string, of = client) =>
    (
      await telemetry.rows(Sums)(
        `SELECT ${distinct('runs')} AS runs, ${distinct('failed')} AS failed,
          (SELECT sum(calls) FROM usage_${table.replace('all_', '')} WHERE client_id = {of:UUID}) AS calls,
          (SELECT sum(cost_usd) FROM usage_${table.replace('all_', '')} WHERE client_id = {of:UUID}) AS costUsd
        FROM run_${table} AS run WHERE client_id = {of:UUID}`,
        { of },
      )
    )[0];
  const kept = ['minute', 'hour', 'day', 'all_hour'];
  for (const table of kept) expect(await sums(table)).toEqual({ runs: 30, failed: 6, calls: 30, costUsd: 30 });

  // A new price, as a row that takes the place of the old one.
  await telemetry.insert('span', [span(2, { resent: true, cost_usd: 5, received_at: `${DAY}T20:00:01Z` })]);
  await rebuildRollups(telemetry, client, new Date(`${DAY}T12:00:00Z`), new Date(`${DAY}T13:00:00Z`));
  for (const table of kept) expect(await sums(table)).toEqual({ runs: 30, failed: 6, calls: 30, costUsd: 34 });
  expect(await sums('day', other)).toMatchObject({ runs: 1, calls: 1 });
});

/** A directory with the migrations of an older release. */
function migrationsBefore(number: string) {
  const dir = tempDir();
  const all = shipped('src', 'stores', 'telemetry', 'migrations');
  for (const name of readdirSync(all)) if (name < number) copyFileSync(join(all, name), join(dir.path, name));
  return dir;
}

test('hours of all workflows are filled from what stood there before, once', async () => {
  using dir = tempDir();
  using older = migrationsBefore('0060');
  const client = randomUUID();
  const spans = Array.from({ length: 40 }, (_, n) => ({
    client_id: client,
    trace_id: n.toString(16).padStart(32, '0'),
    span_id: 'a'.repeat(16),
    name: 'chat',
    started_at: `${DAY}T1${n % 2}:00:00Z`,
    duration_ms: 100 + n,
    status: 'ok',
    workflow: `workflow-${n % 4}`,
    environment: n % 8 === 0 ? 'staging' : 'production',
    received_at: `${DAY}T20:00:00Z`,
  }));
  {
    await using before = await openTelemetry({ dir: dir.path, migrations: older.path }, quiet);
    await before.insert('span', spans);
  }
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const hours = () =>
    telemetry.rows(z.object({ hour: z.number(), environment: z.string(), runs: z.number(), timed: z.number() }))(
      `SELECT toHour(at) AS hour, toString(environment) AS environment, ${distinct('runs')} AS runs, sum(run.timed) AS timed
      FROM run_all_hour AS run GROUP BY hour, environment ORDER BY hour, environment`,
    );
  const expected = [
    { hour: 10, environment: 'production', runs: 15, timed: 15 },
    { hour: 10, environment: 'staging', runs: 5, timed: 5 },
    { hour: 11, environment: 'production', runs: 20, timed: 20 },
  ];
  expect(await hours()).toEqual(expected);
  await telemetry.insert('span', [{ ...spans[1], trace_id: 'b'.repeat(32) }]);
  expect((await hours()).at(-1)).toEqual({ hour: 11, environment: 'production', runs: 21, timed: 21 });
});

test('runs and users are counted exactly up to a thousand, and beside what older releases counted', async () => {
  using dir = tempDir();
  using older = migrationsBefore('0106');
  const client = randomUUID();
  const traces = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => ({
      client_id: client,
      trace_id: (from + n).toString(16).padStart(32, '0'),
      span_id: 'a'.repeat(16),
      name: 'chat',
      started_at: `${DAY}T10:00:00Z`,
      status: 'error',
      workflow: 'support',
      user: `user-${from + n}`,
      received_at: `${DAY}T20:00:00Z`,
    }));
  {
    await using before = await openTelemetry({ dir: dir.path, migrations: older.path }, quiet);
    await before.insert('span', traces(0, 100));
  }
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const Counts = z.object({ runs: z.number(), failed: z.number(), users: z.number() });
  const counts = (table: string) =>
    telemetry.rows(Counts)(
      `SELECT ${distinct('runs')} AS runs, ${distinct('failed', `at >= '${DAY}'`)} AS failed, ${distinct('users')} AS users
      FROM run_${table} AS run`,
    );
  const kept = ['minute', 'hour', 'day', 'all_hour'];
  const exactly = (n: number) => [{ runs: n, failed: n, users: n }];
  for (const table of kept) expect(await counts(table)).toEqual(exactly(100));
  await telemetry.insert('span', traces(100, 1000));
  for (const table of kept) expect(await counts(table)).toEqual(exactly(1000));
  await rebuildRollups(telemetry, client, new Date(`${DAY}T10:00:00Z`), new Date(`${DAY}T11:00:00Z`));
  for (const table of kept) expect(await counts(table)).toEqual(exactly(1000));
});

test('sums of scores are filled from what stood there, count what is sent again once, and are put right from the scores', async () => {
  using dir = tempDir();
  const client = randomUUID();
  const score = (n: number, more: object = {}) => ({
    client_id: client,
    id: `s${n}`,
    trace_id: n.toString(16).padStart(32, '0'),
    name: n % 2 === 0 ? 'tone' : 'correct',
    workflow: 'support',
    value: n % 2 === 0 ? n / 10 : 1,
    source: 'model',
    at: `${DAY}T1${n % 3}:00:00Z`,
    received_at: `${DAY}T20:00:00Z`,
    ...more,
  });
  {
    await using before = await openTelemetry({ dir: dir.path }, quiet);
    // A label alone is no number.
    const came = Array.from({ length: 10 }, (_, n) => score(n));
    await before.insert('score', [...came, score(20, { value: null, label: 'good' })]);
    await before.insert('score', [score(2, { value: 0.9, received_at: `${DAY}T20:00:01Z` })]);
    // As a store was left that never had them, by a process that ended in the middle of it.
    await before.command('DROP VIEW sums_of_scores');
    await before.command(
      `ALTER TABLE migration DELETE WHERE startsWith(name, '0080')`,
      {},
      { settings: { mutations_sync: '2' } },
    );
  }
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const Sum = z.object({ name: z.string(), n: z.number(), total: z.number(), graded: z.number(), resent: z.number() });
  const sums = async (length: string) =>
    (
      await telemetry.rows(Sum)(
        `SELECT toString(name) AS name, sum(scores) AS n, round(sum(sum_value), 6) AS total, sum(of.graded) AS graded,
          sum(of.resent) AS resent FROM score_${length} AS of GROUP BY name ORDER BY name`,
      )
    ).map(({ name, n, total, graded, resent }) => [name, n, total, graded, resent]);
  const lengths = ['minute', 'hour', 'day'];
  for (const length of lengths)
    expect(await sums(length)).toEqual([
      ['correct', 5, 5, 0, 0],
      // 0, 0.9, 0.4, 0.6, 0.8
      ['tone', 5, 2.7, 4, 0],
    ]);
  await telemetry.insert('score', [
    score(4, { value: 0.1, resent: true, received_at: `${DAY}T20:00:02Z` }),
    score(11, { received_at: `${DAY}T20:00:02Z` }),
  ]);
  for (const length of lengths)
    expect(await sums(length)).toEqual([
      ['correct', 6, 6, 0, 0],
      ['tone', 5, 2.7, 4, 1],
    ]);
  // As rows wait in the spool of the version before, which knew no `resent`.
  const waiting = await telemetry.native(
    `SELECT * EXCEPT (resent) REPLACE ('s13' AS id, toFixedString('00000000000000000000000000000013', 32) AS trace_id) FROM score WHERE score.id = 's11'`,
  );
  await telemetry.insert('score', waiting, { format: 'Native' });
  expect((await sums('day'))[0]).toEqual(['correct', 7, 7, 0, 0]);
  await rebuildScores(telemetry, client, new Date(`${DAY}T12:00:00Z`), new Date(`${DAY}T13:00:00Z`));
  for (const length of lengths)
    expect(await sums(length)).toEqual([
      ['correct', 7, 7, 0, 0],
      ['tone', 5, 2.4, 4, 0],
    ]);
});
