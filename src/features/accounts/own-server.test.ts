import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDataDir } from '../../stores/index.ts';
import { tempDir } from '../../stores/testing/temp.ts';
import { addressOf, noteAddress } from './own-server.ts';

test('the address of a server counts as long as that server holds its data directory', async () => {
  using dir = tempDir();
  expect(addressOf(dir.path)).toBeUndefined();
  const lock = await lockDataDir(dir.path);
  noteAddress(dir.path, 'http://0.0.0.0:4318');
  expect(addressOf(dir.path)).toBe('http://127.0.0.1:4318');
  // Of another that was killed, and left it behind.
  writeFileSync(join(dir.path, 'address'), 'http://127.0.0.1:4318\n1\n');
  expect(addressOf(dir.path)).toBeUndefined();
  noteAddress(dir.path, 'http://127.0.0.1:4318');
  lock.release();
  expect(addressOf(dir.path)).toBeUndefined();
});
