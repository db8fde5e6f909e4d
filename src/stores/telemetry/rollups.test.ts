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
          (SELECT sum(calls) FROM usage_${table} WHERE client_id = {of:UUID}) AS calls,
          (SELECT sum(cost_usd) FROM usage_${table} WHERE client_id = {of:UUID}) AS costUsd
        FROM run_${table} WHERE client_id = {of:UUID}`,
        { of },
      )
    )[0];
  const kept = ['minute', 'hour', 'day'];
  for (const table of kept) expect(await sums(table)).toEqual({ runs: 30, failed: 6, calls: 30, costUsd: 30 });

  // A new price, as a row that takes the place of the old one.
  await telemetry.insert('span', [span(2, { resent: true, cost_usd: 5, received_at: '2026-11-20T20:00:01Z' })]);
  await rebuildRollups(telemetry, client, new Date('2026-11-20T12:00:00Z'), new Date('2026-11-20T13:00:00Z'));
  for (const table of kept) expect(await sums(table)).toEqual({ runs: 30, failed: 6, calls: 30, costUsd: 34 });
  expect(await sums('day', other)).toMatchObject({ runs: 1, calls: 1 });
});
