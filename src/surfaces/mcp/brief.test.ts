import { expect, test } from 'vitest';
import { brief } from './brief.ts';

test('a short answer is whole', () => {
  expect(brief({ traces: [{ id: 'a' }] })).toEqual({ answer: { traces: [{ id: 'a' }] }, cut: undefined });
});

test('a long answer keeps its shape, says how much of it is there, and how to get the rest', () => {
  const traces = Array.from({ length: 5000 }, (_, n) => ({ id: `trace ${n}`, name: 'a name' }));
  const { answer, cut } = brief({ client: 'a', traces, next: 'x' });
  expect(JSON.stringify(answer).length).toBeLessThanOrEqual(60_000);
  const left = (answer as { traces: unknown[] }).traces;
  expect(left).toEqual(traces.slice(0, left.length));
  expect(answer).toMatchObject({ client: 'a', next: 'x' });
  expect(cut).toContain(`${left.length} of 5000 traces`);
  expect(cut).toContain('a smaller limit');
});

test('a long text loses its end and nothing else', () => {
  const { answer, cut } = brief({ spans: [{ input: 'x'.repeat(100_000), output: 'short' }] });
  expect(answer).toEqual({ spans: [{ input: `${'x'.repeat(4000)}… [96000 characters more]`, output: 'short' }] });
  expect(cut).toContain('4000 characters');
});

test('every list that was cut is told, from its first length, also where it lies in an object', () => {
  const some = (letter: string, length: number) => Array.from({ length: 4000 }, () => letter.repeat(length));
  // Of uneven rows, so that one cut is not enough.
  const rows = Array.from({ length: 500 }, (_, n) => 'r'.repeat(n < 100 ? 3000 : 10));
  const { answer, cut } = brief({ report: { days: some('d', 30) }, rows, users: some('u', 20) });
  expect(JSON.stringify(answer).length).toBeLessThanOrEqual(60_000);
  const left = answer as { report: { days: unknown[] }; rows: unknown[]; users: unknown[] };
  expect(cut).toContain(`${left.report.days.length} of 4000 report.days`);
  expect(cut).toContain(`${left.rows.length} of 500 rows`);
  expect(cut).toContain(`${left.users.length} of 4000 users`);
});
