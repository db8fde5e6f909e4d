import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { listen } from './listen.ts';

test.each(['999.1.1.1', '203.0.113.1'])('a host that is no address of this machine is told in a sentence: %s', async (host) => {
  await expect(listen(new Hono(), { host, port: 0 })).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(`STEWARD_HOST=${host} is no address of this machine`),
  });
});
