import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from '../../../platform/config.ts';
import { localContext } from '../../../platform/context.ts';
import { openLog } from '../../../platform/log.ts';
import { openTelemetry, rebuildRollups, walledTelemetry } from '../../../stores/telemetry/index.ts';
import { preparedTelemetry } from '../../../stores/testing/prepared.ts';
import { quiet } from '../../../stores/testing/temp.ts';
import { knownBuckets } from './known-buckets.ts';

const window = { fromMs: Date.parse('2026-11-20T00:00:00Z'), toMs: Date.parse('2026-11-21T00:00:00Z') };

test('hours are remembered until a span of theirs comes, fails or goes, and no others are asked for again', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const client = randomUUID();
  const span = (n: number, more: object = {}) => ({
    client_id: client,
    trace_id: n.toString(16).padStart(32, '0'),
    span_id: 'a'.repeat(16),
    name: 'chat',
    started_at: `2026-11-20T1${n % 3}:00:00Z`,
    duration_ms: 100,
    status: n === 5 ? 'error' : 'ok',
    workflow: n % 2 === 0 ? 'even' : 'odd',
    received_at: '2026-11-20T20:00:00Z',
    ...more,
  });
  await telemetry.insert(
    'span',
    Array.from({ length: 30 }, (_, n) => span(n)),
  );
  let sketches = 0;
  const watched: Pick<typeof telemetry, 'rows'> = {
    rows: (shape) => (sql, params, options) => {
      if (sql.includes('run_ids')) sketches += 1;
      return telemetry.rows(shape)(sql, params, options);
    },
  };
  const parts = { now: () => new Date('2026-11-20T20:00:00Z'), config: readConfig({}), log: openLog('silent') };
  const ctx = { ...localContext(parts), client: { id: client, name: 'Acme' }, telemetry: walledTelemetry(watched, client, []) };
  const runs = async () =>
    Object.fromEntries(
      [...(await knownBuckets(ctx, 'hour', window))].map(([name, hours]) => [
        name,
        hours.map((hour) => [hour.runs, hour.errors]),
      ]),
    );

  const first = { even: [[5, 0], [5, 0], [5, 0]], odd: [[5, 0], [5, 0], [5, 1]] }; // prettier-ignore
  expect([await runs(), await runs(), sketches]).toEqual([first, first, 1]);

  // Late, without a top, in an hour that is long over.
  await telemetry.insert('span', [span(33, { parent_span_id: 'b'.repeat(16), status: 'error' })]);
  const late = { ...first, odd: [[6, 1], [5, 0], [5, 1]] }; // prettier-ignore
  expect([await runs(), await runs(), sketches]).toEqual([late, late, 2]);

  // Sent again as one that failed: as many spans as before.
  await telemetry.insert('span', [span(4, { status: 'error', resent: true, received_at: '2026-11-20T20:01:00Z' })]);
  expect(await runs()).toEqual(late);
  await rebuildRollups(telemetry, client, new Date(window.fromMs), new Date(window.toMs));
  expect(await runs()).toEqual({ even: [[5, 0], [5, 1], [5, 0]], odd: late.odd }); // prettier-ignore

  await telemetry.command(
    `ALTER TABLE span DELETE WHERE trace_id = {traceId:String}`,
    { traceId: span(4).trace_id },
    { settings: { mutations_sync: '2' } },
  );
  await rebuildRollups(telemetry, client, new Date(window.fromMs), new Date(window.toMs));
  expect(await runs()).toEqual({ even: [[5, 0], [4, 0], [5, 0]], odd: late.odd }); // prettier-ignore
});
