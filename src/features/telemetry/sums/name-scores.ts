import { inEachClient } from '../../accounts/index.ts';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { job } from '../../../platform/job.ts';
import { sumScoresAgain } from './index.ts';
import { daysOfUnnamed, workflowsOfUnnamed } from './store.ts';

/** How long a score that came before its span is looked after. */
const LOOKED_FOR_MS = 2 * DAY_MS;
/** Each is a rewriting of its own; the others are next. */
const MOST_WORKFLOWS = 20;

/** Each hour: scores that came before their span get its workflow, and stand in its charts. */
export const nameScores = job({
  name: 'telemetry.nameScores',
  every: 'hour',
  run: (ctx) =>
    inEachClient(ctx, {
      due: async (of) => {
        const found = await workflowsOfUnnamed(of, new Date(of.now().getTime() - LOOKED_FOR_MS));
        return found.length > 0 ? found : undefined;
      },
      run: name,
    }),
});

async function name(ctx: Context, found: Awaited<ReturnType<typeof workflowsOfUnnamed>>): Promise<void> {
  const days = new Set<number>();
  for (const workflow of [...new Set(found.map((one) => one.workflow))].slice(0, MOST_WORKFLOWS)) {
    const traceIds = found.filter((one) => one.workflow === workflow).map(({ traceId }) => traceId);
    for (const day of await daysOfUnnamed(ctx, traceIds)) days.add(day);
    await ctx.removal.change(
      'score',
      'UPDATE workflow = {workflow:String}',
      'workflow IS NULL AND trace_id IN {traceIds:Array(String)}',
      { workflow, traceIds },
    );
  }
  await sumScoresAgain(ctx, days);
}
