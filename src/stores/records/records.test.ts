import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { postmasterPid } from '../testing/pids.ts';
import { preparedDataDir } from '../testing/prepared.ts';
import { eventually, quiet } from '../testing/temp.ts';
import { openRecords, type Records } from './index.ts';

let dir: Awaited<ReturnType<typeof preparedDataDir>>;
const Note = z.object({ id: z.number(), text: z.string() });
let records: Records;
const notes = () => records.rows(Note)`select id, text from note order by id`;

beforeAll(async () => {
  dir = await preparedDataDir();
  records = await openRecords({ dataDir: dir.path }, quiet);
  await records.rows(z.unknown())`create table note (id bigint primary key, text text not null)`;
});
afterAll(async () => {
  await records.close();
  dir[Symbol.dispose]();
});

test('values are bound, and rows are parsed', async () => {
  const text = `'; drop table note; -- "\n\n\\`;
  const [added] = await records.rows(Note)`insert into note values (${1}, ${text}) returning *`;
  expect(added).toEqual({ id: 1, text });
  await expect(records.rows(z.object({ id: z.string() }))`select id from note`).rejects.toThrow(z.ZodError);
});

test('a count is a number, what is too large for one stays text, a day is a day', async () => {
  const Row = z.object({ small: z.number(), large: z.string(), day: z.string(), at: z.date() });
  const [row] = await records.rows(Row)`
    select 9007199254740991 as small, 9007199254740993 as large, date '2026-03-29' as day, timestamptz '2026-03-29T01:30Z' as at`;
  expect(row).toEqual({
    small: 9007199254740991,
    large: '9007199254740993',
    day: '2026-03-29',
    at: new Date('2026-03-29T01:30Z'),
  });
});

test('a transaction is all or nothing, and an inner one is part of it', async () => {
  const before = await notes();
  const failed = records.transaction(async (tx) => {
    await tx.rows(Note)`insert into note values (2, 'outer')`;
    await tx.transaction((inner) => inner.rows(Note)`insert into note values (3, 'inner')`);
    throw new Error('changed my mind');
  });
  await expect(failed).rejects.toThrow('changed my mind');
  expect(await notes()).toEqual(before);

  await records.transaction((tx) => tx.rows(Note)`insert into note values (4, 'kept')`);
  expect(await notes()).toEqual([...before, { id: 4, text: 'kept' }]);
});

test('what is acknowledged is on disk, and nobody can connect but by the socket', async () => {
  const Settings = z.object({ fsync: z.literal('on'), commit: z.literal('on'), listens: z.literal('') });
  await records.rows(Settings)`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
    current_setting('listen_addresses') as listens`;
});

test('a PostgreSQL that was killed is restarted, and who was asking may ask again', async () => {
  const asked = records.rows(z.unknown())`select pg_sleep(200)`.catch((error: unknown) => error);
  const inside = records
    .transaction(async (tx) => {
      await tx.rows(Note)`insert into note values (5, 'never committed')`;
      await tx.rows(z.unknown())`select pg_sleep(200)`;
    })
    .catch((error: unknown) => error);
  const sleeping = () => records.rows(z.object({ n: z.number() }))`
    select count(*) as n from pg_stat_activity where query like 'select pg_sleep(%' and state = 'active'`;
  await eventually(async () => (await sleeping())[0]?.n === 2);
  const pid = postmasterPid(dir.path);
  process.kill(pid, 'SIGKILL');

  expect(await asked).toMatchObject({ code: 'unavailable', retryable: true });
  expect(await inside).toMatchObject({ code: 'unavailable', retryable: true });
  await eventually(() => postmasterPid(dir.path) !== pid);
  await eventually(async () => (await notes()).every(({ id }) => id !== 5));
});
