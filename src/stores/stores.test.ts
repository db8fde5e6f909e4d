import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { lockDataDir, openStores } from './index.ts';
import { isAlive } from './processes.ts';
import { migrateTelemetry } from './telemetry/migrate.ts';
import { openTelemetry } from './telemetry/index.ts';
import { enginePid } from './testing/pids.ts';
import { preparedDataDir } from './testing/prepared.ts';
import { compileProgram, ended, startProgram } from './testing/program.ts';
import { eventually, quiet, tempDir } from './testing/temp.ts';

const builtIn = (dataDir: string) => ({ dataDir, databaseUrl: undefined, clickhouseUrl: undefined });

test('a second Steward on the directory is refused and told who has it', async () => {
  using dir = tempDir();
  const lock = await lockDataDir(dir.path);
  await expect(lockDataDir(dir.path)).rejects.toMatchObject({
    code: 'conflict',
    message: new RegExp(`process ${process.pid}\\)`),
  });
  await expect(openStores(builtIn(dir.path), quiet)).rejects.toMatchObject({ code: 'conflict' });
  lock.release();
  (await lockDataDir(dir.path)).release();
});

test('kill -9 of Steward frees the directory; an engine of it that hangs is no obstacle', async () => {
  using dir = await preparedDataDir();
  let isUp = false;
  const writer = startProgram(await compileProgram('writer.ts'), [dir.path], () => {
    isUp = true;
  });
  const writerEnded = ended(writer);
  await eventually(() => isUp);
  await expect(lockDataDir(dir.path)).rejects.toMatchObject({ message: new RegExp(`process ${writer.pid}\\)`) });

  // Stopped, it cannot notice that its parent is gone.
  const orphan = enginePid(dir.path);
  process.kill(orphan, 'SIGSTOP');
  writer.kill('SIGKILL');
  await writerEnded;
  await using stores = await openStores(builtIn(dir.path), quiet);
  expect(isAlive(orphan)).toBe(false);
  expect(await stores.telemetry.rows(z.unknown())('SELECT 1')).toHaveLength(1);
});

test('an engine ends with its Steward', async () => {
  using dir = await preparedDataDir();
  let isUp = false;
  const writer = startProgram(await compileProgram('writer.ts'), [dir.path], () => {
    isUp = true;
  });
  await eventually(() => isUp);
  const engine = enginePid(dir.path);
  writer.kill('SIGKILL');
  await eventually(() => !isAlive(engine));
  await (await openStores(builtIn(dir.path), quiet)).close();
});

test('where one store does not open, the other is closed and the directory free', async () => {
  using dir = await preparedDataDir();
  const unreachable = { dataDir: dir.path, databaseUrl: undefined, clickhouseUrl: 'http://127.0.0.1:9' };
  await expect(openStores(unreachable, quiet)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('ClickHouse at 127.0.0.1:9 (CLICKHOUSE_URL) cannot be reached'),
  });
  (await lockDataDir(dir.path)).release();
});

test('a ClickHouse of one’s own is used in the same way, by its URL', async () => {
  using dir = tempDir();
  await using builtInOne = await openTelemetry({ dir: dir.path }, quiet);
  await builtInOne.command('CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id');
  const server = createServer((client) => {
    const engine = connect(join(dir.path, 'run', 'telemetry.sock'));
    client.pipe(engine).pipe(client);
    for (const socket of [client, engine]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const telemetry = await openTelemetry({ dir: '', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, quiet);
  await telemetry.insert('t', [{ id: 1 }]);
  expect(await telemetry.rows(z.object({ id: z.number() }))('SELECT id FROM t')).toEqual([{ id: 1 }]);
  await telemetry.close();
  server.close();
});

test('migrations of telemetry run once; an edited one and a newer store are refused', async () => {
  using dir = tempDir();
  using migrations = tempDir();
  using older = tempDir();
  const file = join(migrations.path, '0001_a.sql');
  writeFileSync(
    file,
    `-- Two statements; with a ; in a comment.\nCREATE TABLE IF NOT EXISTS a (id UInt64, text String DEFAULT ';') ENGINE = MergeTree ORDER BY id;\nINSERT INTO a (id) VALUES (1);\n`,
  );
  await using telemetry = await openTelemetry({ dir: dir.path, migrations: older.path }, quiet);
  await migrateTelemetry(telemetry, migrations.path);
  await migrateTelemetry(telemetry, migrations.path);
  expect(await telemetry.rows(z.unknown())('SELECT id, text FROM a')).toEqual([{ id: 1, text: ';' }]);

  await expect(migrateTelemetry(telemetry, older.path)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/newer/),
  });
  writeFileSync(file, 'SELECT 1;\n');
  await expect(migrateTelemetry(telemetry, migrations.path)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/edited/),
  });
});

test.each(['/proc/nowhere/at/all', '/dev/null/data', import.meta.filename])(
  'where no data directory can be, it is said at once: %s',
  async (dir) => {
    await expect(lockDataDir(dir)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('STEWARD_DATA') });
  },
);
