import { DAY_MS, HOUR_MS } from './clock.ts';
import type { Context } from './context.ts';

export const periodMs = { start: 0, hour: HOUR_MS, day: DAY_MS } as const;

/** Work that Steward does by itself. Shallow, and safe to run twice. */
export interface Job {
  name: `${string}.${string}`;
  /** `start`: whenever Steward starts. */
  every: keyof typeof periodMs;
  /** Of several processes on the same stores one runs it; `process`: each for itself, as it is about its own disk. */
  of?: 'process';
  run: (ctx: Context) => Promise<void>;
}

export const job = (declared: Job) => declared;

/** Whether a job that last began at `lastMs` (nothing: never) should begin now. */
export const isDue = ({ every }: Job, nowMs: number, lastMs?: number) =>
  lastMs === undefined || nowMs - lastMs >= periodMs[every];

/** Runs a job as itself, and tells whether it went well. A failed job is logged and never stops what it runs beside. */
export async function runJob(declared: Job, ctx: Context): Promise<boolean> {
  try {
    await declared.run({ ...ctx, actor: { kind: 'job', name: declared.name } });
    return true;
  } catch (error) {
    ctx.log.error({ err: error, job: declared.name }, 'a job failed');
    return false;
  }
}
