import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { preparedDataDir } from '../testing/prepared.ts';
import { quiet, tempDir } from '../testing/temp.ts';
import { openRecords, type Records } from './index.ts';

let dir: Awaited<ReturnType<typeof preparedDataDir>>;
let home: Records;
const Name = z.object({ name: z.string() });
const Exists = z.object({ exists: z.boolean() });

beforeAll(async () => {
  dir = await preparedDataDir();
  home = await openRecords({ dataDir: dir.path }, quiet);
});
afterAll(async () => {
  await home.close();
  dir[Symbol.dispose]();
});

/** A database of its own on the same PostgreSQL, reached as a user reaches a server: by a URL. */
async function database(name: string): Promise<string> {
  await home.rows(z.unknown())([`create database ${name}`] as unknown as TemplateStringsArray);
  return `postgresql://steward@localhost/${name}?host=${encodeURIComponent(join(dir.path, 'records', 'run'))}`;
}

const open = (databaseUrl: string, migrations: string) => openRecords({ dataDir: dir.path, databaseUrl, migrations }, quiet);
const write = (migrations: string, name: string, sql: string) => writeFileSync(join(migrations, name), sql);

test('migrations run once, in order, however many start at once', async () => {
  const url = await database('together');
  using migrations = tempDir();
  write(migrations.path, '0002_b.sql', `insert into a values (1); select pg_sleep(0.05);`);
  write(migrations.path, '0001_a.sql', 'create table a (id int primary key);');
  const [records, ...others] = await Promise.all([
    open(url, migrations.path),
    open(url, migrations.path),
    open(url, migrations.path),
  ]);
  expect(await records.rows(Name)`select name from migration order by applied_at`).toEqual([
    { name: '0001_a.sql' },
    { name: '0002_b.sql' },
  ]);
  await Promise.all([records, ...others].map((one) => one.close()));
});

test('a migration that fails leaves nothing of itself', async () => {
  const url = await database('failing');
  using migrations = tempDir();
  write(migrations.path, '0001_a.sql', 'create table a (id int);');
  write(migrations.path, '0002_b.sql', 'create table b (id int); select 1 / 0;');
  await expect(open(url, migrations.path)).rejects.toThrow(/division by zero/);

  write(migrations.path, '0002_b.sql', 'create table c (id int);');
  await using records = await open(url, migrations.path);
  expect(await records.rows(Exists)`select to_regclass('b') is not null as exists`).toEqual([{ exists: false }]);
  expect(await records.rows(Exists)`select to_regclass('c') is not null as exists`).toEqual([{ exists: true }]);
});

test('an edited migration is refused, and a store that a newer Steward used', async () => {
  const url = await database('changed');
  using migrations = tempDir();
  using older = tempDir();
  write(migrations.path, '0001_a.sql', 'create table a (id int);');
  await (await open(url, migrations.path)).close();

  write(migrations.path, '0001_a.sql', 'create table a (id bigint);');
  await expect(open(url, migrations.path)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/0001_a.sql has already run.*edited/),
  });
  await expect(open(url, older.path)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/0001_a.sql.*newer/),
  });
});
