import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commaOf, numberOf, readNumber, type Comma } from './numbers.ts';
import { hour, openReader, times } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const spellings: [string, Comma, number | null][] = [
  ['0.012', 'thousands', 0.012],
  ['$0.012', 'thousands', 0.012],
  ['-$1,234.50', 'thousands', -1234.5],
  ['USD 12', 'thousands', 12],
  ['85%', 'thousands', 0.85],
  ['12.5 %', 'thousands', 0.125],
  ['1 234', 'thousands', 1234],
  ["1'234", 'thousands', 1234],
  ['1e-3', 'thousands', 0.001],
  ['1,25', 'decimal', 1.25],
  ['1.234,5', 'decimal', 1234.5],
  ['1.234', 'decimal', 1234],
  ['1.5', 'decimal', 1.5],
  ['0,5 %', 'decimal', 0.005],
  ['12,50 €', 'decimal', 12.5],
  ['', 'thousands', null],
  ['%', 'thousands', null],
  ['cheap', 'thousands', null],
  ['NaN', 'thousands', null],
  ['Infinity', 'decimal', null],
  ['12 apples', 'decimal', null],
];

test('a sample and the engine read the same numbers', async () => {
  const sql = (comma: Comma) =>
    `select t, ${numberOf('t', comma)} as n from (select arrayJoin({texts:Array(Nullable(String))}) as t)`;
  const Read = z.object({ t: z.string(), n: z.number().nullable() });
  for (const comma of ['thousands', 'decimal'] as const) {
    const expected = spellings.filter(([, of]) => of === comma);
    const texts = expected.map(([text]) => text);
    const engine = await reader.store.rows(Read)(sql(comma), { texts });
    const near = (n: number | null) => (n === null ? null : (expect.closeTo(n, 9) as number));
    expect(engine).toEqual(expected.map(([t, , n]) => ({ t, n: near(n) })));
    expect(texts.map((t) => ({ t, n: readNumber(t, comma) }))).toEqual(expected.map(([t, , n]) => ({ t, n: near(n) })));
  }
});

test.each<[Comma, string[]]>([
  ['thousands', ['1,234', '900', '12,345,678']],
  ['thousands', ['1,234.5', '2']],
  ['decimal', ['1,3', '1,43', '2']],
  ['decimal', ['0,123', '0,456']],
  ['decimal', ['1.234,50', '2,000']],
  ['thousands', ['a, b', 'c, d']],
])('commas are %s in %j', (comma, values) => expect(commaOf(values)).toBe(comma));

describe('columns of numbers as spreadsheets write them', () => {
  const csv = (name: string, header: string, cell: (i: number) => string) =>
    reader.write(name, [`time;output;${header}`, ...times(20, (i) => `${hour(i)};some answer ${i};${cell(i)}`)].join('\n'));

  test('dollars', async () => {
    const { calls, fields } = await reader.read(csv('usd.csv', 'cost', () => '$0.012'));
    expect(fields).toMatchObject({ cost: 'cost' });
    expect(calls[0]!.cost_usd).toBe(0.012);
  });

  test('euros are said to be none', async () => {
    const { assumptions } = await reader.read(csv('eur.csv', 'cost', () => '0,02 €'));
    expect(assumptions).toContain('"cost" is in € and is shown as US dollars without being converted.');
  });

  test('percentages', async () => {
    const { calls, assumptions } = await reader.read(csv('pct.csv', 'score', () => '85%'));
    expect(calls[0]!.graded).toBe(0.85);
    expect(assumptions).toContain('"85%" in "score" is read as 0.85.');
  });

  test('decimal commas, also by --map and of a file that has few', async () => {
    const path = csv('de.csv', 'latency_s', (i) => `1,${20 + i}`);
    const whole = csv('de-whole.csv', 'latency_s', () => '1,250');
    for (const map of [{}, { latency: 'latency_s' }]) {
      const { calls, assumptions } = await reader.read([path, whole], { map });
      expect([calls[0]!.latency_s, calls.at(-1)!.latency_s]).toEqual([1.2, 1.25]);
      expect(assumptions.join()).toContain('"1,20" in "latency_s" is read as 1.2: the comma is a decimal mark.');
    }
  });

  test('a column whose name fits and whose values do not is told', async () => {
    const { fields, assumptions } = await reader.read(csv('words.csv', 'cost', () => 'cheap'));
    expect(fields).not.toHaveProperty('cost');
    expect(assumptions.join()).toContain('"cost" was not read as the cost: values such as "cheap" are no numbers');
  });
});
