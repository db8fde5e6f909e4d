import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const visit = (path: string, headers: Record<string, string> = {}) =>
  server.send(path, { headers: { accept: 'text/html,*/*;q=0.8', ...headers } });
const assetsOf = (html: string) => Array.from(html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g), ([, path]) => path!);

test('every address of the app is its page, under a policy that lets nothing foreign or inline run', async () => {
  for (const path of ['/', '/c/x/settings', '/api/docs', '/sign-in?next=%2Fc%2Fx']) {
    const { status, headers, text } = await visit(path);
    expect({ path, status }).toEqual({ path, status: 200 });
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|http|\*/);
    expect(text).not.toMatch(/<script>|<style|style=|https?:/);
  }
});

test('what is no page is none: operations, telemetry, files that are not there, and programs that want no HTML', async () => {
  for (const path of ['/api/no.such/x', '/v1/nothing', '/assets/nothing.js', '/assets/index.html'])
    expect(await visit(path)).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
  expect(await server.send('/c/x')).toMatchObject({ status: 404 });
  expect(await visit('/assets/%2e%2e/manifest.json')).toMatchObject({ status: 400 });
});

test('whoever looks whether it is there, by whatever program, finds the first page', async () => {
  for (const method of ['GET', 'HEAD'])
    expect(await server.send('/', { method })).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringMatching(/text\/html/) },
    });
});

test('a link from elsewhere opens a page, and nothing but a page', async () => {
  const from = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  expect(await visit('/c/x', from)).toMatchObject({ status: 200 });
  expect(await visit('/api/openapi.json', from)).toMatchObject({ status: 403 });
  expect(await visit('/c/x', { ...from, 'sec-fetch-dest': 'iframe' })).toMatchObject({ status: 403 });
  expect(await visit('/', { ...from, host: 'evil.example' })).toMatchObject({ status: 403 });
});

test('files are kept by browsers for good, and come packed', async () => {
  const { text } = await visit('/');
  const paths = assetsOf(text);
  expect(paths.length).toBeGreaterThan(3);
  for (const path of paths) {
    const plain = await server.send(path);
    expect(plain).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable' } });
    expect(plain.headers).toMatchObject({ vary: 'accept-encoding', 'x-content-type-options': 'nosniff' });
    if (path.endsWith('woff2')) continue;
    const coded = await Promise.all(
      ['br, gzip', 'gzip', 'identity'].map((accepted) => visit(path, { 'accept-encoding': accepted })),
    );
    expect(coded.map(({ headers }) => headers['content-encoding'])).toEqual(['br', 'gzip', undefined]);
  }
});

test('the first page is less than 200 KB of script, gzipped', async () => {
  const { text } = await visit('/');
  const scripts = assetsOf(text).filter((path) => path.endsWith('.js'));
  const sizes = await Promise.all(scripts.map((path) => sizeOf(path)));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
});

async function sizeOf(path: string): Promise<number> {
  // oxlint-disable-next-line no-restricted-globals -- the bytes as they come
  const reply = await fetch(`${server.url()}${path}`, { headers: { 'accept-encoding': 'gzip' } });
  return Number(reply.headers.get('content-length')) || (await reply.arrayBuffer()).byteLength;
}
