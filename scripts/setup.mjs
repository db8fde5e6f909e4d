// Sets up whatever is missing: packages, then the compiled program. Needs Node and npm, nothing else.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { alone } from './alone.mjs';
import { build, isBuilt } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.steward-lock.json');
const isInstalled = () => existsSync(installed) && readFileSync(installed).equals(readFileSync(lock));

/** Makes the checkout ready to run; quick when it already is. */
export async function setup() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `Steward needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and run the same command again.`,
    );
    process.exit(1);
  }
  if (isInstalled() && isBuilt()) return;
  // Two that install or build at once would take away what the other has just put there.
  await alone(join(root, '.setup'), async () => {
    if (!isInstalled()) {
      install();
      copyFileSync(lock, installed);
    }
    await build();
  });
}

function install() {
  console.error('Setting up Steward: installing its packages (about 1.3 GB, once) …');
  // The lock file holds the binaries of linux-x64 only, so elsewhere npm resolves the pinned versions anew.
  const locked = process.platform === 'linux' && process.arch === 'x64';
  const args = locked ? ['ci'] : ['install', '--no-package-lock'];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const run = spawnSync(npm, [...args, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (run.status === 0) return;
  console.error(
    `Setting up failed: "npm ${args[0]}" did not finish. Check that the npm registry can be reached, then run the same command again.`,
  );
  process.exit(1);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await setup();
