// What a statement can be made to reach: on the main store nothing but its tables, on a scratch store files by `file`.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ClickHouseSettings } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { quiet, tempDir } from '../testing/temp.ts';
import { openScratchTelemetry, openTelemetry, type ScratchTelemetry, type Telemetry } from './index.ts';

const dir = tempDir();
const secret = join(dir.path, 'secret.csv');
const out = join(dir.path, 'out.csv');
let telemetry: Telemetry;
let scratch: ScratchTelemetry;
let visits = 0;
const server = createServer((_, response) => {
  visits += 1;
  response.end('visited\n');
});
let url = '';

beforeAll(async () => {
  writeFileSync(secret, 'secret\n');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.csv`;
  telemetry = await openTelemetry({ dir: join(dir.path, 'telemetry') }, quiet);
  scratch = await openScratchTelemetry({ dir: dir.path, log: quiet });
  const programs = join(dir.path, 'telemetry', 'tables', 'user_scripts');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'program'), '#!/bin/sh\ncat\n', { mode: 0o755 });
  for (const store of [telemetry, scratch]) await store.command('CREATE TABLE t (x String) ENGINE = MergeTree ORDER BY x');
});
afterAll(async () => {
  await telemetry.close();
  await scratch.close();
  server.close();
  dir[Symbol.dispose]();
});

const refused = /own tables|Not enough privileges|should not be changed|does not exist inside user scripts/;
const filled = (sql: string) => sql.replaceAll('<secret>', secret).replaceAll('<out>', out).replaceAll('<url>', url);

async function expectRefused(store: Telemetry, sql: string, params = {}) {
  await expect(store.rows(z.unknown())(filled(sql), params), sql).rejects.toThrow();
  await expect(store.command(filled(sql), params), sql).rejects.toThrow(refused);
  expect(await store.rows(z.unknown())('SELECT * FROM t')).toEqual([]);
  expect(existsSync(out)).toBe(false);
  expect(visits).toBe(0);
}

const spellings = [
  'file',
  'FILE',
  '`file`',
  '"file"',
  '“file”',
  '`fi\\x6ce`',
  '"fi\\Nle"',
  'file/**/',
  'file /* ( */',
  'file--\n',
  'file -- (\n',
  'file#!\n',
  'file//\n',
  'file\n\t ',
  'file\u00a0',
  'file\u2003',
  'file\u3000',
  `/*'*/file/*'*/`,
  `/*/ ' /*/file`,
  `--'\nfile`,
  `# '\nfile`,
  `$a$'$a$ || file`,
];

test.each(spellings)('the main store has no function %j, of tables or of values', async (name) => {
  await expectRefused(telemetry, `SELECT * FROM ${name}('<secret>', 'LineAsString')`);
  await expectRefused(telemetry, `INSERT INTO t SELECT * FROM ${name}('<secret>', 'LineAsString')`);
  await expectRefused(telemetry, `INSERT INTO t SELECT ${name}('<secret>')`);
  await expectRefused(telemetry, `INSERT INTO t SELECT (SELECT max(y) FROM (SELECT ${name}('<secret>') AS y))`);
  await expectRefused(telemetry, `INSERT INTO t SELECT arrayMap(${name}, ['<secret>'])[1]`);
  await expectRefused(telemetry, `INSERT INTO FUNCTION ${name}('<out>', 'CSV', 'x String') SELECT 'x'`);
});

test.each([
  'SELECT * FROM `<secret>`',
  "SELECT * FROM '<secret>'",
  'SELECT * FROM default."<secret>"',
  'INSERT INTO t SELECT * FROM `<secret>`',
  "CREATE TABLE f (x String) ENGINE = File(CSV, '<secret>')",
  "CREATE TABLE f (x String) ENGINE = `Fi\\x6ce`(CSV, '<secret>')",
  "CREATE TABLE f AS file('<secret>')",
  "CREATE TABLE f (x String MATERIALIZED file('<secret>'), y UInt8) ENGINE = MergeTree ORDER BY y",
  "CREATE DICTIONARY f (x UInt64) PRIMARY KEY x SOURCE(FILE(path '<secret>' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)",
  'CREATE FUNCTION f AS (x) -> file(x)',
  "SELECT 1; INSERT INTO t SELECT * FROM `file`('<secret>')",
  "SELECT * FROM executable('program', CSV, 'x String')",
  "SELECT * FROM sqlite('<secret>', 't')",
  "SELECT * FROM filesystem('<secret>')",
  "BACKUP TABLE t TO File('<out>')",
  "BACKUP TABLE t TO Disk('default', '<out>')",
  'GRANT READ ON FILE TO default',
  'CREATE USER u',
  "CREATE DATABASE d ENGINE = Filesystem('/')",
  "SELECT * FROM eval('SELECT 1') SETTINGS allow_experimental_eval_table_function = 1",
  "SELECT 1 FORMAT Template SETTINGS format_template_row = '<secret>'",
  "SET format_schema = '<secret>'",
  'SET allow_experimental_kusto_dialect = 1',
])('the main store sees no file: %s', (sql) => expectRefused(telemetry, sql));

test('the main store takes no name of a function as a parameter', async () => {
  for (const type of ['Identifier', ' Identifier ', '/**/Identifier', '`Identifier`'])
    await expectRefused(telemetry, `INSERT INTO t SELECT arrayMap({f:${type}}, ['<secret>'])[1]`, { f: 'file' });
});

test('no setting of a question opens a file or another language', async () => {
  const text = 'SELECT 1';
  for (const settings of [
    { format_template_row: secret },
    { format_schema: secret },
    { allow_experimental_eval_table_function: 1 },
    { dialect: 'kusto' },
  ])
    await expect(telemetry.rows(z.unknown())(text, {}, { settings: settings as ClickHouseSettings })).rejects.toThrow(refused);
});

const both = [
  "INSERT INTO t FROM INFILE '<secret>' FORMAT LineAsString",
  "insert into t from/**/infile'<secret>' format LineAsString",
  "INSERT INTO t FROM\u00a0InFile\n'<secret>' FORMAT LineAsString",
  "INSERT INTO t (x) FROM --'\n INFILE '<secret>' FORMAT LineAsString",
  "INSERT INTO t FROM # '\nINFILE '<secret>' FORMAT LineAsString --'",
  "SELECT 1; INSERT INTO t FROM INFILE '<secret>' FORMAT LineAsString",
  "SELECT 1 INTO OUTFILE '<out>'",
  "SELECT 1 into/**/outfile '<out>'",
  "SELECT 1 INTO\u2003OUTFILE '<out>'",
  "SELECT $a$'$a$ INTO OUTFILE '<out>' --'",
  "SELECT “'” INTO OUTFILE '<out>' --'",
  "SELECT * FROM (SELECT 1) INTO OUTFILE '<out>' TRUNCATE FORMAT CSV",
  "CREATE TABLE d (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS disk = disk(type = web, endpoint = '<url>')",
  "CREATE TABLE d (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS disk = `disk`/**/(type = web, endpoint = '<url>')",
  "CREATE TABLE d (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS `disk` = `di\\x73k`(type = web, endpoint = '<url>')",
  "CREATE TABLE d (x String) ENGINE = EmbeddedRocksDB(0, '<out>') PRIMARY KEY x",
  "CREATE TABLE d (x String) ENGINE = `EmbeddedRocksDB`(0, '<out>') PRIMARY KEY x",
  "SELECT aiGenerate('x', 'y') SETTINGS allow_experimental_ai_functions = 1",
  "SELECT * FROM url('<url>', CSV, 'x String')",
  "SELECT * FROM `url`('<url>', CSV, 'x String')",
  "INSERT INTO FUNCTION url('<url>', CSV, 'x String') SELECT 'x'",
  "CREATE TABLE u (x String) ENGINE = URL('<url>', CSV)",
  "SELECT * FROM s3('<url>/b/c', CSV, 'x String')",
  "SELECT * FROM remote('127.0.0.1', 'default', 't2', 'u', 'p')",
  "SELECT * FROM postgresql('127.0.0.1:9', 'd', 't', 'u', 'p')",
  "SELECT * FROM mysql('127.0.0.1:9', 'd', 't', 'u', 'p')",
  "SELECT * FROM mongodb('127.0.0.1:9', 'd', 't', 'u', 'p', 'x String')",
];

test.each(both)('neither store does: %s', async (sql) => {
  await expectRefused(telemetry, sql);
  await expectRefused(scratch, sql);
});

test('words in texts and names are only words', async () => {
  const Text = z.object({ text: z.string() });
  const texts = "SELECT 'it''s \\' a file( INTO OUTFILE' AS text -- file\n/* INFILE */";
  expect(await telemetry.rows(Text)(texts)).toEqual([{ text: "it's ' a file( INTO OUTFILE" }]);
  expect(await telemetry.rows(Text)('SELECT {x:String} AS text', { x: 'file' })).toEqual([{ text: 'file' }]);
  const names =
    'SELECT `infile, “x” \\\\ \\``, `disk` AS text FROM (SELECT 1 AS `infile, “x” \\\\ \\``, toString(1) AS `disk`, 2 AS file)';
  expect(await scratch.rows(Text)(names)).toMatchObject([{ text: '1' }]);
});
