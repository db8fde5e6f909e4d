import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { shipped } from '../../platform/paths.ts';

/** Compiles a program of the tests, so that it can run, and be killed, as a process of its own. Answers its path. */
export async function compileProgram(source: string): Promise<string> {
  // Below node_modules, where it finds the packages. Each process its own: one may be read while another is written.
  const outfile = shipped('node_modules', '.cache', 'steward-testing', `${source}-${process.pid}.mjs`);
  await build({
    entryPoints: [shipped('src', 'stores', 'testing', source)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}

/** Starts a compiled program; `line` hears each line it prints. */
export function startProgram(program: string, args: string[], line: (text: string) => void): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', line);
  return child;
}

/** Resolves when a process has ended and everything it printed was heard. */
export const ended = (child: ChildProcess) => new Promise<void>((resolve) => child.once('close', () => resolve()));
