import { inEachClient } from '../../accounts/index.ts';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { job } from '../../../platform/job.ts';
import { listRules } from '../privacy/retention-store.ts';
import {
  daysComeTwice,
  daysMiscounted,
  daysOfCharts,
  daysSentAgain,
  deleteSumDue,
  insertSumDue,
  listSumsDue,
  spansOfDays,
  type Days,
  type SumDue,
} from './store.ts';
import { stretchesOf } from './stretches.ts';

/** The sums that charts are read from, made anew where they are no longer what the spans say. */

const YEAR_MS = 366 * DAY_MS;
/** Whoever noted days sums them up within that time, or was cut off. */
const CUT_OFF_MS = HOUR_MS;

/** From when on all of them are kept: the sums of days before that are all that is left of them, and stay as they are. */
async function keptFromMs(ctx: Pick<Context, 'records' | 'client' | 'now'>, of: 'spans' | 'scores' = 'spans'): Promise<number> {
  const rule = (await listRules(ctx)).find(({ kind }) => kind === of);
  if (!rule) return -Infinity;
  return Math.ceil(ctx.now().getTime() / DAY_MS - rule.days) * DAY_MS;
}

/**
 * Sums up days again, a few after the other, so that never more than those are short in a chart. What comes for them meanwhile
 * waits in the spool of this process, and is counted once.
 */
export async function sumDays(ctx: Context, days: readonly number[], despiteRetention = false): Promise<void> {
  const keptMs = despiteRetention ? -Infinity : await keptFromMs(ctx);
  const { intake, removal } = ctx;
  const counted = await spansOfDays(
    ctx,
    days.filter((day) => day >= keptMs),
  );
  for (const { fromMs, toMs } of stretchesOf(counted))
    await removal.during(() => intake.whileStill(() => removal.sumAgain(new Date(fromMs), new Date(toMs))));
}

/** Sums up the scores of some days again, as far as they are kept. */
export async function sumScoresAgain(ctx: Context, days: Iterable<number>, despiteRetention = false): Promise<void> {
  const keptMs = despiteRetention ? -Infinity : await keptFromMs(ctx, 'scores');
  const { intake, removal } = ctx;
  for (const day of days)
    if (day >= keptMs)
      await removal.during(() => intake.whileStill(() => removal.sumScoresAgain(new Date(day), new Date(day + DAY_MS))));
}

/** Notes days before rows of them are deleted or changed: from then on they are summed up again, also where that is cut off. */
export const noteDays = (ctx: Context, days: Days, despiteRetention = false): Promise<SumDue> =>
  ctx.practice!.noting(ctx.client, (records) => insertSumDue(records, ctx, { days, despiteRetention }));

/** The same for all days of a period that stand in charts. */
export const noteDaysOf = async (ctx: Context, fromMs: number, toMs: number): Promise<SumDue> =>
  noteDays(ctx, { spans: await daysOfCharts(ctx, fromMs, toMs), scores: [] });

/** Sums up days that were noted. */
export async function sumNoted(ctx: Context, { id, days, despiteRetention }: SumDue): Promise<void> {
  await sumDays(ctx, days.spans, despiteRetention);
  await sumScoresAgain(ctx, days.scores, despiteRetention);
  await deleteSumDue(ctx, id);
}

/** Each hour: days of which rows were deleted or changed by who was cut off before summing them up. */
export const sumCutOff = job({
  name: 'telemetry.sumCutOff',
  every: 'hour',
  run: (ctx) =>
    inEachClient(ctx, {
      due: async (of) => {
        const due = await listSumsDue(of, new Date(of.now().getTime() - CUT_OFF_MS));
        return due.length > 0 ? due : undefined;
      },
      async run(of, due) {
        for (const one of due) await sumNoted(of, one);
      },
    }),
});

/** Each night: the days whose sums are not what the scores say, also today, as a score stands by itself. */
export const sumScoresNightly = job({
  name: 'telemetry.sumScoresNightly',
  every: 'day',
  run: (ctx) =>
    inEachClient(ctx, {
      due: async (of) => {
        const days = await daysMiscounted(of, await keptFromMs(of, 'scores'));
        return days.length > 0 ? days : undefined;
      },
      run: sumScoresAgain,
    }),
});

/** Each night: yesterday, and the days of which spans were sent again, known for that or not. Today is not over. */
export const sumNightly = job({
  name: 'telemetry.sumNightly',
  every: 'day',
  run: (ctx) =>
    inEachClient(ctx, {
      due: async (of) => {
        const nowMs = of.now().getTime();
        const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
        const keptMs = Math.max(nowMs - YEAR_MS, await keptFromMs(of));
        const yesterday = await daysOfCharts(of, Math.max(keptMs, todayMs - DAY_MS), todayMs);
        const since = new Date(nowMs - 2 * DAY_MS);
        const again = [daysSentAgain(of, since, keptMs, todayMs), daysComeTwice(of, since, keptMs, todayMs)];
        const days = new Set([...yesterday, ...(await Promise.all(again)).flat()]);
        return days.size > 0 ? days : undefined;
      },
      // Noted, as a day whose sums are gone is in no chart any more, and would be missed by the next night.
      run: async (of, days) => sumNoted(of, await noteDays(of, { spans: [...days], scores: [] })),
    }),
});
