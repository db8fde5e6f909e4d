import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReader } from './testing/read-log.ts';
import { mustBeRewritten, rewritten } from './written-times.ts';

const forms: [written: string, meant: string][] = [
  ['02/Mar/2026:00:03:25 +0000', '2026-03-02T00:03:25.000Z'],
  ['[02/Mar/2026:00:03:25 +0530]', '2026-03-01T18:33:25.000Z'],
  ['20260302000325', '2026-03-02T00:03:25.000Z'],
  ['20260302000325123', '2026-03-02T00:03:25.123Z'],
  ['20260302T000325Z', '2026-03-02T00:03:25.000Z'],
  ['20260302', '2026-03-02T00:00:00.000Z'],
  ['Mar 02, 2026 at 12:03 AM', '2026-03-02T00:03:00.000Z'],
  ['2 March 2026 at 3:04 PM', '2026-03-02T15:04:00.000Z'],
  ['2026-03-02 00:03:25 PST', '2026-03-02T08:03:25.000Z'],
  ['2026-03-02 00:03:25 CEST', '2026-03-01T22:03:25.000Z'],
  ['Mon Mar 02 00:03:25 PST 2026', '2026-03-02T08:03:25.000Z'],
  ['02. März 2026, 00 Uhr 03', '2026-03-02T00:03:00.000Z'],
  ['Montag, 2. März 2026 um 00:03 Uhr', '2026-03-02T00:03:00.000Z'],
  ['2 de marzo de 2026 a las 14:03', '2026-03-02T14:03:00.000Z'],
  ['2 août 2026 à 14h03', '2026-08-02T14:03:00.000Z'],
];

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
}, 60_000);
afterAll(() => reader[Symbol.asyncDispose]());

const read = async (name: string, lines: readonly string[]) => reader.read(reader.write(name, `${lines.join('\n')}\n`));

test('times of web servers, letters and registers are rewritten', () => {
  expect(forms.filter(([written]) => rewritten(written) === null)).toEqual([]);
  expect(
    ['2026-03-02 00:03:25 IST', '20261399', '82618', 'Please call on 2 March 2026', '2026-03-02T10:00:00Z'].filter(
      mustBeRewritten,
    ),
  ).toEqual([]);
});

test('each is read for what it means', async () => {
  const { calls, assumptions } = await read('forms.csv', ['timestamp,output', ...forms.map(([written]) => `"${written}",Fine.`)]);
  expect(calls.map(({ at }) => at)).toEqual(forms.map(([, meant]) => meant));
  expect(assumptions).toContain('Of the zones in "timestamp" "PST" is -08:00, "CEST" is +02:00.');
});

test('days as spreadsheets count them are times where the column is named so', async () => {
  const { calls } = await read('serial.csv', ['date,output', '46083.5,Fine.', '46083.75,Fine.', '46084.002375,Fine.']);
  expect(calls.map(({ at }) => at)).toEqual(['2026-03-02T12:00:00.000Z', '2026-03-02T18:00:00.000Z', '2026-03-03T00:03:25.200Z']);
});

test('date and time of day may stand in two columns', async () => {
  const { calls, assumptions, unread } = await read('two.csv', [
    'Date,Time,output',
    '13/03/2026,02:28:38 AM,Fine.',
    '14/03/2026,11:05 PM,Fine.',
  ]);
  expect(calls.map(({ at }) => at)).toEqual(['2026-03-13T02:28:38.000Z', '2026-03-14T23:05:00.000Z']);
  expect(assumptions).toContain('The time of day is read from "Time".');
  expect(unread).toEqual([]);
});

test('a column of times in no known format is told, and is not the question', async () => {
  const { fields, assumptions } = await read('unknown.csv', [
    'Zeitstempel,output',
    ...[1, 2, 3].map((day) => `"am Tag ${day} des dritten Monats 2026, kurz nach Mitternacht",Your parcel is on its way to you.`),
  ]);
  expect(fields).toEqual({ output: 'output' });
  expect(assumptions.join('\n')).toContain('"Zeitstempel" was not read as the time: values such as');
});
