// Bundles the web app to dist/web: scripts, styles and fonts under names that tell their content, packed ahead of time, and the
// page that loads the first of them.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** @type {{ ending: string, pack: (bytes: Uint8Array) => Promise<Buffer> }[]} */
const packings = [
  { ending: 'br', pack: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }) },
  { ending: 'gz', pack: (bytes) => promisify(gzip)(bytes, { level: 9 }) },
];

export async function buildWeb(bundle, root) {
  const out = join(root, 'dist', 'web');
  const options = {
    absWorkingDir: root,
    outdir: out,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.woff2': 'file' },
    publicPath: '/assets',
    logLevel: 'warning',
    metafile: true,
    write: false,
  };
  const [app, first] = await Promise.all([
    bundle({ ...options, entryPoints: ['src/surfaces/web/main.tsx'], splitting: true, format: 'esm' }),
    bundle({ ...options, entryPoints: ['src/surfaces/web/before-paint.ts'], format: 'iife' }),
  ]);
  mkdirSync(out, { recursive: true });
  const files = [...app.outputFiles, ...first.outputFiles].map(({ path, contents }) => ({ name: basename(path), contents }));
  const find = (pattern) => files.find(({ name }) => pattern.test(name)).name;
  const entry = find(/^main-.*\.js$/);
  // What the first script imports is asked for with it, not after it.
  const imports = Object.entries(app.metafile.outputs)
    .find(([path]) => path.endsWith(entry))[1]
    .imports.filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => basename(path));
  const page = pageOf({
    script: entry,
    imports,
    style: find(/^main-.*\.css$/),
    beforePaint: find(/^before-paint-.*\.js$/),
    font: find(/^Inter-latin-[^e].*\.woff2$/),
  });
  await Promise.all([...files, { name: 'index.html', contents: Buffer.from(page) }].map((file) => write(out, file)));
  const tag = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(join(out, 'manifest.json'), JSON.stringify({ build: tag(page), files: files.map(({ name }) => name) }));
}

async function write(out, { name, contents }) {
  writeFileSync(join(out, name), contents);
  if (extname(name) === '.woff2') return;
  for (const { ending, pack } of packings) writeFileSync(join(out, `${name}.${ending}`), await pack(contents));
}

const pageOf = ({ script, imports, style, beforePaint, font }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Steward</title>
<link rel="icon" href="data:,">
<link rel="preload" href="/assets/${font}" as="font" type="font/woff2" crossorigin>
<script src="/assets/${beforePaint}"></script>
<link rel="stylesheet" href="/assets/${style}">
${imports.map((name) => `<link rel="modulepreload" href="/assets/${name}">\n`).join('')}<script type="module" src="/assets/${script}"></script>
</head>
<body><div id="app"></div><noscript>Steward's pages need JavaScript.</noscript></body>
</html>
`;
