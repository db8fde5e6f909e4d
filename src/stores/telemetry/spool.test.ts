import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openLog } from '../../platform/log.ts';
import { linesOf, refusalLine } from '../../platform/ledger.ts';
import { unavailable } from '../../platform/problem.ts';
import { preparedTelemetry } from '../testing/prepared.ts';
import { eventually, quiet, tempDir } from '../testing/temp.ts';
import { damagedLines } from './damaged.ts';
import { onceBy } from './once.ts';
import { frame } from './segment.ts';
import { digestRows } from './taken.ts';
import { openSpool, openTelemetry, type Spool, type TableParts, type TableRows } from './index.ts';
import { ledgerRows } from './ledger-rows.ts';

const row = (n: number, table = 'span'): TableRows => ({ table, format: 'JSONEachRow', bytes: Buffer.from(`{"n":${n}}\n`) });
const away = () => Promise.reject(unavailable('The store is away.'));

/** A store that remembers, in memory. */
function store() {
  const got: { text: string; token: string }[] = [];
  return {
    got,
    load: ({ parts }: TableParts, token: string) =>
      Promise.resolve(void got.push({ text: Buffer.concat(parts).toString(), token })),
    text: () => got.map(({ text }) => text).join(''),
  };
}
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(row(from + n).bytes)).join('');
const segments = (dir: string) => readdirSync(dir).filter((name) => name.endsWith('.segment'));
const appendAll = (spool: Spool, from: number, to: number) =>
  Promise.all(Array.from({ length: to - from }, (_, n) => spool.append([row(from + n)])));

test('one at a time, what was acknowledged is loaded in order, and then leaves the disk', async () => {
  using dir = tempDir();
  const { load, text } = store();
  const spool = openSpool({ dir: dir.path, loadsAtOnce: 1, load, segmentBytes: 200 }, quiet);
  await appendAll(spool, 0, 50);
  expect(spool.bytes()).toBeGreaterThan(0);
  await eventually(() => spool.bytes() === 0);
  expect(text()).toBe(rows(0, 50));
  expect(readdirSync(dir.path)).toEqual([]);
  await spool.close();
});

test('two segments are loaded at once, each is there once, and a question sees all of a segment waiting or none', async () => {
  using dir = tempDir();
  const { load, text } = store();
  let [under, most, isCrowd] = [0, 0, false];
  const slow = async (loaded: TableParts, token: string) => {
    most = Math.max(most, (under += 1));
    // In the end each waits for another one beside it, however long the next takes to be written.
    await (isCrowd ? eventually(() => most === 2) : new Promise((passed) => setTimeout(passed, 20)));
    await load(loaded, token);
    under -= 1;
  };
  const spool = openSpool({ dir: dir.path, load: slow, segmentBytes: 200 }, quiet);
  const asked: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    await appendAll(spool, n * 10, n * 10 + 10);
    await spool.whileStill(() => Promise.resolve(void asked.push(under)));
  }
  isCrowd = true;
  // One after the other, as those that come at once are written together.
  for (let n = 100; n < 150; n += 1) await spool.append([row(n)]);
  await eventually(() => spool.bytes() === 0);
  expect(text().split('\n').toSorted()).toEqual(rows(0, 150).split('\n').toSorted());
  expect({ most, asked: Math.max(...asked) }).toEqual({ most: 2, asked: 0 });
  await spool.close();
});

test('what waits behind those that are loaded at once is in no doubt: a copy takes it as it is', async () => {
  using dir = tempDir();
  using links = tempDir();
  const first = openSpool({ dir: dir.path, loadsAtOnce: 1, load: away, segmentBytes: 100 }, quiet);
  await appendAll(first, 0, 10);
  await appendAll(first, 10, 20);
  await first.close();
  const left = segments(dir.path);
  expect(left.length).toBeGreaterThan(1);
  const { load } = store();
  const second = openSpool({ dir: dir.path, loadsAtOnce: 1, load }, quiet);
  await second.cut(links.path, () => Promise.resolve());
  expect(segments(links.path)).toEqual(left.slice(1));
  await second.close();
});

test('while the store is away everything waits on disk, and goes in once when it is back, by whoever runs then', async () => {
  using dir = tempDir();
  const first = openSpool({ dir: dir.path, loadsAtOnce: 1, load: away, segmentBytes: 100 }, quiet);
  await appendAll(first, 0, 10);
  await appendAll(first, 10, 20);
  // Nothing of it is closed: as after kill -9.
  const { got, load, text } = store();
  const second = openSpool({ dir: dir.path, loadsAtOnce: 1, load }, quiet);
  await eventually(() => second.bytes() === 0);
  expect(text()).toBe(rows(0, 20));
  expect(new Set(got.map(({ token }) => token)).size).toBe(got.length);
  await Promise.all([first.close(), second.close()]);
});

test('a full spool refuses, keeps what it has, and takes again when there is room', async () => {
  using dir = tempDir();
  const { load, text } = store();
  let isAway = true;
  const spool = openSpool(
    { dir: dir.path, loadsAtOnce: 1, load: (loaded, token) => (isAway ? away() : load(loaded, token)), mostBytes: 400 },
    quiet,
  );
  await appendAll(spool, 0, 10);
  await expect(spool.append([row(99)])).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  isAway = false;
  await eventually(() => spool.bytes() === 0);
  await spool.append([row(10)]);
  await eventually(() => spool.bytes() === 0);
  expect(text()).toBe(rows(0, 11));
  await spool.close();
});

test('who sends more than the store takes is acknowledged once a segment is loaded, and at once while the store is away', async () => {
  using dir = tempDir();
  const { load, text } = store();
  let [isAway, begun] = [false, 0];
  let loadOne = () => {};
  const slow = async (loaded: TableParts, token: string) => {
    if (isAway) return away();
    begun += 1;
    await new Promise<void>((taken) => (loadOne = taken));
    return load(loaded, token);
  };
  const spool = openSpool(
    { dir: dir.path, loadsAtOnce: 1, load: slow, segmentBytes: 1, muchBytes: 1, patienceMs: 600_000 },
    quiet,
  );
  await spool.append([row(0)]);
  await eventually(() => begun === 1);
  let isDone = false;
  const behind = spool.append([row(1)]).then(() => (isDone = true));
  await sleep(50);
  expect(isDone).toBe(false);
  loadOne();
  await behind;
  await eventually(() => begun === 2);
  isAway = true;
  const beforeFailure = spool.append([row(2)]);
  loadOne();
  await beforeFailure;
  await eventually(() => spool.status().spool.bytes > 0 && text() === rows(0, 2));
  await appendAll(spool, 3, 6);
  isAway = false;
  await eventually(() => {
    loadOne();
    return spool.bytes() === 0;
  });
  expect(text().split('\n').toSorted()).toEqual(rows(0, 6).split('\n').toSorted());
  const late = spool.append([row(6)]);
  await Promise.all([spool.close(), late.catch(() => undefined)]);
});

test.each([
  ['a frame that was cut off', Buffer.from([40, 0, 0, 0, 1, 2, 3, 4, 5])],
  ['a head that was cut off', Buffer.from([40, 1])],
  ['zeros, and something behind them', Buffer.concat([Buffer.alloc(4096), Buffer.from('x')])],
])('the end of a write that was never acknowledged is dropped and told: %s', async (_, tail) => {
  using dir = tempDir();
  const first = openSpool({ dir: dir.path, loadsAtOnce: 1, load: away }, quiet);
  await appendAll(first, 0, 3);
  await first.close();
  const [name = ''] = segments(dir.path);
  appendFileSync(join(dir.path, name), tail);

  const said: string[] = [];
  const { load, text } = store();
  const second = openSpool({ dir: dir.path, loadsAtOnce: 1, load }, openLog('warn', { write: (line) => void said.push(line) }));
  await eventually(() => second.bytes() === 0);
  expect(text()).toBe(rows(0, 3));
  expect(said.join('')).toContain(`"tornBytes":${tail.length}`);
  expect(readdirSync(dir.path)).toEqual([]);
  await second.close();
});

test('bytes that changed on disk are noticed, told and kept; what stands around them is loaded', async () => {
  using dir = tempDir();
  const first = openSpool({ dir: dir.path, loadsAtOnce: 1, load: away }, quiet);
  await appendAll(first, 0, 3);
  await first.close();
  const [name = ''] = segments(dir.path);
  const path = join(dir.path, name);
  const bytes = readFileSync(path);
  bytes[bytes.lastIndexOf('1')]! ^= 1;
  writeFileSync(path, bytes);

  const said: string[] = [];
  const { load, text } = store();
  const second = openSpool({ dir: dir.path, loadsAtOnce: 1, load }, openLog('warn', { write: (line) => void said.push(line) }));
  await eventually(() => second.bytes() === 0);
  expect(text()).toContain(rows(0, 1) + rows(2, 3));
  expect(text()).toMatch(/"reason":"damaged",.*"requests":1,.*"outcome":"refused"/);
  expect(said.join('')).toContain('cannot be read');
  expect(readdirSync(dir.path)).toEqual([`${name}.damaged`]);
  await second.close();
});

test('a batch that the store refuses for good is set aside alone, and holds up nothing beside or behind it', async () => {
  using dir = tempDir();
  const { load, text } = store();
  const refusing = (loaded: TableParts, token: string) =>
    Buffer.concat(loaded.parts).includes('"n":1}') ? Promise.reject(new Error('No such column.')) : load(loaded, token);
  const spool = openSpool({ dir: dir.path, loadsAtOnce: 1, load: refusing, segmentBytes: 100 }, quiet);
  await appendAll(spool, 0, 6);
  await eventually(() => spool.bytes() === 0);
  expect(text()).toBe(rows(0, 1) + rows(2, 6));
  expect(readdirSync(dir.path)).toEqual([expect.stringMatching(/\.refused$/)]);
  expect(readFileSync(join(dir.path, readdirSync(dir.path)[0]!), 'utf8')).toContain(String(row(1).bytes));
  await spool.close();
});

test('rows of several tables stay together on disk, and go in one insert per table', async () => {
  using dir = tempDir();
  const { got, load } = store();
  const spool = openSpool({ dir: dir.path, loadsAtOnce: 1, load }, quiet);
  await Promise.all([spool.append([row(1), row(2, 'score')]), spool.append([row(3), row(4, 'score')])]);
  await eventually(() => spool.bytes() === 0);
  await spool.close();
  expect(got.map(({ text }) => text)).toEqual(['{"n":1}\n{"n":3}\n', '{"n":2}\n{"n":4}\n']);
  const [span, score] = got.map(({ token }) => token);
  expect([span, score]).toEqual([expect.stringMatching(/-span$/), span?.replace('-span', '-score')]);
});

test('of very many small requests no insert holds more than a thousand, and one that fails in between is taken once', async () => {
  using dir = tempDir();
  const first = openSpool({ dir: dir.path, loadsAtOnce: 1, load: away }, quiet);
  await appendAll(first, 0, 2500);
  await first.close();
  expect(segments(dir.path)).toHaveLength(1);
  const had = new Map<string, number>();
  const { load, text } = store();
  let fails = 1;
  const second = openSpool(
    {
      dir: dir.path,
      loadsAtOnce: 1,
      load: async (loaded, token) => {
        if (had.size === 1 && (fails -= 1) === 0) return away();
        if (!had.has(token)) await load(loaded, token);
        had.set(token, loaded.parts.length);
      },
    },
    quiet,
  );
  await eventually(() => second.bytes() === 0);
  expect(text()).toBe(rows(0, 2500));
  expect([...had.values()]).toEqual([1000, 1000, 500]);
  await second.close();
});

test('of a request whose end was cut off, no table has anything', async () => {
  using dir = tempDir();
  const first = openSpool({ dir: dir.path, loadsAtOnce: 1, load: away }, quiet);
  await first.append([row(1), row(2, 'score')]);
  await first.append([row(3), row(4, 'score')]);
  await first.close();
  const [name = ''] = segments(dir.path);
  const path = join(dir.path, name);
  writeFileSync(path, readFileSync(path).subarray(0, -1));
  const { load, text } = store();
  const second = openSpool({ dir: dir.path, loadsAtOnce: 1, load }, quiet);
  await eventually(() => second.bytes() === 0);
  expect(text()).toBe(rows(1, 3));
  await second.close();
});

test('a segment that is loaded twice is in the store once', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const line = { client_id: '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
  const options = { settings: onceBy('one') };
  for (let n = 0; n < 3; n += 1) await telemetry.insert('span', Buffer.from(`${JSON.stringify(line)}\n`), options);
  // Without LIMIT 1 BY: the engine itself dropped them.
  expect(await telemetry.rows(z.object({ n: z.number() }))('SELECT count() AS n FROM span')).toEqual([{ n: 1 }]);
});

test('what was torn between a table and its views is made whole by the next try, and once', async () => {
  using dir = await preparedTelemetry();
  await using telemetry = await openTelemetry({ dir: dir.path }, quiet);
  const line = { client_id: '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
  const load = () => telemetry.insert('span', Buffer.from(`${JSON.stringify(line)}\n`), { settings: onceBy('one') });
  const counts = () =>
    telemetry.rows(z.object({ spans: z.number(), hours: z.number() }))(
      'SELECT (SELECT count() FROM span) AS spans, (SELECT count() FROM trace_hour) AS hours',
    );
  // As if the engine had been killed after the table had the rows and before its view was asked.
  await telemetry.command('DETACH TABLE hours_of_traces');
  await load();
  await telemetry.command('ATTACH TABLE hours_of_traces');
  expect(await counts()).toEqual([{ spans: 1, hours: 0 }]);
  await load();
  await load();
  expect(await counts()).toEqual([{ spans: 1, hours: 1 }]);
});

test('it says whose telemetry waits, also what an earlier process left', async () => {
  using dir = tempDir();
  const entry = (client: string) => ({ client, lines: [refusalLine(client, new Date(0), 'invalid')] });
  const keep = (spool: Spool, client: string) => spool.append([row(1), ledgerRows(entry(client).lines)], entry(client));
  const first = openSpool({ dir: dir.path, loadsAtOnce: 1, load: away }, quiet);
  await Promise.all([keep(first, 'a'), keep(first, 'b')]);
  expect([first.bytesOf('a') > 0, first.bytesOf('c')]).toEqual([true, 0]);
  await first.close();
  const { load } = store();
  const second = openSpool({ dir: dir.path, loadsAtOnce: 1, load }, quiet);
  expect(second.bytesOf('b')).toBeGreaterThan(0);
  await eventually(() => second.bytes() === 0);
  expect([second.bytesOf('a'), second.bytesOf('b')]).toEqual([0, 0]);
  await second.close();
});

test('of a frame that changed, its own lines tell the ledger how much of whom is set aside', () => {
  const client = '0b9e2b5e-6c5d-4f6e-9d5a-0d1c2b3a4f5e';
  const tally = { kind: 'span', received: 5, resent: 1, rejected: new Map([['no_id', 1]]), bytes: 100 } as const;
  const lines = linesOf(client, new Date('2026-11-21T10:20:00Z'), tally);
  const whole = Buffer.concat(frame([row(1), ledgerRows(lines)])).subarray(8);
  const of = (bytes: Buffer) => damagedLines(bytes, new Date('2026-11-21T11:00:00Z'));
  const touched = Buffer.from(whole);
  touched[touched.indexOf('"n":1')] = 0;
  expect(of(touched)).toEqual([...lines, expect.objectContaining({ outcome: 'set_aside', reason: 'damaged', items: 3 })]);
  const torn = Buffer.from(whole);
  torn[torn.indexOf('"received"')] = 0;
  expect(of(torn)).toEqual([expect.objectContaining({ client_id: client, outcome: 'refused', reason: 'damaged', requests: 1 })]);
  expect(of(Buffer.alloc(20))).toEqual([expect.objectContaining({ outcome: 'refused', reason: 'damaged', requests: 1 })]);

  // A client's text may say that it is another's, in the ledger's own words.
  const other = client.replace('0b9e', 'ffff');
  const said = Buffer.from(
    linesOf(other, new Date(), tally)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  const told: TableRows = { table: 'span', format: 'RowBinary', bytes: said };
  const parts = (...rows: TableRows[]) => Buffer.concat(frame(rows)).subarray(8);
  const broken = (bytes: Buffer, at: number) => {
    const changed = Buffer.from(bytes);
    changed[at] = 0;
    return of(changed);
  };
  for (const behind of [[], [digestRows('ab'.repeat(32))]]) {
    const bytes = parts(told, ledgerRows(lines), ...behind);
    expect(broken(bytes, bytes.lastIndexOf('"received"'))).toMatchObject([{ client_id: client, outcome: 'refused' }]);
    const nobody = broken(bytes, bytes.lastIndexOf('"rejected"'));
    expect(nobody).toMatchObject([{ client_id: '00000000-0000-0000-0000-000000000000', outcome: 'refused' }]);
  }
});
