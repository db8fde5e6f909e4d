import { afterAll, beforeAll, expect, test } from 'vitest';
import { hour, openReader, times } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const log = (name: string, row: (i: number) => object) =>
  reader.write(name, times(30, (i) => JSON.stringify({ timestamp: hour(i), output: `answer ${i}`, ...row(i) })).join('\n'));

test('the unit of a latency is decided for all files at once', async () => {
  const paths = [log('june.jsonl', (i) => ({ latency: 120 + i })), log('july.jsonl', (i) => ({ latency: 600 + i }))];
  const { calls, assumptions } = await reader.read(paths);
  expect([calls[0]!.latency_s, calls.at(-1)!.latency_s]).toEqual([0.12, 0.629]);
  expect(assumptions).toContain('Latency "latency" is read as milliseconds.');
});

test('a file whose latencies cannot be in the unit of the others has its own, and that is said', async () => {
  const paths = [log('seconds.jsonl', (i) => ({ latency: 1 + i / 100 })), log('millis.jsonl', (i) => ({ latency: 1200 + i }))];
  const { calls, assumptions } = await reader.read(paths);
  expect([calls[0]!.latency_s, calls.at(-1)!.latency_s]).toEqual([1, 1.229]);
  expect(assumptions).toEqual(
    expect.arrayContaining([
      `"${paths[0]}": Latency "latency" is read as seconds.`,
      `"${paths[1]}": Latency "latency" is read as milliseconds.`,
    ]),
  );
});

test('dates that leave day and month open are read as the other files show it', async () => {
  const slashed = (name: string, day: number) =>
    reader.write(name, ['time,output', ...times(20, (i) => `0${1 + (i % 9)}/${day}/2026,some answer ${i}`)].join('\n'));
  const { calls, assumptions } = await reader.read([slashed('open.csv', 11), slashed('settled.csv', 25)]);
  expect(calls[0]!.at).toBe('2026-01-11T00:00:00.000Z');
  expect(assumptions.join()).not.toMatch(/guess/);
});

test('a file with other columns, or without times, is told', async () => {
  const timed = log('timed.jsonl', () => ({ latency_s: 1 }));
  const timeless = reader.write('timeless.jsonl', times(9, (i) => JSON.stringify({ answer: `answer ${i}` })).join('\n'));
  const { calls, assumptions } = await reader.read([timed, timeless]);
  expect(calls).toHaveLength(39);
  expect(assumptions).toContain(`"${timeless}": other columns than "${timed}": no time, output is "answer", no latency.`);
  expect(assumptions).toContainEqual(expect.stringMatching(/timeless\.jsonl": no time, so these rows are left out/));
});

test('an order of day and month that was said is no guess, and says nothing about other times', async () => {
  const rows = times(20, (i) => `0${1 + (i % 9)}/05/2026,some answer ${i}`);
  const path = reader.write('said.csv', ['time,output', ...rows].join('\n'));
  const { calls, assumptions } = await reader.read(path, { dateOrder: 'dmy' });
  expect(calls[1]!.at).toBe('2026-05-02T00:00:00.000Z');
  expect(assumptions).toContain('Dates in "time" are read as day/month/year, in UTC.');
  expect(
    (
      await reader.read(
        log('iso.jsonl', () => ({})),
        { dateOrder: 'dmy' },
      )
    ).assumptions.join(),
  ).not.toMatch(/month/);
});
