import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from '../../../platform/config.ts';
import { localContext } from '../../../platform/context.ts';
import { openLog } from '../../../platform/log.ts';
import { openTelemetry, walledTelemetry, type Telemetry } from '../../../stores/telemetry/index.ts';
import { preparedTelemetry } from '../../../stores/testing/prepared.ts';
import { quiet } from '../../../stores/testing/temp.ts';
import { wholeList } from '../../../testing/server.ts';
import { listTraces, showTrace } from './traces.ts';

const traceIdOf = (n: number) => n.toString(16).padStart(32, '0');

function contextOf(telemetry: Pick<Telemetry, 'rows'>, client: string, now: string) {
  const parts = { now: () => new Date(now), config: readConfig({}), log: openLog('silent') };
  return {
    ...localContext(parts),
    client: { id: client, name: 'Acme' },
    telemetry: walledTelemetry(telemetry, client, []),
    records: {
      rows: () => () => Promise.resolve([]),
      transaction: () => Promise.reject(new Error('There are no records here.')),
    },
  };
}

const spanOf = (client: string, n: number, started_at: string, more: object = {}) => ({
  client_id: client,
  trace_id: traceIdOf(n),
  span_id: 'a'.repeat(16),
  name: 'chat',
  status: 'ok',
  started_at,
  duration_ms: 10,
  events: '[]',
  links: '[]',
  received_at: '2026-11-20T20:00:00Z',
  ...more,
});

test('the latest of many traces are found at once, and the pages after them hold each other trace once', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const client = randomUUID();
  const startMs = Date.parse('2026-11-20T10:00:00Z');
  // Two spans each, the second an hour later in some: such a trace is as old as its first.
  const rows = Array.from({ length: 240 }, (_, n) => {
    const at = startMs + n * 30_000;
    const second = { span_id: 'b'.repeat(16), parent_span_id: 'a'.repeat(16) };
    return [
      spanOf(client, n, new Date(at).toISOString()),
      spanOf(client, n, new Date(at + (n < 120 && n % 10 === 0 ? 3_500_000 : 1000)).toISOString(), second),
    ];
  }).flat();
  await telemetry.insert('span', rows);
  const statements: string[] = [];
  const watched: Pick<Telemetry, 'rows'> = {
    rows: (shape) => (sql, params, options) => {
      if (sql.includes('FROM span')) statements.push(sql);
      return telemetry.rows(shape)(sql, params, options);
    },
  };
  const ctx = contextOf(watched, client, '2026-11-20T13:00:00Z');
  const seen: string[] = [];
  let before: string | null | undefined;
  do {
    const page = await listTraces.run(ctx, listTraces.input.parse({ client, limit: 20, ...(before && { before }) }));
    // Where the spans lie, and the spans.
    if (seen.length === 0) expect(statements).toHaveLength(2);
    seen.push(...page.traces.map(({ traceId }) => traceId));
    for (const { spanCount } of page.traces) expect(spanCount).toBe(2);
    before = page.next;
  } while (before);
  expect(seen).toEqual(Array.from({ length: 240 }, (_, n) => traceIdOf(239 - n)));
});

test('a trace is found whatever time its client gave it, and traces that lie far apart are listed together', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const client = randomUUID();
  const events = '[{"name":"retried","at":{"ms":1795221783834,"ns":5678},"attributes":{}}]';
  const starts = [
    '2001-01-01T00:30:00Z',
    '2026-11-20T10:30:00Z',
    '2026-11-20T23:59:59Z',
    '2105-06-01T00:00:00Z',
    '2199-12-31T23:30:00Z',
  ];
  await telemetry.insert(
    'span',
    starts.map((started_at, n) => spanOf(client, n, started_at, n === 0 ? { events } : {})),
  );
  const ctx = contextOf(telemetry, client, '2026-11-20T12:00:00Z');
  const traces = await wholeList((more) => listTraces.run(ctx, listTraces.input.parse({ client, ...more })));
  expect(traces.map(({ traceId }) => traceId)).toEqual(starts.map((_, n) => traceIdOf(n)).toReversed());
  for (const { traceId } of traces)
    expect(await showTrace.run(ctx, { client, traceId })).toMatchObject({ traceId, spanCount: 1 });
  const { spans } = await showTrace.run(ctx, { client, traceId: traceIdOf(0) });
  expect(spans[0]!.events).toEqual([{ name: 'retried', at: '2026-11-21T00:43:03.834005Z', attributes: {} }]);
});
