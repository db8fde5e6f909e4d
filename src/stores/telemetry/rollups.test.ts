import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { quiet, tempDir } from '../testing/temp.ts';
import { openTelemetry } from './open.ts';
import { rebuildRollups } from './rollups.ts';

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
    started_at: `2026-11-20T1${n % 3}:00:00Z`,
    duration_ms: 100,
    status: n % 5 === 0 ? 'error' : 'ok',
    workflow: 'support',
    costable: true,
    cost_usd: 1,
    received_at: '2026-11-20T20:00:00Z',
    ...more,
  });
  const runs = Array.from({ length: 30 }, (_, n) => span(n));
  await telemetry.insert('span', [...runs, span(1, { client_id: other })]);
  await telemetry.insert('span', [span(1, { resent: true, received_at: '2026-11-20T20:01:00Z' })]);
  const sums = async (table: string, of = client) =>
    (
      await telemetry.rows(Sums)(
        `SELECT uniqCombined64Merge(12)(runs) AS runs, uniqCombined64Merge(12)(failed) AS failed,
          (SELECT sum(calls) FROM usage_${table.replace('all_', '')} WHERE client_id = {of:UUID}) AS calls,
          (SELECT sum(cost_usd) FROM usage_${table.replace('all_', '')} WHERE client_id = {of:UUID}) AS costUsd
        FROM run_${table} WHERE client_id = {of:UUID}`,
        { of },
      )
    )[0];
  const kept = ['minute', 'hour', 'day', 'all_hour'];
  for (const table of kept) expect(await sums(table)).toEqual({ runs: 30, failed: 6, calls: 30, costUsd: 30 });

  // A new price, as a row that takes the place of the old one.
  await telemetry.insert('span', [span(2, { resent: true, cost_usd: 5, received_at: '2026-11-20T20:00:01Z' })]);
  await rebuildRollups(telemetry, client, new Date('2026-11-20T12:00:00Z'), new Date('2026-11-20T13:00:00Z'));
  for (const table of kept) expect(await sums(table)).toEqual({ runs: 30, failed: 6, calls: 30, costUsd: 34 });
  expect(await sums('day', other)).toMatchObject({ runs: 1, calls: 1 });
});

test('hours of all workflows are filled from what stood there before, once', async () => {
  using dir = tempDir();
  const client = randomUUID();
  const spans = Array.from({ length: 40 }, (_, n) => ({
    client_id: client,
    trace_id: n.toString(16).padStart(32, '0'),
    span_id: 'a'.repeat(16),
    name: 'chat',
    started_at: `2026-11-20T1${n % 2}:00:00Z`,
    duration_ms: 100 + n,
    status: 'ok',
    workflow: `workflow-${n % 4}`,
    environment: n % 8 === 0 ? 'staging' : 'production',
    received_at: '2026-11-20T20:00:00Z',
  }));
  {
    await using before = await openTelemetry({ dir: dir.path }, quiet);
    await before.insert('span', spans);
    // As a store was left that never had them, by a process that ended in the middle of it.
    await before.command('DROP VIEW run_all_hour_of_hour');
    await before.command(
      `ALTER TABLE migration DELETE WHERE startsWith(name, '0060')`,
      {},
      { settings: { mutations_sync: '2' } },
    );
  }
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const hours = () =>
    telemetry.rows(z.object({ hour: z.number(), environment: z.string(), runs: z.number(), timed: z.number() }))(
      `SELECT toHour(at) AS hour, toString(environment) AS environment, uniqCombined64Merge(12)(run.runs) AS runs, sum(run.timed) AS timed
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
