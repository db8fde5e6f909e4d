import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from '../../../platform/config.ts';
import { localContext } from '../../../platform/context.ts';
import { openLog } from '../../../platform/log.ts';
import { openTelemetry, walledTelemetry } from '../../../stores/telemetry/index.ts';
import { quiet, tempDir } from '../../../stores/testing/temp.ts';
import { listTraces, showTrace } from './traces.ts';

test('a trace is found whatever time its client gave it, and traces that lie far apart are listed together', async () => {
  using dir = tempDir();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const client = randomUUID();
  const starts = [
    '2001-01-01T00:30:00Z',
    '2026-11-20T10:30:00Z',
    '2026-11-20T23:59:59Z',
    '2105-06-01T00:00:00Z',
    '2199-12-31T23:30:00Z',
  ];
  const traceIdOf = (n: number) => n.toString(16).padStart(32, '0');
  const rows = starts.map((started_at, n) => ({
    client_id: client,
    trace_id: traceIdOf(n),
    span_id: 'a'.repeat(16),
    name: 'chat',
    status: 'ok',
    started_at,
    events: '[]',
    links: '[]',
    received_at: '2026-11-20T20:00:00Z',
  }));
  await telemetry.insert('span', rows);
  const parts = { now: () => new Date('2026-11-20T12:00:00Z'), config: readConfig({}), log: openLog('silent') };
  const ctx = {
    ...localContext(parts),
    client: { id: client, name: 'Acme' },
    telemetry: walledTelemetry(telemetry, client),
    records: {
      rows: () => () => Promise.resolve([]),
      transaction: () => Promise.reject(new Error('There are no records here.')),
    },
  };
  const { traces } = await listTraces.run(ctx, listTraces.input.parse({ client }));
  expect(traces.map(({ traceId }) => traceId)).toEqual(starts.map((_, n) => traceIdOf(n)).toReversed());
  for (const { traceId } of traces)
    expect(await showTrace.run(ctx, { client, traceId })).toMatchObject({ traceId, spanCount: 1 });
});
