// `npm test` after setup: formatter, linter, type check and tests, cheapest first.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/** @type {[string, string, string[]][]} */
const steps = [
  ['formatter', bin('oxfmt'), ['--check', '.']],
  ['linter', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['types', bin('tsc'), ['--noEmit']],
  ['types of the web app', bin('tsc'), ['--noEmit', '-p', 'src/surfaces/web']],
  ['tests', bin('vitest'), ['run', ...process.argv.slice(2)]],
];
for (const [name, command, args] of steps) {
  console.log(`\n── ${name}`);
  const run = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) {
    console.error(`\n${name} failed.${name === 'formatter' ? ' "npm run format" mends it.' : ''}`);
    process.exit(1);
  }
}
