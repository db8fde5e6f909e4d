import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Context as Request } from 'hono';
import { z } from 'zod';
import { shipped } from '../../platform/paths.ts';
import { unavailable } from '../../platform/problem.ts';
import type { Env } from './guard.ts';

/** The web app as scripts/build-web.mjs left it: one page for every address, and files whose names tell their content. */

const Manifest = z.object({ build: z.string(), files: z.array(z.string()) });

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Scripts, styles and fonts are our own files; nothing is inline, and nothing is sent or fetched elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const YEAR_S = 365 * 24 * 60 * 60;
const endings = [
  ['br', 'br'],
  ['gzip', 'gz'],
] as const;

const dir = (name: string) => shipped('dist', 'web', name);

/** Read once, when the first page is asked for. */
function readFiles() {
  if (!existsSync(dir('manifest.json'))) throw unavailable('The web app is not built. Run "node scripts/setup.mjs".');
  const { files } = Manifest.parse(JSON.parse(readFileSync(dir('manifest.json'), 'utf8')));
  return new Map([...files, 'index.html'].map((name) => [name, read(name)]));
}

const read = (name: string) => ({
  type: types[extname(name)] ?? 'application/octet-stream',
  plain: readFileSync(dir(name)),
  packed: new Map(endings.flatMap(([coding, ending]) => readIfThere(coding, dir(`${name}.${ending}`)))),
});

const readIfThere = (coding: string, path: string): [string, Buffer][] =>
  existsSync(path) ? [[coding, readFileSync(path)]] : [];

let files: ReturnType<typeof readFiles> | undefined;

/** The page of an address. `status`: of an address that leads nowhere. */
export function answerPage(c: Request<Env>, status: 200 | 404 = 200): Response {
  return answer(c, 'index.html', { 'content-security-policy': POLICY, 'cache-control': 'no-cache' }, status)!;
}

/** A file of the app; nothing where there is none of that name. */
export const answerFile = (c: Request<Env>, name: string): Response | undefined =>
  name === 'index.html' ? undefined : answer(c, name, { 'cache-control': `public, max-age=${YEAR_S}, immutable` }, 200);

function answer(c: Request<Env>, name: string, headers: Record<string, string>, status: 200 | 404): Response | undefined {
  files ??= readFiles();
  const file = files.get(name);
  if (!file) return undefined;
  const takes = (c.req.header('accept-encoding') ?? '').split(',').map((coding) => coding.split(';')[0]!.trim());
  const coding = endings.map(([coding]) => coding).find((coding) => takes.includes(coding) && file.packed.has(coding));
  const body = coding ? file.packed.get(coding)! : file.plain;
  return c.body(new Uint8Array(body), status, {
    ...headers,
    'content-type': file.type,
    vary: 'accept-encoding',
    ...(coding && { 'content-encoding': coding }),
  });
}
