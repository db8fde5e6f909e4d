// Compiles src/ to dist/ when it has changed: Node 20 cannot run TypeScript, and a bundle starts faster than many files.
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWeb } from './build-web.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built');

const newest = (dir) =>
  readdirSync(dir, { withFileTypes: true }).reduce((latest, entry) => {
    const path = join(dir, entry.name);
    return Math.max(latest, statSync(path).mtimeMs, entry.isDirectory() ? newest(path) : 0);
  }, 0);

/** Whether dist/ is as fresh as src/. Takes milliseconds. */
export function isBuilt() {
  const changedAt = Math.max(...['src', 'scripts', 'assets'].map((dir) => newest(join(root, dir))));
  return existsSync(stamp) && statSync(stamp).mtimeMs >= changedAt;
}

/** Leaves dist/ as fresh as src/. */
export async function build() {
  if (isBuilt()) return;
  const { build: bundle, stop } = await import('esbuild');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const web = buildWeb(bundle, root);
  await bundle({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts', 'telemetry-engine': 'src/stores/telemetry/engine/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    logLevel: 'warning',
  });
  await web;
  // Its process would stay for as long as this one: 90 MB beside a server that built itself first.
  await stop();
  writeFileSync(stamp, '');
}
