import { setFlagsFromString } from 'node:v8';
import { features } from './features/index.ts';
import { systemClock } from './platform/clock.ts';
import { readConfig } from './platform/config.ts';
import { localContext, type Context } from './platform/context.ts';
import { runJob } from './platform/job.ts';
import { openLog } from './platform/log.ts';
import { Problem } from './platform/problem.ts';
import type { Server } from './server.ts';
import { runCli } from './surfaces/cli/index.ts';

/** What is done when we are told to end. At once, by the front door: temporary directories and child processes go with us. */
const endAtOnce = (exitCode: number): void => process.exit(exitCode);
let end = endAtOnce;

function endWhenTold() {
  // Not SIGHUP: whoever starts us with nohup wants us to outlive the terminal.
  const told = { SIGINT: 2, SIGTERM: 15 } as const;
  for (const [signal, number] of Object.entries(told)) process.on(signal, () => end(128 + number));
  // Whoever read our answer has read enough, as `head` does.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.stderr.write('steward: the answer could not be written.\n');
    process.exit(code === 'EPIPE' ? 0 : 1);
  });
}

/**
 * What is young is collected by the thread that made it: nearly nothing of it is left by then. Helpers took as much processor time
 * again to share it out, and where the store has the other core, all waited until each of them had had a turn: up to 0.1 s.
 */
const collectAlone = () => setFlagsFromString('--no-parallel-scavenge');

/** Serves until told to end, and then finishes what has begun; told again, it ends at once. */
async function serve(ctx: Context): Promise<number> {
  collectAlone();
  const { startServer } = await import('./server.ts');
  const server = await startServer(ctx, { operations, routes, jobs });
  process.stdout.write(`${greeting(server)}\n`);
  await new Promise<void>((told) => {
    end = () => {
      end = endAtOnce;
      told();
    };
  });
  await server.close();
  return 0;
}

/** Where to go. The one-time link is last, where the eye is. */
const greeting = ({ url, ownerKeyFile, ownerLink }: Server) =>
  [
    `Steward serves at ${url}`,
    ...(ownerKeyFile ? [`The practice's API key, for scripts: ${ownerKeyFile}`] : []),
    ...(ownerLink
      ? [
          '',
          'Open this link to set up your account. It works once, within a day ("steward owner-link" makes a new one):',
          ownerLink,
        ]
      : []),
  ].join('\n');

/** Until the agent closes its end. */
async function bridge({ config }: Context): Promise<number> {
  const { bridgeStdio } = await import('./surfaces/mcp/stdio.ts');
  await bridgeStdio(config, process.stdin, process.stdout);
  return 0;
}

const operations = features.flatMap((feature) => feature.operations);
const jobs = features.flatMap((feature) => feature.jobs ?? []);
const routes = features.flatMap((feature) => feature.routes ?? []);

/** Builds the system and starts what was asked for. Sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  endWhenTold();
  try {
    const config = readConfig();
    const log = openLog(config.logLevel);
    const ctx = localContext({ now: systemClock, config, log });
    for (const job of jobs) if (job.every === 'start') await runJob(job, ctx);
    process.exitCode = await runCli(
      argv.length > 0 ? argv : ['serve'],
      operations,
      ctx,
      { out: process.stdout, err: process.stderr },
      [
        { words: ['serve'], summary: 'Start the server and serve until told to end.', run: () => serve(ctx) },
        { words: ['mcp'], summary: 'Be an MCP server on standard input and output, for an agent.', run: () => bridge(ctx) },
      ],
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`steward: ${error.message}\n`);
    process.exitCode = 1;
  }
}
