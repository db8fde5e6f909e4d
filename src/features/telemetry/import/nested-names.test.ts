import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReader } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
}, 60_000);
afterAll(() => reader[Symbol.asyncDispose]());

test('what stands under a name that says little alone is told by both names, and a tenant is no workflow', async () => {
  const line = (day: number) =>
    JSON.stringify({
      meta: { created_at: `2026-03-0${day}T10:00:00Z`, tenant: { name: 'globex' } },
      answer: 'Your parcel is on its way to you.',
      timing: { total_ms: 900 + day },
      feedback: { value: day % 2 },
    });
  const { fields, calls } = await reader.read(reader.write('nested.jsonl', [1, 2, 3, 4].map(line).join('\n')));
  expect(fields).toMatchObject({ latency: 'timing.total_ms', score: 'feedback.value', time: 'meta.created_at' });
  expect(fields).not.toHaveProperty('workflow');
  expect(calls[0]).toMatchObject({ latency_s: 0.901, graded: 1 });
});

test('durations may name their unit, value by value', async () => {
  const rows = ['725ms', '1.20s', '1,5 s', '1,200 ms', '2 min'].map((took, i) => `2026-03-0${i + 1},Fine.,"${took}"`);
  const { calls, assumptions } = await reader.read(reader.write('units.csv', ['time,output,duration', ...rows].join('\n')));
  expect(calls.map(({ latency_s }) => latency_s)).toEqual([0.725, 1.2, 1.5, 1.2, 120]);
  expect(assumptions).toContain('Latency "duration" is read in the units that it names.');
});
