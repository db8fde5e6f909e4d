import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callOf, hour, jsonl, openReader, times } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const lines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');

test('a file given twice counts once, by whatever name, and that is said', async () => {
  const path = reader.write('log.jsonl', jsonl(30));
  const copy = reader.write('copy.jsonl', jsonl(30));
  const link = join(reader.dir, 'link.jsonl');
  symlinkSync(path, link);
  const { calls, assumptions } = await reader.read([path, copy, link, path, '-'], {}, jsonl(30));
  expect(calls).toHaveLength(30);
  expect(assumptions).toEqual(
    expect.arrayContaining([
      `"${copy}" holds the same as "${path}" and is counted once.`,
      `"${link}" holds the same as "${path}" and is counted once.`,
      `"${path}" was given twice and is counted once.`,
      `"-" holds the same as "${path}" and is counted once.`,
    ]),
  );
});

test('files that differ are all counted, however alike', async () => {
  const [one, two] = [
    reader.write('one.jsonl', jsonl(30)),
    reader.write('two.jsonl', jsonl(30).replace('question 3', 'question 9')),
  ];
  const { calls } = await reader.read([one, two]);
  expect(calls).toHaveLength(60);
});

const numbered = (i: number) => ({ id: `call-${i}`, ...callOf(i) });

test('rows with an id that were there before count once, within a file and between files', async () => {
  const first = reader.write('first.jsonl', lines([...times(30, numbered), ...times(5, numbered)]));
  const packed = reader.write('again.jsonl.gz', gzipSync(lines(times(20, (i) => numbered(i + 25)))));
  const { calls, assumptions, rejected } = await reader.read([first, packed]);
  expect(calls.map(({ input }) => input)).toEqual(times(45, (i) => callOf(i).input));
  expect(rejected).toEqual([]);
  expect(assumptions).toContain('10 rows were there before and are counted once: the same "id" at the same time.');
});

test('an id that numbers questions, or that no row has, tells no calls apart', async () => {
  const asked = (i: number) => ({
    id: `q${i % 20}`,
    ...callOf(i),
    model: `gpt-4-${Math.floor(i / 20)}`,
    timestamp: hour(i % 20),
  });
  const { calls } = await reader.read(reader.write('asked.jsonl', lines(times(40, asked))));
  expect(calls).toHaveLength(40);
  const nameless = (i: number) => ({ ...callOf(0), id: i < 28 ? `x${i}` : null });
  expect((await reader.read(reader.write('nameless.jsonl', lines(times(30, nameless))))).calls).toHaveLength(30);
});
