import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import { perform } from '../../platform/operation.ts';
import { lockDataDir } from '../../stores/index.ts';
import { preparedDataDir } from '../../stores/testing/prepared.ts';
import { quiet, tempDir } from '../../stores/testing/temp.ts';
import { checkSystem } from './operations.ts';
import { printCheck } from './print.ts';

const context = (dataDir: string) =>
  localContext({ now: systemClock, config: readConfig({ STEWARD_DATA: dataDir }), log: quiet });

test('opens both stores, asks each, and leaves the directory free', async () => {
  using dir = await preparedDataDir();
  const dataDir = dir.path;
  const check = await perform(checkSystem, context(dataDir), {});
  expect(check.records.version).toMatch(/^18\./);
  expect(check.telemetry.version).toMatch(/^\d+\.\d+/);
  expect(check.memory.processes).toBeGreaterThan(2);
  expect(printCheck(check)).toContain(dataDir);

  expect(existsSync(join(dataDir, 'lock'))).toBe(true);
  (await lockDataDir(dataDir)).release();
});

test('says who is using the directory', async () => {
  using dir = tempDir();
  const lock = await lockDataDir(dir.path);
  await expect(perform(checkSystem, context(dir.path), {})).rejects.toMatchObject({ code: 'conflict' });
  lock.release();
});
