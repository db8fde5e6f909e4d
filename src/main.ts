import { features } from './features/index.ts';
import { systemClock } from './platform/clock.ts';
import { readConfig } from './platform/config.ts';
import type { Context } from './platform/context.ts';
import { runJob } from './platform/job.ts';
import { openLog } from './platform/log.ts';
import { Problem } from './platform/problem.ts';
import { runCli } from './surfaces/cli/index.ts';

/** Ends at once when told to, leaving by the front door: temporary directories and child processes go with us. */
function endWhenTold() {
  // Not SIGHUP: whoever starts us with nohup wants us to outlive the terminal.
  const told = { SIGINT: 2, SIGTERM: 15 } as const;
  for (const [signal, number] of Object.entries(told)) process.once(signal, () => process.exit(128 + number));
  // Whoever read our answer has read enough, as `head` does.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.stderr.write('steward: the answer could not be written.\n');
    process.exit(code === 'EPIPE' ? 0 : 1);
  });
}

/** Builds the system and starts what was asked for. Sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  endWhenTold();
  try {
    const config = readConfig();
    const log = openLog(config.logLevel);
    const ctx: Context = { actor: { kind: 'local' }, now: systemClock, config, log, progress: () => {} };
    for (const job of features.flatMap(({ jobs = [] }) => jobs)) if (job.every === 'start') await runJob(job, ctx);
    process.exitCode = await runCli(
      // Until there is a server to start, starting shows what Steward can do.
      argv.length > 0 ? argv : ['audit-sample'],
      features.flatMap(({ operations }) => operations),
      ctx,
      { out: process.stdout, err: process.stderr },
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`steward: ${error.message}\n`);
    process.exitCode = 1;
  }
}
