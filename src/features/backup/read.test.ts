import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tempDir } from '../../stores/testing/temp.ts';
import { unpacked } from './read.ts';

test('a file that unpacks to more than a piece of a backup is refused with its name', async () => {
  using dir = tempDir();
  const written = async (name: string, bytes: Uint8Array) => {
    const path = join(dir.path, name);
    await writeFile(path, bytes);
    return path;
  };
  const most = 1024 ** 2;
  await expect(unpacked(await written('bomb.gz', gzipSync(Buffer.alloc(most + 1))), most)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/bomb\.gz unpacks to more than 1 MiB/),
  });
  await expect(unpacked(await written('none.gz', Buffer.from('{}')))).rejects.toMatchObject({ code: 'invalid' });
  expect(await unpacked(await written('good.gz', gzipSync('{}')), most)).toEqual(Buffer.from('{}'));
});
