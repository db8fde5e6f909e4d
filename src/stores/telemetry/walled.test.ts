import { expect, test } from 'vitest';
import { z } from 'zod';
import { tempDir, quiet } from '../testing/temp.ts';
import { openSeen, openTelemetry, walledIntake, walledTelemetry, type Spool, type TableRows } from './index.ts';

const ours = '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e';
const theirs = '7c1d2e3f-0a1b-4c2d-8e3f-4a5b6c7d8e9f';
const Row = z.object({ n: z.number() });

const stores = (append: Spool['append']) => ({
  spool: { append, whileStill: () => Promise.reject(new Error('It was asked.')) },
  seen: openSeen(),
  refusals: { note: () => undefined, lines: () => [] },
});

test('a question about telemetry is about the client of the wall, whatever it is told', async () => {
  using dir = tempDir();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  await telemetry.command('CREATE TABLE t (client UUID, n UInt64) ENGINE = MergeTree ORDER BY n');
  await telemetry.insert('t', [
    { client: ours, n: 1 },
    { client: theirs, n: 2 },
  ]);
  const walled = walledTelemetry(telemetry, ours);
  const scoped = 'SELECT n FROM t WHERE client = {client:UUID}';
  expect(await walled.rows(Row)(scoped)).toEqual([{ n: 1 }]);
  expect(await walled.rows(Row)(scoped, { client: theirs })).toEqual([{ n: 1 }]);
  await expect(walled.rows(Row)('SELECT n FROM t')).rejects.toThrow('does not name');
  await expect(walledTelemetry(telemetry, null).rows(Row)(scoped)).rejects.toThrow('A verb of the practice');
});

test('what is handed in is the client’s of the wall, whatever it says', async () => {
  const kept: string[] = [];
  const append = (rows: readonly TableRows[]) =>
    Promise.resolve(void kept.push(...rows.map(({ table, bytes }) => `${table} ${Buffer.from(bytes).toString()}`)));
  const intake = walledIntake(stores(append), ours);
  await intake.keep([
    { table: 'span', rows: [{ n: 1 }, { n: 2, client_id: theirs }] },
    { table: 'score', rows: [{ n: 3 }] },
  ]);
  expect(kept).toEqual([
    `span {"n":1,"client_id":"${ours}"}\n{"n":2,"client_id":"${ours}"}\n`,
    `score {"n":3,"client_id":"${ours}"}\n`,
  ]);
});

test('a request of too many bytes is refused, all of it', async () => {
  const append = () => Promise.reject(new Error('It was kept.'));
  const intake = walledIntake(stores(append), ours);
  const rows = Array.from({ length: 40 }, () => ({ text: 'x'.repeat(1024 * 1024) }));
  await expect(
    intake.keep([
      { table: 'span', rows },
      { table: 'score', rows },
    ]),
  ).rejects.toMatchObject({ code: 'too_large' });
});
