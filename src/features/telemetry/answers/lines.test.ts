import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from '../../../platform/config.ts';
import { localContext } from '../../../platform/context.ts';
import { openTelemetry, walledTelemetry } from '../../../stores/telemetry/index.ts';
import { quiet, tempDir } from '../../../stores/testing/temp.ts';
import { briefSpans, briefSpansAround } from './store.ts';

/** What lists show of a span says the same as the span, whichever of both it is read from. */

const [client, other] = [randomUUID(), randomUUID()];
const traceIdOf = (n: number) => n.toString(16).padStart(32, 'a');
const bare = (n: number, more: object = {}) => ({
  client_id: client,
  trace_id: traceIdOf(n),
  span_id: 'b'.repeat(16),
  name: '',
  started_at: '2026-11-20T10:04:59.999999Z',
  status: 'ok',
  received_at: '2026-11-20T10:06:00.001Z',
  ...more,
});
const full = bare(1, {
  span_id: 'c'.repeat(16),
  parent_span_id: 'b'.repeat(16),
  name: `a "name" of\u001Ftwo\nlines, \\x1f'); ünï🙂`,
  started_at: '2026-11-20T10:05:00Z',
  duration_ms: 0.1 + 0.2,
  status: 'error',
  provider: 'openai',
  model: 'gpt\u001F5',
  input_tokens: 9_007_199_254_740_991,
  cached_input_tokens: 0,
  cache_write_tokens: 1,
  output_tokens: 2,
  reasoning_tokens: 3,
  cost_usd: 1.5e-7,
  costable: true,
  user: 'anna\u001Ftrue',
  session: '[]',
  environment: 'prod',
  workflow: 'support',
  trace_name: 'a trace',
});

test('a line says what its span says, of spans that were there before and that came after, each as it came last', async () => {
  using dir = tempDir();
  {
    await using before = await openTelemetry({ dir: dir.path }, quiet);
    await before.insert('span', [bare(1), full, bare(1, { client_id: other, name: 'of another' })]);
    // As a store was left that never had them, by a process that ended in the middle of it.
    await before.command('DROP VIEW lines_of_spans');
    await before.command(
      `ALTER TABLE migration DELETE WHERE startsWith(name, '0081')`,
      {},
      { settings: { mutations_sync: '2' } },
    );
  }
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  await telemetry.insert('span', [bare(2), bare(3, { started_at: '2026-11-20T10:20:00Z' })]);
  await telemetry.insert('span', [bare(2, { name: 'again', resent: true, received_at: '2026-11-20T10:07:00Z' })]);
  const parts = { now: () => new Date(), config: readConfig({ STEWARD_DATA: dir.path }), log: quiet };
  const ctx = { ...localContext(parts), client: { id: client, name: 'Acme' }, telemetry: walledTelemetry(telemetry, client, []) };
  const found = [1, 2].map((n) => ({ traceId: traceIdOf(n), startedAt: '2026-11-20T10:04:59.999999Z' }));
  const lines = await briefSpansAround(ctx, found, 100);
  expect(lines).toEqual(
    await briefSpans(
      ctx,
      found.map(({ traceId }) => traceId),
      100,
    ),
  );
  expect(lines.map(({ name }) => name)).toEqual(expect.arrayContaining(['', 'again']));
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatchObject({ parentSpanId: null, model: null, user: null, durationMs: null, givenCostUsd: null });
  expect(lines.at(-1)).toEqual({
    traceId: traceIdOf(1),
    spanId: 'c'.repeat(16),
    parentSpanId: 'b'.repeat(16),
    name: `a "name" of two\nlines, \\x1f'); ünï🙂`,
    workflow: 'support',
    startedAt: '2026-11-20T10:05:00.000000Z',
    durationMs: 0.1 + 0.2,
    status: 'error',
    provider: 'openai',
    model: 'gpt 5',
    inputTokens: 9_007_199_254_740_991,
    cachedInputTokens: 0,
    cacheWriteTokens: 1,
    outputTokens: 2,
    reasoningTokens: 3,
    user: 'anna true',
    session: '[]',
    environment: 'prod',
    traceName: 'a trace',
    givenCostUsd: 1.5e-7,
    costable: true,
    receivedAt: '2026-11-20T10:06:00.001Z',
  });
});
