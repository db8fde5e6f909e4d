// Runs a benchmark: `node bench/run.mjs NAME …` bundles bench/NAME/main.ts (Node 20 cannot run TypeScript) and starts it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, ...args] = process.argv.slice(2);
const entry = name && [`bench/${name}/main.ts`, `bench/${name}.ts`].find((path) => existsSync(join(root, path)));
if (!entry) {
  console.error(`There is no benchmark "${name ?? ''}": bench/NAME/main.ts is missing.`);
  process.exit(1);
}

// Inside the checkout, so that packages left out of the bundle are found.
const folder = join(root, 'node_modules', '.cache', 'steward-bench');
mkdirSync(folder, { recursive: true });
const outfile = join(folder, `${name}.mjs`);
await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile,
  bundle: true,
  packages: 'external',
  // Scripts with a command line of their own, which would run inside a bundle.
  external: ['./bench/detection/*.mjs'],
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
});
const run = spawnSync(process.execPath, ['--enable-source-maps', '--expose-gc', outfile, ...args], { stdio: 'inherit' });
process.exit(run.status ?? 1);
