import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preparedDataDir, preparedStores } from './stores/testing/prepared.ts';
import { eventually, tempDir } from './stores/testing/temp.ts';
import { sendTo } from './testing/server.ts';
import { beginSiege, besieged } from './testing/siege.ts';

/** What was acknowledged is there, once, whatever is killed, missing or full. `npm run torture` does it at length. */

const nothingLost = { missing: 0, surplus: 0, refused: 0, ledger: { setAside: 0, spooled: 0, balanced: true } };

test('kill -9 of Steward, ClickHouse and PostgreSQL, 10 times at random moments: sent is counted, each once', async () => {
  using dir = await preparedStores();
  await using siege = await beginSiege(dir.path, { betweenMs: 5 });
  for (let kill = 0; kill < 10; kill += 1) {
    await siege.taken();
    await sleep(Math.random() * 400);
    await siege.kill(besieged[kill % besieged.length]!);
  }
  await siege.taken();
  const outcome = await siege.count();
  expect(outcome).toMatchObject(nothingLost);
  expect(outcome.batches).toBeGreaterThan(10);
  expect(outcome.ledger.stored).toBe(outcome.batches * 20);
});

test('the store stands still until the spool is full: 503, nothing lost, and on it goes', async () => {
  using dir = await preparedStores();
  await using siege = await beginSiege(dir.path, { env: { STEWARD_SPOOL_BYTES: '300000' } });
  await siege.taken();
  const engine = siege.pidOf('engine');
  process.kill(engine, 'SIGSTOP');
  await eventually(() => siege.answers(503) > 3);
  process.kill(engine, 'SIGCONT');
  await siege.taken();
  const outcome = await siege.count();
  expect(outcome).toMatchObject(nothingLost);
  expect(outcome.ledger.stored).toBe(outcome.batches * 20);
});

test('the disk fills up: 503 before it is full, nothing lost, and on it goes once there is room', async ({ skip }) => {
  using mount = tempDir();
  // Root alone mounts, and not in every container.
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=500m', 'tmpfs', mount.path], { encoding: 'utf8' });
  if (mounted.status !== 0) skip(`a small disk cannot be made here: ${mounted.stderr || String(mounted.error)}`);
  try {
    using dir = await preparedDataDir();
    spawnSync('cp', ['-a', join(dir.path, 'records'), mount.path]);
    await using siege = await beginSiege(mount.path, { env: { STEWARD_LEAST_FREE_BYTES: '60000000' } });
    await siege.taken();
    const { freeBytes } = await free(mount.path);
    writeFileSync(join(mount.path, 'ballast'), Buffer.alloc(freeBytes - 50_000_000));
    await eventually(() => siege.answers(503) > 3);
    expect((await sendTo(`${siege.url}/health`)).status).toBe(200);
    rmSync(join(mount.path, 'ballast'));
    await siege.taken();
    expect(await siege.count()).toMatchObject(nothingLost);
  } finally {
    spawnSync('umount', ['-l', mount.path]);
  }
});

async function free(path: string) {
  const { statfs } = await import('node:fs/promises');
  const { bavail, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize };
}
