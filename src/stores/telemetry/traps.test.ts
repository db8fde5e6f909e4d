// What chDB does that a server would not, and our guard against each: one test per trap.
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { enginePid } from '../testing/pids.ts';
import { eventually, quiet, tempDir } from '../testing/temp.ts';
import { bodiesIn } from './engine/options.ts';
import { bodyHeader } from './engine/protocol.ts';
import { handOver } from './hand-over.ts';
import { openTelemetry, type Telemetry } from './index.ts';

const dir = tempDir();
const Value = z.object({ value: z.string() });
const Count = z.object({ count: z.number() });
let telemetry: Telemetry;
const value = async (sql: string, params = {}, options = {}) => (await telemetry.rows(Value)(sql, params, options))[0]?.value;
const count = async (table: string) => (await telemetry.rows(Count)(`SELECT count() AS count FROM ${table}`))[0]?.count;

beforeAll(async () => {
  telemetry = await openTelemetry({ dir: join(dir.path, 'telemetry') }, quiet);
  await telemetry.command('CREATE TABLE victim (id UInt64) ENGINE = MergeTree ORDER BY id');
  await telemetry.command('CREATE TABLE text (id UInt64, text String) ENGINE = MergeTree ORDER BY id');
});
afterAll(async () => {
  await telemetry.close();
  dir[Symbol.dispose]();
});

const bodies = () => bodiesIn(join(dir.path, 'telemetry'));

/** What the engine says of an insert whose rows are said to be in a file. */
function insertByHeader(name: string): Promise<string> {
  const socketPath = join(dir.path, 'telemetry', 'run', 'telemetry.sock');
  const path = `/?query=${encodeURIComponent('INSERT INTO text (text) FORMAT LineAsString')}`;
  return new Promise((told, failed) => {
    const asked = request({ socketPath, path, method: 'POST', headers: { [bodyHeader]: name } }, (answer) => {
      void textOf(answer).then(told, failed);
    });
    asked.once('error', failed);
    asked.end();
  });
}

const hostile = [
  "it's",
  "'; DROP TABLE victim; --",
  '\n\nDROP TABLE victim',
  'a\r\n\tb',
  'before\0after',
  '\\',
  "\\'; DROP TABLE victim",
  '`"{x:String}',
  '😀\u2028\u00a0',
  '',
];

test.each(hostile)('a parameter is the value it was: %j', async (text) => {
  expect(await value('SELECT {text:String} AS value', { text })).toBe(text);
  expect(await value('SELECT {text:Array(String)}[1] AS value', { text: [text] })).toBe(text);
  expect(await count('victim')).toBe(0);
});

test('what a client sends is rows to the last byte, in objects', async () => {
  await telemetry.insert(
    'text',
    hostile.map((text, id) => ({ id, text })),
  );
  const back = await telemetry.rows(z.object({ text: z.string() }))('SELECT text FROM text ORDER BY id');
  expect(back.map(({ text }) => text)).toEqual(hostile);
  expect(await count('victim')).toBe(0);
});

test('an empty line in the bytes of an insert does not end its data', async () => {
  await telemetry.command('CREATE TABLE raw (text String) ENGINE = MergeTree ORDER BY ()');
  const sql = '\n\nDROP TABLE victim\n\n;DROP TABLE victim';
  // A string in RowBinary: its length, then its bytes as they are.
  const row = Buffer.concat([Buffer.from([sql.length]), Buffer.from(sql)]);
  await telemetry.insert('raw', Readable.from([row, row], { objectMode: false }), { format: 'RowBinary' });
  expect(await value('SELECT any(text) AS value FROM raw')).toBe(sql);

  const lines = Buffer.from('{"text":"a"}\n\nDROP TABLE victim\n');
  await expect(telemetry.insert('raw', lines)).rejects.toThrow(/refuses the rows/);
  expect(await count('raw')).toBe(2);
  expect(await count('victim')).toBe(0);
});

test('rows that go by a file are rows to the last byte, and leave no file', async () => {
  await telemetry.command('CREATE TABLE handed (text String) ENGINE = MergeTree ORDER BY ()');
  const sql = '\n\nDROP TABLE victim\n\n;DROP TABLE victim';
  const row = Buffer.concat([Buffer.from([sql.length]), Buffer.from(sql)]);
  const parts = Array.from({ length: 3000 }, () => row);
  await telemetry.insert('handed', { parts }, { format: 'RowBinary' });
  expect(await value('SELECT any(text) AS value FROM handed')).toBe(sql);
  expect(await count('handed')).toBe(3000);
  await expect(telemetry.insert('handed', { parts: [Buffer.from([9])] }, { format: 'RowBinary' })).rejects.toThrow();
  expect(await count('handed')).toBe(3000);
  expect(readdirSync(bodies())).toEqual([]);
});

test('only a file of the engine itself may be named as the rows of an insert', async () => {
  const secret = join(dir.path, 'secret');
  writeFileSync(secret, 'secret');
  for (const name of [secret, '../../secret', `${randomUUID()}.handed'`, `../${randomUUID()}.handed`])
    expect(await insertByHeader(name)).toMatch(/no name of a body/);
  expect(await insertByHeader(`${randomUUID()}.handed`)).toMatch(/Code: /);
  expect(await count('text')).toBe(hostile.length);
});

test('rows whose file an engine cleared away when it started anew may be sent again', async () => {
  const handed = await handOver(bodies(), [Buffer.from('x')]);
  expect(handed.isThere()).toBe(true);
  process.kill(telemetry.pid()!, 'SIGKILL');
  await eventually(async () => (await value("SELECT 'here' AS value").catch(() => '')) === 'here');
  expect(handed.isThere()).toBe(false);
  await expect(handOver(join(bodies(), 'nowhere'), [Buffer.from('x')])).rejects.toMatchObject({ code: 'unavailable' });
});

test('a name is never SQL', async () => {
  for (const table of ['victim; DROP TABLE victim', 'victim (id) SELECT 1', 'a.b.c', ''])
    await expect(telemetry.insert(table, [{ id: 1 }])).rejects.toMatchObject({ code: 'invalid' });
  await expect(telemetry.insert('victim', [{ id: 1 }], { format: 'RowBinary\nx' })).rejects.toMatchObject({ code: 'invalid' });
  await expect(telemetry.insert('victim', [{ id: 1 }], { columns: ['id`) SELECT 1 --'] })).rejects.toMatchObject({
    code: 'invalid',
  });
});

test('what a failed query had to say is never in the next answer', async () => {
  // Enough rows before the failure that some of them are on their way out.
  const failing = 'SELECT toString(number) AS value, throwIf(number = 900000) FROM numbers(1000000)';
  for (let round = 0; round < 3; round += 1) {
    await expect(telemetry.rows(Value)(failing, {}, { settings: { max_threads: 1 } })).rejects.toThrow(/throwIf/);
    expect(await telemetry.rows(Value)(`SELECT 'clean' AS value`)).toEqual([{ value: 'clean' }]);
  }
});

test('queries beside failing ones get their own answers', async () => {
  const asked = Array.from({ length: 60 }, async (_, id) => {
    if (id % 3 === 0)
      return telemetry
        .rows(Value)('SELECT throwIf(number = 900) AS value FROM numbers(1000)')
        .catch(() => String(id));
    return value('SELECT {id:String} AS value, sleep(0.01)', { id: String(id) });
  });
  expect(await Promise.all(asked)).toEqual(asked.map((_, id) => String(id)));
});

test('settings and parameters end with their query', async () => {
  const sql = `SELECT getSetting('format_csv_null_representation') AS value`;
  const odd = "\\'a\\ --x\n\n;";
  expect(await value(sql, {}, { settings: { format_csv_null_representation: odd } })).toBe(odd);
  expect(await value(sql)).toBe('\\N');

  expect(await value('SELECT {secret:String} AS value', { secret: 'of another client' })).toBe('of another client');
  await expect(value('SELECT {secret:String} AS value')).rejects.toThrow(/secret/);
});

test('a setting that does not exist is refused, not ignored', async () => {
  await expect(value(`SELECT '' AS value`, {}, { settings: { max_thread: 1 } as object })).rejects.toThrow(/Unknown setting/);
});

test('NUL does not end an answer', async () => {
  expect(await value(`SELECT concat('a', char(0), 'b') AS value`)).toBe('a\0b');
});

test('rows of more than 100 partitions are refused whole', async () => {
  await telemetry.command('CREATE TABLE daily (at DateTime) ENGINE = MergeTree ORDER BY at PARTITION BY toDate(at)');
  const days = (length: number) =>
    Array.from({ length }, (_, day) => ({ at: new Date(Date.UTC(2026, 0, 1 + day)).toISOString() }));
  await expect(telemetry.insert('daily', days(101))).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/100 partitions/),
  });
  expect(await count('daily')).toBe(0);
  await telemetry.insert('daily', days(100));
  expect(await count('daily')).toBe(100);
});

test('a question changes nothing', async () => {
  await expect(telemetry.rows(z.unknown())('DROP TABLE victim')).rejects.toThrow(/readonly/i);
  await expect(telemetry.rows(z.unknown())('SELECT 1; DROP TABLE victim')).rejects.toThrow(/readonly/i);
  expect(await count('victim')).toBe(0);
});

const endless = 'SELECT toString(sum(sipHash64(number))) AS value FROM numbers(1000000000000)';

test('a query past its limit is stopped, and says so', async () => {
  await expect(value(endless, {}, { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'too_large',
    message: expect.stringMatching(/limit of 0.3 s/),
  });
});

test('a query that is given up is stopped', async () => {
  const stop = new AbortController();
  const asked = value(endless, {}, { queryId: 'given-up', signal: stop.signal });
  await eventually(async () => (await telemetry.progressOf('given-up')) !== undefined);
  stop.abort(new Error('given up'));
  await expect(asked).rejects.toThrow('given up');
  await eventually(async () => (await telemetry.progressOf('given-up')) === undefined);
});

test('a query that needs too much memory is stopped alone', async () => {
  const greedy = 'SELECT toString(length(groupArray(number))) AS value FROM numbers(200000000)';
  await expect(value(greedy)).rejects.toMatchObject({ code: 'too_large', message: expect.stringMatching(/memory/) });
  expect(await value(`SELECT 'well' AS value`)).toBe('well');
});

test('running queries can be seen and stopped, however many wait', async () => {
  const stop = new AbortController();
  setMaxListeners(30, stop.signal);
  const asked = Array.from({ length: 30 }, (_, id) =>
    value(
      'SELECT toString(sleepEachRow(0.1)) AS value FROM numbers(300)',
      {},
      { queryId: `slow-${id}`, signal: stop.signal, settings: { max_block_size: '1' } },
    ),
  );
  const ended = Promise.allSettled(asked);
  await eventually(async () => (await telemetry.progressOf('slow-0')) !== undefined);
  const started = Date.now();
  stop.abort();
  await ended;
  await eventually(async () => (await telemetry.progressOf('slow-0')) === undefined);
  expect(await value(`SELECT 'well' AS value`)).toBe('well');
  // Each alone would have taken half a minute, and twelve at once may run.
  expect(Date.now() - started).toBeLessThan(60_000);
});

test('a query whose turn does not come is refused, and the engine lives', async () => {
  const pid = enginePid(dir.path);
  const stop = new AbortController();
  setMaxListeners(30, stop.signal);
  const slow = Array.from({ length: 12 }, () => value(endless, {}, { signal: stop.signal }));
  const ended = Promise.allSettled(slow);
  await expect(value(`SELECT '' AS value`, {}, { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/busy/),
  });
  stop.abort();
  await ended;
  await eventually(async () => (await value(`SELECT 'well' AS value`)) === 'well');
  expect(enginePid(dir.path)).toBe(pid);
});

test('an engine that ended is back, and who was asking may ask again', async () => {
  const asked = value(endless, {}, { queryId: 'cut-off' }).catch((error: unknown) => error);
  await eventually(async () => (await telemetry.progressOf('cut-off')) !== undefined);
  process.kill(enginePid(dir.path), 'SIGKILL');
  expect(await asked).toMatchObject({ code: 'unavailable', retryable: true });
  await eventually(async () => (await value(`SELECT 'back' AS value`)) === 'back');
});

test('an engine that does not answer is ended when the limit of a query is over', async () => {
  const pid = enginePid(dir.path);
  process.kill(pid, 'SIGSTOP');
  await expect(value(`SELECT '' AS value`, {}, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'unavailable' });
  await eventually(async () => (await value(`SELECT 'back' AS value`)) === 'back');
  expect(enginePid(dir.path)).not.toBe(pid);
});
