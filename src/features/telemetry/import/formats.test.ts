import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimateRows } from './estimate-rows.ts';
import { openLogFile } from './open-log.ts';
import { readSource } from './source.ts';
import { callOf, csv, hour, jsonl, openReader, times } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const list = times(12, callOf);
const texts: Record<string, string> = {
  'log.csv': csv(12),
  'log.tsv': csv(12, '\t'),
  'semicolons.csv': csv(12, ';'),
  'list.json': JSON.stringify(list),
  'pretty.json': JSON.stringify(list, null, 2),
  'wrapped.json': JSON.stringify({ data: list, meta: { page: 1 } }),
  'pretty-wrapped.json': JSON.stringify({ data: list }, null, 2),
  'log.jsonl': jsonl(12),
  'no-ending': jsonl(12),
};

async function expectTwelve(path: string, stdin = '') {
  const { calls, rejected, fields } = await reader.read(path, {}, stdin);
  expect(rejected).toEqual([]);
  expect(calls).toHaveLength(12);
  expect(calls[5]).toMatchObject({ model: 'gpt-4o', input: 'question 5', output: callOf(5).output, latency_s: 3 });
  expect(Date.parse(calls[5]!.at!)).toBe(Date.parse(hour(5)));
  expect(fields).toMatchObject({ time: 'timestamp', output: 'output', latency: 'latency_s' });
}

test.each(Object.keys(texts))('%s is read', (name) => expectTwelve(reader.write(name, texts[name]!)));

test.each(Object.keys(texts))('%s is read gzipped', (name) => expectTwelve(reader.write(`${name}.gz`, gzipSync(texts[name]!))));

test.each(Object.keys(texts))('%s is read through zstd', async (name) => {
  const path = `${reader.dir}/${name}.zst`;
  const plain = reader.write(name, texts[name]!);
  await reader.store.command(
    `insert into function file({to:String}, 'LineAsString', 'line String', 'zstd') select * from file({from:String}, 'LineAsString')`,
    { from: plain, to: path },
  );
  await expectTwelve(path);
});

test.each(['none', 'gzip', 'zstd'])('Parquet is read, packed with %s', async (packed) => {
  const from = reader.write('for-parquet.jsonl', jsonl(12));
  const to = `${reader.dir}/log-${packed}.parquet`;
  await reader.store.command(
    `insert into function file({to:String}, 'Parquet', 'auto', '${packed}') select * from file({from:String}, 'JSONEachRow')`,
    { from, to },
  );
  await expectTwelve(to);
});

test('answers that are JSON keep the keys that they always had, each with a value', async () => {
  const answer = (i: number) => ({ supplier: `s${i}`, amount: i, 'a `key`': i % 10 === 0 ? null : 1 });
  const rows = times(300, (i) => {
    const { amount, ...rest } = answer(i);
    const output = JSON.stringify(i >= 250 ? (i % 2 ? rest : { ...rest, amount: null }) : { ...rest, amount });
    return { timestamp: hour(i), input: `question ${i}`, output };
  });
  const path = reader.write('keys.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { calls, assumptions } = await reader.read(path);
  expect(assumptions).toContain('Most answers are JSON with a value for "supplier", "amount"; the others count as out of form.');
  expect(calls.map(({ format_valid }) => format_valid)).toEqual(times(300, (i) => (i < 250 ? 1 : 0)));
});

test('standard input is read', () => expectTwelve('-', jsonl(12)));

test('several files of different formats make one log', async () => {
  const { calls } = await reader.read([reader.write('one.csv', csv(12)), reader.write('two.jsonl', jsonl(5))]);
  expect(calls.map(({ file }) => file)).toEqual([...times(12, () => 0), ...times(5, () => 1)]);
  expect(calls.at(-1)).toMatchObject({ output: callOf(4).output, latency_s: 2 });
});

test('any file name can be read', async () => {
  const name = `a*b?{c}[d] '"\\\n.csv`;
  await expectTwelve(reader.write(name, csv(12)));
});

test('UTF-16 with its mark is read, and said', async () => {
  const path = reader.write('wide.csv', Buffer.from(`\uFEFF${csv(12)}`, 'utf16le'));
  await expectTwelve(path);
  expect((await reader.read(path)).assumptions).toContainEqual(expect.stringMatching(/UTF-16LE/));
});

test('a byte-order mark is no part of the first name or line', async () => {
  await expectTwelve(reader.write('marked.csv', `\uFEFF${csv(12)}`));
  await expectTwelve(reader.write('marked-quoted.csv', `\uFEFF"timestamp"${csv(12).slice('timestamp'.length)}`));
  await expectTwelve(reader.write('marked.jsonl', `\uFEFF${jsonl(12)}`));
});

test.each([
  ['CRLF', '\r\n'],
  ['carriage returns alone', '\r'],
])('lines may end with %s', (_, end) => expectTwelve(reader.write('ends.csv', csv(12).replaceAll('\n', end))));

test('a column that appears late in a long log is seen', async () => {
  const lines = times(20_000, (i) =>
    JSON.stringify({ ...callOf(i / 10), ...(i > 15_000 && { prompt_version: i > 18_000 ? 'v2' : 'v1' }) }),
  );
  const { fields } = await reader.read(reader.write('late.jsonl', lines.join('\n')));
  expect(fields).toMatchObject({ promptVersion: 'prompt_version' });
});

test('the order of day and month is no guess when the second half of the log settles it', async () => {
  const rows = times(3000, (i) => `${i < 2500 ? '7/2' : '7/24'}/2023,some answer number ${i}`);
  const { mapping, assumptions } = await reader.read(reader.write('slashed.csv', ['time,output', ...rows].join('\n')));
  expect(mapping.time).toBe('mdy');
  expect(assumptions.join()).not.toMatch(/guess/);
});

const long = times(30_000, (i) => JSON.stringify({ ...callOf(i / 100), id: `${(i * 7919) % 30_011}` })).join('\n');

test.each([
  ['plain', 'none'],
  ['gzip', 'gzip'],
])('how many rows a file will give is about known beforehand: %s', async (name, compression) => {
  const path = reader.write(`long-${name}.jsonl`, compression === 'gzip' ? gzipSync(long) : long);
  await using file = await openLogFile(path, process.stdin);
  const rows = await estimateRows(reader.store, await readSource(reader.store, file));
  expect(rows! / 30_000).toBeGreaterThan(0.8);
  expect(rows! / 30_000).toBeLessThan(1.25);
});

test('Parquet says itself how many rows it has', async () => {
  const [from, to] = [reader.write('rows.jsonl', long), `${reader.dir}/rows.parquet`];
  await reader.store.command(
    `insert into function file({to:String}, 'Parquet') select * from file({from:String}, 'JSONEachRow')`,
    { from, to },
  );
  await using file = await openLogFile(to, process.stdin);
  expect(await estimateRows(reader.store, await readSource(reader.store, file))).toBe(30_000);
});

test('unpacking and mending are shown', async () => {
  const labels = new Set<string>();
  const onProgress = ({ label }: { label: string }) => void labels.add(label);
  const path = `${reader.dir}/shown.jsonl.zst`;
  await reader.store.command(
    `insert into function file({to:String}, 'LineAsString', 'line String', 'zstd') select * from file({from:String}, 'LineAsString')`,
    { from: reader.write('shown.jsonl', jsonl(12)), to: path },
  );
  const cut = reader.write('shown.json', JSON.stringify(list).slice(0, -20));
  await reader.read([path, cut], { onProgress });
  expect([...labels]).toEqual(expect.arrayContaining(['Unpacking shown.jsonl.zst', 'Mending shown.json']));
});

test('where day and month cannot be told apart, the order of the rows tells, and that is said', async () => {
  const rows = times(
    240,
    (i) => `${String(1 + (Math.floor(i / 10) % 12)).padStart(2, '0')}/0${3 + Math.floor(i / 120)}/2025,some answer ${i}`,
  );
  const { calls, assumptions } = await reader.read(reader.write('rows.csv', ['time,output', ...rows].join('\n')));
  expect(calls.at(-1)!.at).toBe('2025-04-12T00:00:00.000Z');
  expect(assumptions).toContain('Dates in "time" are read as day/month/year (only so are the rows in order), in UTC.');
});
