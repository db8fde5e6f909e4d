import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Sql } from '../../platform/sql.ts';
import { preparedDataDir } from '../testing/prepared.ts';
import { quiet } from '../testing/temp.ts';
import { openRecords, type Records } from './index.ts';

const ours = { id: randomUUID(), name: 'Ours' };
const theirs = { id: randomUUID(), name: 'Theirs' };
const Id = z.object({ id: z.string() });
let dir: Awaited<ReturnType<typeof preparedDataDir>>;
let records: Records;

beforeAll(async () => {
  dir = await preparedDataDir();
  records = await openRecords({ dataDir: dir.path }, quiet);
  await records.behind({ client: null, does: 'write' }, async (sql) => {
    for (const { id, name } of [ours, theirs])
      await sql.rows(z.unknown())`insert into client values (${id}, ${name}, ${name}, now())`;
  });
  for (const { id } of [ours, theirs]) await records.behind({ client: id, does: 'write' }, (sql) => addKey(sql, id));
});
afterAll(async () => {
  await records.close();
  dir[Symbol.dispose]();
});

const addKey = (sql: Sql, client: string) => sql.rows(Id)`
  insert into api_key (client_id, id, hash, name, scopes, created_at, expires_at)
  values (${client}, ${randomUUID()}, sha256(${randomUUID()}::text::bytea), 'k', ${['read']}, now(), now()) returning id`;

/** Tables that hold nothing of any client. Every other one has walls. */
const open = ['migration', 'job_run', 'practice', 'process', 'taken_batch'];
const Table = z.object({ name: z.string(), enabled: z.boolean(), forced: z.boolean(), walls: z.string() });

/** Tables that someone could see over. */
async function unwalled(sql: Sql) {
  const tables = await sql.rows(Table)`
    select relname as name, relrowsecurity as enabled, relforcerowsecurity as forced,
      coalesce((select string_agg(coalesce(qual, '') || coalesce(with_check, ''), ' ') from pg_policies
        where schemaname = 'public' and tablename = relname), '') as walls
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`;
  return tables
    .filter(({ name }) => !open.includes(name))
    .filter(({ enabled, forced, walls }) => !enabled || !forced || !/steward_client|steward_in_practice/.test(walls))
    .map(({ name }) => name);
}

test('every table that is not listed as open has row-level security, forced, by the wall', async () => {
  expect(await unwalled(records)).toEqual([]);
  const undone = records.transaction(async (sql) => {
    await sql.rows(z.unknown())`create table forgotten (client_id uuid not null)`;
    await sql.rows(z.unknown())`alter table api_key no force row level security`;
    expect((await unwalled(sql)).toSorted()).toEqual(['api_key', 'forgotten']);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
});

test('behind the wall of one client the other is not there', async () => {
  const seen = await records.behind({ client: ours.id, does: 'read' }, async (sql) => ({
    clients: await sql.rows(Id)`select id from client`,
    keys: await sql.rows(Id)`select client_id as id from api_key`,
  }));
  expect(seen).toEqual({ clients: [{ id: ours.id }], keys: [{ id: ours.id }] });
});

test('a row of another client can be neither written nor changed nor moved', async () => {
  const write = { client: ours.id, does: 'write' } as const;
  await expect(records.behind(write, (sql) => addKey(sql, theirs.id))).rejects.toThrow(/row-level security/);
  const moved = records.behind(write, (sql) => sql.rows(Id)`update api_key set client_id = ${theirs.id} returning id`);
  await expect(moved).rejects.toThrow(/row-level security/);
  const changed = records.behind(write, (sql) => sql.rows(Id)`update client set name = 'x' where id = ${theirs.id} returning id`);
  expect(await changed).toEqual([]);
});

test('who does not say what may be seen sees nothing, also after somebody who did', async () => {
  const tables = ['client', 'person', 'membership', 'api_key', 'practice_key', 'audit_entry', 'practice_audit_entry'];
  for (const table of tables) {
    const rows = await records.transaction(async (sql) => {
      await sql.rows(z.unknown())`set local role steward_app`;
      return sql.rows(z.unknown())([`select * from ${table}`] as unknown as TemplateStringsArray);
    });
    expect({ table, rows }).toEqual({ table, rows: [] });
  }
});

test('the role behind the wall cannot look over it', async () => {
  const Who = z.object({ name: z.string(), over: z.boolean() });
  const [who] = await records.behind(
    { client: ours.id, does: 'read' },
    (sql) => sql.rows(Who)`select rolname as name, rolsuper or rolbypassrls as over from pg_roles where rolname = current_user`,
  );
  expect(who).toEqual({ name: 'steward_app', over: false });
});

test('what only reads cannot write, and an audit trail is not changed', async () => {
  const wrote = records.behind({ client: ours.id, does: 'read' }, (sql) => addKey(sql, ours.id));
  await expect(wrote).rejects.toThrow(/read-only/);
  const changed = await records.behind({ client: ours.id, does: 'write' }, async (sql) => {
    await sql.rows(z.unknown())`
      insert into audit_entry (client_id, id, at, actor_kind, actor_id, operation, input)
      values (${ours.id}, ${randomUUID()}, now(), 'job', 'x', 'a.b', '{}')`;
    return [
      await sql.rows(Id)`update audit_entry set operation = 'c.d' returning id`,
      await sql.rows(Id)`delete from audit_entry returning id`,
    ];
  });
  expect(changed).toEqual([[], []]);
});

test('a server whose user is no superuser needs no other role: its own tables are walled to it too', async () => {
  await records.rows(z.unknown())`create role plain login`;
  await records.rows(z.unknown())`create database plain owner plain`;
  const host = encodeURIComponent(`${dir.path}/records/run`);
  await using own = await openRecords(
    { dataDir: dir.path, databaseUrl: `postgresql://plain@localhost/plain?host=${host}` },
    quiet,
  );
  await own.behind(
    { client: null, does: 'write' },
    (sql) => sql.rows(z.unknown())`insert into client values (${ours.id}, 'Ours', 'ours', now())`,
  );
  expect(await own.rows(Id)`select id from client`).toEqual([]);
  expect(await own.behind({ client: ours.id, does: 'read' }, (sql) => sql.rows(Id)`select id from client`)).toHaveLength(1);
});
