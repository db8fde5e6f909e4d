import { afterAll, beforeAll, expect, test } from 'vitest';
import { hour, openReader, times } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const read = (column: string, value: (i: number) => unknown) =>
  reader.read(
    reader.write(
      'log.jsonl',
      times(20, (i) => JSON.stringify({ timestamp: hour(i), output: `answer ${i}`, [column]: value(i) })).join('\n'),
    ),
  );

test.each(['N/A', 'n/a', 'None', 'nan', '-', ' ', 'NULL'])('"%s" in an error column is no failure', async (nothing) => {
  const { calls } = await read('error', (i) => (i === 3 ? 'timeout' : nothing));
  expect(calls.map(({ error }) => error)).toEqual(times(20, (i) => (i === 3 ? 1 : 0)));
});

test.each<[string, string, (i: number) => unknown]>([
  ['levels of a logger', 'level', (i) => (i === 3 ? 'ERROR' : 'INFO')],
  ['HTTP statuses', 'status_code', (i) => (i === 3 ? 429 : 200)],
  ['words of a status', 'status', (i) => (i === 3 ? 'failed' : 'succeeded')],
])('%s tell of failures', async (_, column, value) => {
  const { calls } = await read(column, value);
  expect(calls.map(({ error }) => error)).toEqual(times(20, (i) => (i === 3 ? 1 : 0)));
});

test.each<[string, string, (i: number) => unknown]>([
  ['how hard a question is', 'level', (i) => ['easy', 'hard'][i % 2]],
  ['how hard a question is, as a number', 'level', (i) => 1 + (i % 3)],
  ['what became of a ticket', 'status', (i) => ['open', 'closed'][i % 2]],
])('%s tells of no failure, and that is said', async (_, column, value) => {
  const { fields, assumptions } = await read(column, value);
  expect(fields).not.toHaveProperty('error');
  expect(assumptions.join()).toContain(`"${column}" was not read as the error`);
});

test('a column of errors that holds none says that nothing failed', async () => {
  const { calls, fields } = await read('error', () => '');
  expect(fields.error).toBe('error');
  expect(calls.map(({ error }) => error)).toEqual(times(20, () => 0));
  expect((await read('status', () => '')).fields).not.toHaveProperty('error');
});

test.each(['csv', 'jsonl'])('what single rows of a long log hold is found, though no sample shows it: %s', async (format) => {
  const late = (i: number) => i % 1000 === 777;
  const rows = times(
    6000,
    (i) => [hour(i % 900), `answer ${i}`, late(i) ? 'timeout' : '', i === 4321 ? 'a note' : null] as const,
  );
  const text =
    format === 'csv'
      ? ['timestamp,output,error,note', ...rows.map((row) => row.join(','))].join('\n')
      : rows
          .map(([timestamp, output, error, note]) => JSON.stringify({ timestamp, output, ...(error && { error }), note }))
          .join('\n');
  const { calls, unread } = await reader.read(reader.write(`late.${format}`, text));
  expect(calls.filter(({ error }) => error === 1)).toHaveLength(6);
  expect(unread).toEqual(['note']);
});
