import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import { perform } from '../../platform/operation.ts';
import { shipped } from '../../platform/paths.ts';
import { openFresh, openStores, type AppliedOfBoth } from '../../stores/index.ts';
import { prepareCopy } from '../../stores/telemetry/index.ts';
import { startOutsideStores } from '../../stores/testing/outside.ts';
import { quiet, tempDir } from '../../stores/testing/temp.ts';
import { backUp, restore } from './operations.ts';
import { writeBackup } from './write.ts';

/** A backup of earlier tables, made with the stores that come with Steward, restored into those of somebody else. */

const context = (env: Record<string, string>) => localContext({ now: systemClock, config: readConfig(env), log: quiet });

/** The migrations of both stores up to a number, as a Steward of then had them; `openFresh` compares names alone. */
function until(number: string): AppliedOfBoth {
  const of = (store: string) =>
    readdirSync(shipped('src', 'stores', store, 'migrations'))
      .filter((name) => name.endsWith('.sql') && name.slice(0, 4) <= number)
      .map((name) => ({ name, hash: '' }));
  return { records: of('records'), telemetry: of('telemetry') };
}

const N = z.object({ n: z.number() });

test('an older backup is brought up to date, in a PostgreSQL and a ClickHouse of one’s own', async () => {
  using old = tempDir();
  using backups = tempDir();
  using servers = tempDir();
  using target = tempDir();
  const client = randomUUID();
  let path = '';
  {
    await using stores = await openFresh(context({ STEWARD_DATA: old.path }).config, quiet, until('0031'));
    await stores.records.behind(
      { client: null, does: 'write' },
      (sql) => sql.rows(z.unknown())`insert into client values (${client}, 'Acme', 'acme', now())`,
    );
    await stores.telemetry.command(
      `INSERT INTO span (client_id, trace_id, span_id, name, status, started_at, received_at, duration_ms, costable, attributes, workflow)
        SELECT {client:UUID}, leftPad(hex(number), 32, '0'), leftPad(hex(number), 16, '0'), repeat('x', number % 900), 'ok',
          now64(6) - number, now64(3), number, 1, map('n', toString(number)), 'w' FROM numbers(60000)`,
      { client },
    );
    const prepared = await prepareCopy(stores.telemetry);
    await prepared.take();
    const records = await stores.records.copy();
    const cut = {
      at: new Date(),
      records,
      telemetry: await prepared.read(),
      waiting: [],
      heldMs: 0,
      signal: new AbortController().signal,
    };
    ({ path } = await writeBackup(cut, { into: backups.path }));
    await prepared.close();
  }

  await using outside = await startOutsideStores(servers.path);
  const { databaseUrl: DATABASE_URL, clickhouseUrl: CLICKHOUSE_URL } = outside;
  const env = { DATABASE_URL, CLICKHOUSE_URL, STEWARD_DATA: target.path };
  expect(await perform(restore, context(env), { dir: path })).toMatchObject({ spans: 60_000, hasSecret: false });
  {
    await using stores = await openStores(context(env).config, quiet);
    const counted = (sql: string) => stores.telemetry.rows(N)(sql);
    expect(await counted('SELECT count() AS n FROM span')).toEqual([{ n: 60_000 }]);
    expect(await counted('SELECT sum(spans) AS n FROM usage_day')).toEqual([{ n: 60_000 }]);
    // Brought up to date: what came later is there.
    const { telemetry, records } = until('9999');
    expect(await counted('SELECT uniqExact(name) AS n FROM migration')).toEqual([{ n: telemetry.length }]);
    expect(await stores.records.rows(N)`select count(*) as n from migration`).toEqual([{ n: records.length }]);
    expect(await stores.records.rows(N)`select count(*) as n from client`).toEqual([{ n: 1 }]);
  }
  // The same way from there, and no second time into it.
  const again = await perform(backUp, context({ ...env, STEWARD_BACKUP_DIR: join(backups.path, 'outside') }), {});
  expect(again).toMatchObject({ spans: 60_000, clients: 1, online: false });
  using another = tempDir();
  await expect(perform(restore, context({ ...env, STEWARD_DATA: another.path }), { dir: path })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('is not empty'),
  });
  expect(readdirSync(another.path).filter((name) => name !== 'lock')).toEqual([]);
});
