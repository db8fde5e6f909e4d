import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { openLog } from '../../platform/log.ts';
import type { Env } from './guard.ts';
import { logged } from './logged.ts';

async function linesAt(level: string): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.set('requestId', 'r-1');
    await next();
  });
  app.use(logged(openLog(level, { write: (line) => void lines.push(line) })));
  app.get('/fine', (c) => c.text('ok'));
  app.get('/refused', (c) => c.text('no', 403));
  const headers = { authorization: 'Bearer stwc_geheim', cookie: 'session=geheim' };
  await app.request('/fine?token=geheim', { headers });
  await app.request('/refused?token=geheim', { headers });
  expect(lines.join('')).not.toContain('geheim');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a refused request is one line of JSON with its id; nothing that was sent is in it', async () => {
  expect(await linesAt('info')).toEqual([
    expect.objectContaining({ requestId: 'r-1', method: 'GET', path: '/refused', status: 403, ms: expect.any(Number) }),
  ]);
  expect((await linesAt('debug')).map(({ path, status }) => [path, status])).toEqual([
    ['/fine', 200],
    ['/refused', 403],
  ]);
  expect(await linesAt('warn')).toEqual([]);
});
