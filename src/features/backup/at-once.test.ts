import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext, type Context } from '../../platform/context.ts';
import type { Cut } from '../../platform/copy.ts';
import { openStores, type Stores } from '../../stores/index.ts';
import { prepareCopy } from '../../stores/telemetry/index.ts';
import { startOutsideStores, type OutsideStores } from '../../stores/testing/outside.ts';
import { eventually, quiet, tempDir } from '../../stores/testing/temp.ts';
import { openPractice } from '../accounts/index.ts';
import { recost } from '../telemetry/prices/recost.ts';
import { eraseUser, hashesOf } from '../telemetry/privacy/erase.ts';
import { sumDays } from '../telemetry/sums/index.ts';
import { writeBackup } from './write.ts';

/** Two processes on the same stores, and what else goes on while a backup is made. */

let dir: ReturnType<typeof tempDir>;
let outside: OutsideStores;
let here: Stores;
let there: Stores;
const acme = { id: randomUUID(), name: 'Acme' };
const N = z.object({ n: z.number() });
const DAY = { from: '2026-05-01T00:00:00Z', to: '2026-05-02T00:00:00Z' };

const configOf = (name: string) =>
  readConfig({
    STEWARD_DATA: join(dir.path, name),
    STEWARD_SECRET: 'a secret that both share, long enough for it',
    DATABASE_URL: outside.databaseUrl,
    CLICKHOUSE_URL: outside.clickhouseUrl,
  });

beforeAll(async () => {
  dir = tempDir();
  outside = await startOutsideStores(dir.path);
  here = await openStores(configOf('here'), quiet);
  there = await openStores(configOf('there'), quiet);
  await here.records.behind(
    { client: null, does: 'write' },
    (sql) => sql.rows(z.unknown())`insert into client values (${acme.id}, 'Acme', 'acme', now())`,
  );
  await here.telemetry.command(
    `INSERT INTO span (client_id, trace_id, span_id, name, status, started_at, received_at, duration_ms, costable, cost_usd, model, user, workflow)
      SELECT {client:UUID}, leftPad(hex(number), 32, '0'), leftPad(hex(number), 16, '0'), 'chat', 'ok',
        toDateTime64('2026-05-01 10:00:00', 3, 'UTC') + number, now64(3), 1, 1, 7, 'nobody-knows-it', 'user', 'w' FROM numbers(100)`,
    { client: acme.id },
  );
});
afterAll(async () => {
  await here.close();
  await there.close();
  await outside[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

/** Does something for the client as an operation that writes would. */
const writing = <T>(work: (ctx: Context) => Promise<T>) => {
  const ctx = localContext({ now: systemClock, config: configOf('here'), log: quiet });
  const deed = { operation: 'test', actor: { kind: 'local' }, at: new Date(), input: {} } as const;
  const practice = openPractice(here);
  return practice.writing(acme, deed, (handles) => work({ ...ctx, practice, client: acme, ...handles }));
};

const backUp = (cut: Cut) => writeBackup(cut, { into: join(dir.path, 'backups') });

test('a process that backs up while another does is told so, and takes nothing away from it', async () => {
  const made = await here.cut(async (cut) => {
    const unfinished = join(dir.path, 'backups', 'x.unfinished');
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'file'), '');
    await expect(there.cut(backUp)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Another process'),
    });
    expect(readdirSync(unfinished)).toEqual(['file']);
    return backUp(cut);
  });
  expect(made).toMatchObject({ clients: 1, spans: 100 });
  expect(await there.cut(backUp)).toMatchObject({ spans: 100 });
});

test.each([
  ['emptied', 'TRUNCATE TABLE aside_span'],
  ['filled twice', 'ALTER TABLE aside_span ATTACH PARTITION ALL FROM span'],
])('a copy that was %s by somebody else is not taken for whole', async (_, spoil) => {
  const prepared = await prepareCopy(here.telemetry);
  await prepared.take();
  await here.telemetry.command(spoil);
  await expect(prepared.read()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('Of span') });
  await prepared.close();
});

test('sums that are made anew and a backup do not wait for each other', async () => {
  let end = () => {};
  const before = here.changes.during(() => new Promise<void>((over) => (end = over)));
  const cutting = here.cut((cut) => Promise.resolve(cut.at));
  await eventually(async () => (await asideTables()) > 0);
  let summing: Promise<unknown> = Promise.resolve();
  // Each gets as far as it can before the other.
  await there.records.locks.alone('loading', 10_000, async () => {
    await sleep(500);
    summing = writing((ctx) => sumDays(ctx, [Date.parse(DAY.from)]));
    await sleep(1000);
    end();
    await sleep(500);
  });
  await Promise.all([before, summing, cutting]);
});

async function asideTables(): Promise<number> {
  const [found] = await here.telemetry.rows(N)(`SELECT count() AS n FROM system.tables WHERE startsWith(name, 'aside_')`);
  return found!.n;
}

test('a process that is stopped does not wait for the moment of its backup', async () => {
  const third = await openStores(configOf('third'), quiet);
  let end = () => {};
  const rewriting = third.changes.during(() => new Promise<void>((over) => (end = over)));
  let moving = () => {};
  const held = third.spool.whileStill(() => new Promise<void>((over) => (moving = over)));
  const cut = third.cut(backUp);
  const refused = expect(cut).rejects.toThrow('is being stopped');
  await eventually(async () => (await asideTables()) > 0);
  // Now it waits for the spool.
  end();
  await rewriting;
  await sleep(200);
  const closed = third.close();
  await refused;
  moving();
  await Promise.all([held, closed]);
  expect(await asideTables()).toBe(0);
});

/** What is done in steps, in the middle of which a backup asks for its moment; answers what came in which order. */
async function inTheMiddle(work: (ctx: Context) => Promise<unknown>): Promise<string[]> {
  const order: string[] = [];
  let asked: Promise<unknown> | undefined;
  const step = async <T>(name: string, doing: Promise<T>) => {
    const done = await doing;
    order.push(name);
    asked ??= here.changes.still(() => Promise.resolve(order.push('backup')));
    return done;
  };
  await writing((ctx) => {
    const { intake, removal } = ctx;
    return work({
      ...ctx,
      intake: { ...intake, keep: (...rows) => step('kept', intake.keep(...rows)) },
      removal: {
        ...removal,
        remove: (...which) => step('removed', removal.remove(...which)),
        sumAgain: (...days) => step('summed', removal.sumAgain(...days)),
      },
    });
  });
  await asked;
  return order;
}

test('no backup falls between the steps of new prices', async () => {
  const order = await inTheMiddle(async (ctx) => {
    expect(await recost(ctx, DAY.from, DAY.to, false)).toMatchObject({ changed: 100 });
  });
  expect(order).toEqual(['kept', 'summed', 'backup']);
});

test('no backup falls between the steps of an erasure', async () => {
  const order = await inTheMiddle((ctx) => eraseUser(ctx, hashesOf('user', ctx.client!.id), new Date()));
  expect(order.slice(-3)).toEqual(['removed', 'summed', 'backup']);
  expect(order.indexOf('backup')).toBe(order.length - 1);
});
