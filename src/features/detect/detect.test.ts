import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anomalyScores, changePoints } from '../../detect/index.ts';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import { openLog } from '../../platform/log.ts';
import { perform } from '../../platform/operation.ts';
import { detectAnomalies, detectChanges } from './index.ts';
import { printAnomalies, printChanges } from './print.ts';
import type { SeriesRow } from './read-series.ts';
import { readTime } from './read-time.ts';
import { scoredCsv } from './scored-csv.ts';

const ctx = localContext({ now: systemClock, config: readConfig({}), log: openLog('silent') });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-detect-'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string) => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const stepped = Array.from({ length: 80 }, (_, i) => (i < 50 ? 10 : 20) + Math.sin(i * 7));
const hour = (i: number) => new Date(Date.UTC(2026, 0, 1, i)).toISOString().slice(0, 19).replace('T', ' ');
const csvOf = (values: readonly number[]) => ['timestamp,value', ...values.map((value, i) => `${hour(i)},${value}`)].join('\n');

test('a step in a CSV is found at its line, with the levels before and after', async () => {
  const answer = await perform(detectChanges, ctx, { file: await file('step.csv', csvOf(stepped)) });
  expect(answer.changes).toMatchObject([{ index: 50, line: 52, time: hour(50) }]);
  expect(answer.changes[0]!.before.mean).toBeCloseTo(10, 0);
  expect(answer.changes[0]!.after.mean).toBeCloseTo(20, 0);
  expect(printChanges(answer)).toContain(`${hour(50)} (line 52): mean 10`);
});

test('the file is judged by the very code that the benchmarks score', async () => {
  const found = await perform(detectChanges, ctx, { file: await file('same.json', JSON.stringify(stepped)) });
  expect(found.changes.map(({ index }) => index)).toEqual(changePoints(stepped));

  const points = stepped.map((value, i) => ({ at: Date.UTC(2026, 0, 1, i), value }));
  const { csv } = await perform(detectAnomalies, ctx, { file: await file('same.csv', csvOf(stepped)), csv: true });
  const scores = csv!
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[2]));
  expect(scores).toEqual([...anomalyScores(points)].map((score) => Number(score.toFixed(4))));
});

test('a JSON array of numbers, one of objects, a CSV without header and one with other names are all read', async () => {
  const objects = stepped.map((value, i) => ({ Time: hour(i), Value: value }));
  const inputs = [
    await file('numbers.json', JSON.stringify(stepped)),
    await file('objects.json', JSON.stringify(objects)),
    await file('bare.csv', stepped.join('\n')),
    await file('pairs.csv', stepped.map((value, i) => `${1_767_225_600 + i * 3600},${value}`).join('\r\n')),
    await file('named.csv', ['region;Datum;p95 latency', ...stepped.map((value, i) => `eu;${hour(i)};${value}`)].join('\n')),
  ];
  for (const input of inputs) {
    const { changes, rejected } = await perform(detectChanges, ctx, { file: input });
    expect({ input, found: changes.map(({ index }) => index), rejected: rejected.rows }).toEqual({
      input,
      found: [50],
      rejected: 0,
    });
  }
});

test('a bad row costs that row, and its line is named', async () => {
  const lines = csvOf(stepped).split('\n');
  lines[10] = `${hour(9)},n/a`;
  lines[20] = 'yesterday,10';
  const answer = await perform(detectChanges, ctx, { file: await file('bad.csv', lines.join('\n')) });
  expect(answer.rejected).toEqual({
    rows: 2,
    first: [
      { line: 11, reason: '"n/a" is not a number' },
      { line: 21, reason: '"yesterday" is not a time' },
    ],
  });
  expect(answer.changes).toMatchObject([{ index: 48, line: 52 }]);
  expect(printChanges(answer)).toContain('2 rows left out: line 11, "n/a" is not a number, …');
});

test('decimal commas and dates with dots or slashes are read', async () => {
  const day = (i: number) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10).split('-').reverse();
  const rows = (mark: string, head: string) =>
    head + stepped.map((value, i) => `${day(i).join(mark)};1.0${value.toFixed(2).padStart(5, '0').replace('.', ',')}`).join('\n');
  for (const content of [rows('.', 'date;value\n'), rows('/', 'Datum;Wert\n'), rows('.', '')]) {
    const answer = await perform(detectChanges, ctx, { file: await file('german.csv', content) });
    expect(answer.rejected.rows).toBe(0);
    expect(answer.changes).toMatchObject([{ index: 50 }]);
    expect(answer.changes[0]!.after.mean).toBeCloseTo(1020, 0);
  }
  expect([readTime('03/04/2026'), readTime('31.02.2026'), readTime('31.12.2026 23:30')]).toEqual([
    Date.UTC(2026, 2, 4),
    null,
    Date.UTC(2026, 11, 31, 23, 30),
  ]);
});

test('in too few rows nothing is called steady', async () => {
  const few = await perform(detectChanges, ctx, { file: await file('few.json', '[1, 2, null, 3]') });
  expect(few).toMatchObject({ needs: 17, changes: [], rejected: { first: [{ line: 3, reason: 'no value' }] } });
  expect(printChanges(few)).toMatch(/^Cannot tell: 4 rows of .* are too few, it takes 17 more rows\./);
  const odd = await perform(detectAnomalies, ctx, { file: await file('few.json', '[1, 2, {"a": 1}]') });
  expect(printAnomalies(odd)).toMatch(/^Cannot tell: .*98 more rows/);
  expect((await perform(detectChanges, ctx, { file: await file('long.json', JSON.stringify(stepped)) })).needs).toBeNull();
});

test('the scores are written for every row, in the order of the file, bad rows without a score', async () => {
  const quiet = Array.from({ length: 600 }, (_, i) => 50 + Math.sin(i));
  quiet[550] = 500;
  const lines = csvOf(quiet).split('\n');
  lines[3] = `${hour(2)},`;
  const out = join(folder, 'scores.csv');
  const answer = await perform(detectAnomalies, ctx, { file: await file('spike.csv', lines.join('\n')), out });
  const written = (await readFile(out, 'utf8')).trim().split('\n');
  expect(written).toHaveLength(601);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  expect(written[0]).toBe('timestamp,value,anomaly_score');
  expect(written[3]).toBe(`${hour(2)},,`);
  expect(answer.anomalies).toMatchObject([{ line: 552, value: 500 }]);
  expect(printAnomalies(answer)).toContain('1 anomaly in 600 rows');
});

test('a cell of a file is no formula in what is written of it', () => {
  const row = (time: string): SeriesRow => ({ line: 2, time, at: 0, value: 0, rejected: 'is no number' });
  const times = ['=HYPERLINK("http://x","y")', '@SUM(1)', '+cmd', '-5', '-1+2', '2026-06-01'];
  expect(scoredCsv(times.map(row), []).trim().split('\n').slice(1)).toEqual([
    `"'=HYPERLINK(""http://x"",""y"")",,`,
    `'@SUM(1),,`,
    `'+cmd,,`,
    '-5,,',
    `'-1+2,,`,
    '2026-06-01,,',
  ]);
});

test('names and values of a file do not steer the terminal', async () => {
  const lines = csvOf(stepped).replace('timestamp,value', 'timestamp,va\u001b[2Jlue').split('\n');
  lines[7] = `${hour(6)},\u001b]0;title\u0007`;
  const path = await file('steer.csv', lines.join('\n'));
  const printed = [
    printChanges(await perform(detectChanges, ctx, { file: path })),
    printAnomalies(await perform(detectAnomalies, ctx, { file: path })),
    printAnomalies(await perform(detectAnomalies, ctx, { file: path, csv: true })),
  ].join('\n');
  expect(printed).toContain('va\uFFFD[2Jlue');
  expect(printed).not.toMatch(/[^\P{C}\n]/u);
});

test('scores are not written over the series, nor where they cannot be', async () => {
  const path = await file('kept.csv', csvOf(stepped));
  await expect(perform(detectAnomalies, ctx, { file: path, out: path })).rejects.toThrow(/is what is read/);
  await expect(perform(detectAnomalies, ctx, { file: path, out: '/nowhere/s.csv' })).rejects.toThrow(/no such directory/);
  expect(await readFile(path, 'utf8')).toBe(csvOf(stepped));
});

test.each([
  ['missing.csv', null, 'There is no file'],
  ['empty.csv', ' \n', 'is empty'],
  ['words.csv', 'a,b\nx,y\nz,w\n', 'no numeric column'],
  ['header.csv', 'time,value\n', 'no rows'],
  ['times.csv', 'time,value\nsoon,1\nlater,2\n', 'Line 2: "soon" is not a time'],
  ['broken.json', '[1, 2', 'not valid JSON'],
  ['object.json', '{"value": 1}', 'JSON array'],
])('%s is refused in a sentence that says what to mend', async (name, content, message) => {
  const path = content === null ? join(folder, name) : await file(name, content);
  await expect(perform(detectChanges, ctx, { file: path })).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(message),
  });
});
