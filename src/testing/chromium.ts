import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shipped } from '../platform/paths.ts';

/** A Chromium that npm installed, with the libraries it needs: nothing of the system is relied on. */

const pack = shipped('node_modules', '@sparticuz', 'chromium');
const unpacked = shipped('node_modules', '.steward-chromium-153.0.0');

/** Why there is none here; nothing when there is. */
export function whyNoChromium(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `the Chromium that npm provides runs on linux-x64, and this is ${process.platform}-${process.arch}`;
  if (!existsSync(pack)) return 'the package @sparticuz/chromium is not installed';
  return undefined;
}

/** Unpacks it, once for this checkout. */
export function chromium(): { program: string; libraries: string; fonts: string } {
  if (!existsSync(unpacked)) unpack();
  return {
    program: join(unpacked, 'chromium'),
    libraries: join(unpacked, 'al2023', 'lib'),
    fonts: join(unpacked, 'fonts'),
  };
}

const fontSettings = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(unpacked, 'fonts')}</dir><cachedir>${join(unpacked, 'fonts-cache')}</cachedir></fontconfig>
`;

// The package unpacks into the temporary directory, wherever that is, so a process of its own is told another one; in place at
// once, because several tests may come here at the same time.
function unpack(): void {
  const staging = mkdtempSync(`${unpacked}-`);
  const url = (path: string) => JSON.stringify(pathToFileURL(join(pack, path)).href);
  const script = `
    const { default: chromium, inflate } = await import(${url('build/index.js')});
    await chromium.executablePath();
    await inflate(${JSON.stringify(join(pack, 'bin', 'al2023.tar.br'))});`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { TMPDIR: staging },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`Chromium could not be unpacked: ${run.stderr}`);
  // The package's own file names fonts in /tmp: without any font of the system, pages would never be drawn.
  writeFileSync(join(staging, 'fonts', 'fonts.conf'), fontSettings);
  try {
    renameSync(staging, unpacked);
  } catch (error) {
    if (!existsSync(join(unpacked, 'chromium'))) throw error;
    rmSync(staging, { recursive: true });
  }
  if (!readdirSync(unpacked).includes('chromium')) throw new Error(`There is no chromium in ${unpacked}.`);
}
