import { expect, test } from 'vitest';
import { z } from 'zod';
import { preparedTelemetry } from '../testing/prepared.ts';
import { quiet } from '../testing/temp.ts';
import { shapeOf } from './native/block.ts';
import {
  openSeen,
  openTelemetry,
  openUsages,
  readShapes,
  readWalled,
  walledIntake,
  walledTelemetry,
  type Shapes,
  type Spool,
  type TableRows,
} from './index.ts';

const ours = '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e';
const theirs = '7c1d2e3f-0a1b-4c2d-8e3f-4a5b6c7d8e9f';
const Row = z.object({ n: z.number() });

const stores = (append: Spool['append'], shapes: Shapes) => ({
  telemetry: { rows: () => () => Promise.resolve([]) },
  shapes,
  spool: { append, waitingParts: () => undefined, whileStill: () => Promise.reject(new Error('It was asked.')) },
  seen: openSeen(),
  usages: openUsages(),
  register: { isShared: false, still: <T>(ask: (elsewhere: readonly []) => Promise<T>) => ask([]) },
  refusals: { note: () => undefined, lines: () => [] },
});

test('a question about telemetry is about the client of the wall, whatever it is told', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  await telemetry.command('CREATE TABLE t (client UUID, n UInt64) ENGINE = MergeTree ORDER BY n');
  await telemetry.insert('t', [
    { client: ours, n: 1 },
    { client: theirs, n: 2 },
  ]);
  const walled = walledTelemetry(telemetry, ours, []);
  const scoped = 'SELECT n FROM t WHERE client = {client:UUID}';
  expect(await walled.rows(Row)(scoped)).toEqual([{ n: 1 }]);
  expect(await walled.rows(Row)(scoped, { client: theirs })).toEqual([{ n: 1 }]);
  await expect(walled.rows(Row)('SELECT n FROM t')).rejects.toThrow('does not name');
  await expect(walledTelemetry(telemetry, null, []).rows(Row)(scoped)).rejects.toThrow('A verb of the practice');
});

test('a question that forgets the client in a part of it sees no other client all the same', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  await telemetry.command('CREATE TABLE theirs_too (client_id UUID, n UInt64) ENGINE = MergeTree ORDER BY n');
  await telemetry.insert('theirs_too', [
    { client_id: ours, n: 1 },
    { client_id: theirs, n: 2 },
  ]);
  const tables = await readWalled(telemetry);
  expect(tables).toEqual(expect.arrayContaining(['theirs_too', 'span', 'score', 'span_line', 'run_hour']));
  const forgetful = 'SELECT n FROM theirs_too AS t WHERE n IN (SELECT n FROM theirs_too WHERE client_id = {client:UUID} OR 1)';
  expect(await walledTelemetry(telemetry, ours, []).rows(Row)(forgetful)).toHaveLength(2);
  expect(await walledTelemetry(telemetry, ours, tables).rows(Row)(forgetful)).toEqual([{ n: 1 }]);
  expect(await walledTelemetry(telemetry, theirs, tables).rows(Row)(forgetful)).toEqual([{ n: 2 }]);
});

test('what is handed in is the client’s of the wall, whatever it says', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  await telemetry.command('CREATE TABLE other (client_id UUID, n UInt64) ENGINE = MergeTree ORDER BY n');
  const append = async (tables: readonly TableRows[]) => {
    for (const { table, format, bytes } of tables) await telemetry.insert(table, bytes, { format });
  };
  const shapes = await readShapes(telemetry, ['span', 'other']);
  const intake = walledIntake(stores(append, shapes), ours);
  await intake.keep([
    {
      table: 'span',
      rows: [
        { span_id: '1', name: '1' },
        { span_id: '2', name: '2', client_id: theirs },
      ],
    },
    { table: 'other' as 'score', rows: [{ client_id: theirs, n: 3 }] },
  ]);
  const kept = z.object({ client: z.string(), said: z.string() });
  const asked = 'SELECT client_id AS client, name AS said FROM span UNION ALL SELECT client_id, toString(n) FROM other';
  expect(await telemetry.rows(kept)(`SELECT * FROM (${asked}) ORDER BY said`)).toEqual(
    ['1', '2', '3'].map((said) => ({ client: ours, said })),
  );
});

test('a request of too many bytes is refused, all of it', async () => {
  const append = () => Promise.reject(new Error('It was kept.'));
  const shape = shapeOf([
    { name: 'text', type: 'String' },
    { name: 'client_id', type: 'UUID' },
  ]);
  const shapes = new Map([
    ['span', shape],
    ['score', shape],
  ]);
  const intake = walledIntake(stores(append, shapes), ours);
  const rows = Array.from({ length: 40 }, () => ({ text: 'x'.repeat(1024 * 1024) }));
  await expect(
    intake.keep([
      { table: 'span', rows },
      { table: 'score', rows },
    ]),
  ).rejects.toMatchObject({ code: 'too_large' });
});

test('an error of the store quotes nothing of the rows', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const failed = await telemetry
    .insert('span', Buffer.from('{"started_at": "a secret of Acme"}\n'))
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  expect(String((failed as Error).stack)).not.toContain('secret');
  expect((failed as Error).cause).toBeUndefined();
});
