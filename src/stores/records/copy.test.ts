import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { CopiedTable, RecordsCopy } from '../../platform/copy.ts';
import { preparedDataDir } from '../testing/prepared.ts';
import { quiet } from '../testing/temp.ts';
import { inOrder } from './fill.ts';
import { openRecords, type Records } from './index.ts';

let dir: Awaited<ReturnType<typeof preparedDataDir>>;
let server: Records;
const ours = randomUUID();
const theirs = randomUUID();

beforeAll(async () => {
  dir = await preparedDataDir();
  server = await openRecords({ dataDir: dir.path }, quiet);
  // Whom the walls bind, though all tables are theirs.
  await server.rows(z.unknown())`create role ordinary login`;
});
afterAll(async () => {
  await server.close();
  dir[Symbol.dispose]();
});

async function database(name: 'from_a' | 'to_a' | 'from_b' | 'to_b', user: 'ordinary' | 'steward') {
  const host = encodeURIComponent(join(dir.path, 'records', 'run'));
  await using all = await openRecords({ dataDir: dir.path, databaseUrl: urlOf('steward', 'postgres') }, quiet);
  // Names of databases cannot be bound; these are ours.
  const made = {
    from_a: () => all.rows(z.unknown())`create database from_a owner ordinary`,
    to_a: () => all.rows(z.unknown())`create database to_a owner ordinary`,
    from_b: () => all.rows(z.unknown())`create database from_b owner steward`,
    to_b: () => all.rows(z.unknown())`create database to_b owner steward`,
  };
  await made[name]();
  return openRecords({ dataDir: dir.path, databaseUrl: urlOf(user, name) }, quiet);

  function urlOf(as: string, of: string) {
    return `postgresql://${as}@localhost/${of}?host=${host}`;
  }
}

const strange = `O'Hara "quoted" \\ back\nline — ünï 漢字 \u{1F600} {}[],:`;

async function write(records: Records) {
  await records.behind({ client: null, does: 'write' }, async (sql) => {
    for (const [id, name] of [
      [ours, strange],
      [theirs, 'Theirs'],
    ])
      await sql.rows(z.unknown())`insert into client values (${id}, ${name}, ${name}, '2026-01-02 03:04:05.678901+00')`;
    await sql.rows(z.unknown())`insert into job_run (job, started_at) values ('j', now())`;
    for (const client of [ours, null])
      await sql.rows(z.unknown())`
        insert into invitation (id, hash, client_id, email, role, created_at, expires_at)
        values (${randomUUID()}, sha256(${randomUUID()}::text::bytea), ${client}, 'a@b.example', 'operator', now(), now())`;
  });
  for (const client of [ours, theirs])
    await records.behind({ client, does: 'write' }, async (sql) => {
      await sql.rows(z.unknown())`
        insert into model_price (client_id, id, model, input_usd, valid_from, created_at)
        values (${client}, ${randomUUID()}, ${strange}, ${0.1 + 0.2}, now(), now())`;
      await sql.rows(z.unknown())`
        insert into audit_entry (client_id, id, at, actor_kind, actor_id, operation, input)
        select ${client}, gen_random_uuid(), now(), 'key', 'k', 'probe.x', ${JSON.stringify({ a: strange, n: 1.5, deep: [null, { b: true }] })}::jsonb
        from generate_series(1, 1200)`;
      await sql.rows(z.unknown())`
        insert into api_key (client_id, id, hash, name, scopes, created_at, expires_at)
        values (${client}, ${randomUUID()}, sha256(${randomUUID()}::text::bytea), 'k', ${['read', 'ingest']}, now(), now())`;
    });
}

/** Every line of every table, in an order of its own. */
async function read(copy: RecordsCopy): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name, pieces } of copy.tables) {
    const lines: string[] = [];
    for await (const { bytes, rows } of pieces()) {
      const piece = bytes.toString('utf8').split('\n').filter(Boolean);
      expect(piece).toHaveLength(rows);
      lines.push(...piece);
    }
    found[name] = lines.toSorted();
  }
  return found;
}

const filled = ({ name, pieces }: CopiedTable) => ({
  name,
  async *pieces() {
    for await (const { bytes } of pieces()) yield bytes;
  },
});

test.each(['ordinary', 'steward'] as const)('what %s copies is everything, and reads back exactly', async (user) => {
  await using from = await database(user === 'ordinary' ? 'from_a' : 'from_b', user);
  await using to = await database(user === 'ordinary' ? 'to_a' : 'to_b', user);
  await write(from);
  const copy = await from.copy();
  // Written later: not in it.
  await from.behind(
    { client: null, does: 'write' },
    (sql) => sql.rows(z.unknown())`insert into job_run (job, started_at) values ('later', now())`,
  );
  const was = await read(copy);
  expect(was['client']).toHaveLength(2);
  expect(was['audit_entry']).toHaveLength(2400);
  expect(was['api_key']).toHaveLength(2);
  expect(was['invitation']).toHaveLength(2);
  expect(was['job_run']).toHaveLength(1);
  expect(copy.clients.map(({ name }) => name)).toContain(strange);

  await to.fill(copy.tables.map(filled), copy.sequences);
  await copy.close();
  const there = await to.copy();
  expect(await read(there)).toEqual(was);
  await there.close();
  // The walls stand again.
  const seen = await to.behind(
    { client: ours, does: 'read' },
    (sql) => sql.rows(z.object({ n: z.number() }))`select count(*) as n from api_key`,
  );
  expect(seen).toEqual([{ n: 1 }]);
  const forced = await to.rows(z.object({ n: z.number() }))`
    select count(*) as n from pg_class where relname = 'api_key' and relforcerowsecurity`;
  expect(forced).toEqual([{ n: 1 }]);
});

test('tables are filled behind those that they refer to', () => {
  const references = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
  ];
  expect(inOrder(['a', 'b', 'c', 'd'], references)).toEqual(['c', 'd', 'b', 'a']);
  expect(() => inOrder(['a', 'b'], [...references, { from: 'b', to: 'a' }])).toThrow(/circle: a, b/);
});
