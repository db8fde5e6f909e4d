import { inEachClient } from '../../accounts/index.ts';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { job } from '../../../platform/job.ts';
import { noteDays, sumNoted } from './index.ts';
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
  const traces = new Map<string, string[]>();
  for (const { workflow, traceId } of found) {
    const others = traces.get(workflow);
    if (others) others.push(traceId);
    else if (traces.size < MOST_WORKFLOWS) traces.set(workflow, [traceId]);
  }
  const noted = await noteDays(ctx, { spans: [], scores: await daysOfUnnamed(ctx, [...traces.values()].flat()) });
  for (const [workflow, traceIds] of traces)
    await ctx.removal.change(
      'score',
      'UPDATE workflow = {workflow:String}',
      'workflow IS NULL AND trace_id IN {traceIds:Array(String)}',
      { workflow, traceIds },
    );
  await sumNoted(ctx, noted);
}
