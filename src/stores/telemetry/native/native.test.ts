import { expect, test } from 'vitest';
import { z } from 'zod';
import { AsJson } from '../../../platform/as-json.ts';
import { preparedTelemetry } from '../../testing/prepared.ts';
import { quiet } from '../../testing/temp.ts';
import { openTelemetry } from '../index.ts';
import { shapeOf, writeBlock } from './block.ts';
import { columnOf } from './column.ts';
import { Output, roomFor } from './output.ts';

const uuid = '00112233-4455-6677-8899-aabbccddeeff';
const long = 'é'.repeat(100);
const many = Array.from({ length: 70_000 }, (_, n) => `key ${n}`);
const saidAsJson = [
  '',
  'a',
  '"',
  'a\\b',
  '\0\n',
  '\x7f',
  'é🦜',
  '\ud800',
  'x'.repeat(100),
  'x'.repeat(101),
  'x'.repeat(300),
  1.5,
  -0,
  null,
  [{ a: '"' }],
];
const asJson = (value: unknown) => Object.assign(new AsJson(), { value });
/** For each type, values as they are written and as the engine reads them. */
const cases: [type: string, values: unknown[], read?: unknown[]][] = [
  [
    'String',
    ['', 'a', 'x'.repeat(24), 'x'.repeat(127), 'x'.repeat(128), long, '\0\n\\', '🦜', '\ud800'],
    ['', 'a', 'x'.repeat(24), 'x'.repeat(127), 'x'.repeat(128), long, '\0\n\\', '🦜', '\ufffd'],
  ],
  ['String', ['x'.repeat(3_000_000), null, undefined], ['x'.repeat(3_000_000), '', '']],
  ['String', saidAsJson.map(asJson), saidAsJson.map((value) => JSON.stringify(value))],
  ['FixedString(4)', ['abcd']],
  ['UUID', [uuid]],
  ['Bool', [true, false]],
  ['UInt8', [0, 255]],
  ['UInt16', [65_535]],
  ['UInt32', [4_294_967_295]],
  ['Int32', [-5, 5]],
  ['UInt64', [0, 2 ** 32, 2 ** 53 - 1]],
  ['Int64', [-1, -(2 ** 40) - 7]],
  ['Float64', [0.1, -1e300]],
  [
    "DateTime64(3, 'UTC')",
    [new Date(1_700_000_000_123), 5, '2026-11-21T00:00:00.001Z'],
    ['2023-11-14T22:13:20.123Z', '1970-01-01T00:00:00.005Z', '2026-11-21T00:00:00.001Z'],
  ],
  ["DateTime64(6, 'UTC')", [1_700_000_000_123.456], ['2023-11-14T22:13:20.123456Z']],
  ["DateTime('UTC')", [1_700_000_000_999], ['2023-11-14T22:13:20Z']],
  ['Nullable(Float64)', [null, 1.5, undefined], [null, 1.5, null]],
  ['Nullable(String)', [null, '', 'a']],
  ['LowCardinality(String)', ['a', 'b', 'a', '', 'a']],
  ['LowCardinality(String)', many],
  ['LowCardinality(String)', many.slice(0, 300)],
  ['LowCardinality(Nullable(String))', ['a', null, '', 'a', null]],
  ['Array(String)', [[], ['a', 'b'], ['c']]],
  ['Array(LowCardinality(String))', [[], []]],
  ['Array(LowCardinality(String))', [['a'], [], ['b', 'a']]],
  ['Array(Float64)', [[1.5], []]],
  ['Map(LowCardinality(String), String)', [{}, {}]],
  [
    'Map(LowCardinality(String), String)',
    [
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
      { a: '3' },
      null,
    ],
    [{ a: '1', b: '2' }, { a: '3' }, {}],
  ],
  [
    'Map(LowCardinality(String), String)',
    [{ forEach: (each: (item: unknown, name: string) => void) => (each('1', 'a'), each(asJson('x'), 'b')) }, { forEach: '2' }],
    [{ a: '1', b: '"x"' }, { forEach: '2' }],
  ],
];

test('the engine reads what was written, and goes on behind it', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  for (const [n, [type, values, read = values]] of cases.entries()) {
    await telemetry.command(
      `CREATE TABLE t${n} (n UInt32, v ${type}, more String DEFAULT 'as told') ENGINE = MergeTree ORDER BY n`,
    );
    const shape = shapeOf([
      { name: 'n', type: 'UInt32' },
      { name: 'v', type },
    ]);
    const to = new Output(roomFor(64 * 1024 * 1024));
    writeBlock(
      values.map((v, at) => ({ n: at, v })),
      shape,
      to,
    );
    // Two requests in one segment.
    writeBlock(
      values.map((v, at) => ({ n: values.length + at, v })),
      shape,
      to,
    );
    await telemetry.insert(`t${n}`, to.taken(0), { format: 'Native' });
    const rows = await telemetry.rows(z.object({ v: z.unknown(), more: z.string() }))(`SELECT v, more FROM t${n} ORDER BY n`);
    expect(
      rows.map(({ v }) => v),
      type,
    ).toEqual([...read, ...read]);
    expect(rows[0]?.more).toBe('as told');
  }
});

test('what cannot be written is a bug that is told, and a batch without measure is refused', () => {
  expect(() => columnOf('Decimal(9, 2)', roomFor(0))).toThrow('Decimal');
  const shape = shapeOf([{ name: 'v', type: 'String' }]);
  expect(() => writeBlock([{ w: 1 }], shape, new Output(roomFor(2 ** 21)))).toThrow('no column w');
  const to = new Output(roomFor(2 ** 21));
  const rows = Array.from({ length: 3 }, () => ({ v: 'x'.repeat(2 ** 20) }));
  expect(() => writeBlock(rows, shape, to)).toThrow(expect.objectContaining({ code: 'too_large' }));
});
