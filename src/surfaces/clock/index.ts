import { z } from 'zod';
import { MINUTE_MS, type Clock } from '../../platform/clock.ts';
import type { Context } from '../../platform/context.ts';
import { isDue, periodMs, runJob, type Job } from '../../platform/job.ts';
import type { Sql } from '../../platform/sql.ts';
import { noTracing, type Tracing } from '../../platform/tracing.ts';

export interface Scheduler {
  /** Runs what is due now, one after the other. */
  runDue(): Promise<void>;
  /** Waits for what runs. */
  close(): Promise<void>;
}

const Claimed = z.object({ job: z.string() });

/** Runs jobs when they are due. Several processes on one record store share them: each run is claimed there by one. */
export function startScheduler(
  jobs: readonly Job[],
  { records, instance }: { records: Sql; /** This run of this process. */ instance: string },
  context: Context,
  now: Clock,
  tracing: Tracing = noTracing,
): Scheduler {
  const timed = jobs.filter(({ every }) => every !== 'start');
  let running: Promise<void> = Promise.resolve();
  let isClosing = false;
  /** When those that are not shared were begun, ms. */
  const own = new Map<string, number>();

  async function runAll(): Promise<void> {
    for (const job of timed) {
      if (isClosing || !(await claim(job))) continue;
      await tracing.span({ name: `job ${job.name}`, attributes: { 'steward.job': job.name } }, async (span) => {
        if (!(await runJob(job, context))) span.failed();
      });
      await records.rows(z.never())`update job_run set finished_at = ${now()} where job = ${job.name} and instance = ${instance}`;
    }
  }

  async function claim(job: Job): Promise<boolean> {
    const { name, every, of } = job;
    const at = now();
    if (of === 'process') {
      const due = isDue(job, at.getTime(), own.get(name));
      if (due) own.set(name, at.getTime());
      return due;
    }
    const claimed = await records.rows(Claimed)`
      insert into job_run (job, started_at, instance) values (${name}, ${at}, ${instance})
      on conflict (job) do update set started_at = excluded.started_at, instance = excluded.instance, finished_at = null, error = null
        where job_run.started_at <= ${new Date(at.getTime() - periodMs[every])}
          -- Whoever began it has ended in the middle of it.
          or job_run.finished_at is null and job_run.instance is not null and not exists (
            select from process p where p.instance = job_run.instance and p.ended_at is null
              and (p.instance = ${instance} or p.seen_at > clock_timestamp() - interval '30 seconds'))
      returning job`;
    return claimed.length > 0;
  }

  const runDue = () =>
    (running = running.then(runAll).catch((error: unknown) => context.log.error({ err: error }, 'jobs could not be looked for')));
  const timer = setInterval(() => void runDue(), MINUTE_MS);
  timer.unref();
  return {
    runDue,
    async close() {
      isClosing = true;
      clearInterval(timer);
      await running;
    },
  };
}
