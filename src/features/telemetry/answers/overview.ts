import { z } from 'zod';
import { standingAt } from '../../../platform/access.ts';
import { operation } from '../../../platform/operation.ts';
import { tidy } from '../prices/index.ts';
import { WorkflowState, workflowsOf } from './workflows.ts';

export const showOverview = operation({
  name: 'practice.overview',
  summary: 'Show how the clients are that you may see: counts, states and money, and nothing else of them.',
  access: { of: 'practice', does: 'read', roles: ['owner', 'operator'] },
  byGet: true,
  input: z.object({}),
  output: z.object({
    clients: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        workflows: z.number(),
        states: z.record(WorkflowState, z.number()),
        runs: z.number().describe('Of the last 28 days, as are errors and cost.'),
        errors: z.number(),
        costUsd: z.number().nullable(),
        lastSeenAt: z.string().nullable(),
      }),
    ),
  }),
  async run(ctx) {
    const clients = (await ctx.practice!.clients()).filter((client) => standingAt(client, ctx.actor));
    const shown = [];
    // One after the other, each behind its own wall: there is no question about several clients.
    for (const client of clients) {
      const workflows = await workflowsOf({ ...ctx, client, ...ctx.practice!.reading(client) });
      const costs = workflows.map(({ costUsd }) => costUsd).filter((usd) => usd !== null);
      const states = { healthy: 0, degraded: 0, no_data: 0, too_early: 0 };
      for (const { state } of workflows) states[state] += 1;
      shown.push({
        ...client,
        workflows: workflows.length,
        states,
        runs: workflows.reduce((sum, { runs }) => sum + runs, 0),
        errors: workflows.reduce((sum, { errors }) => sum + errors, 0),
        costUsd: costs.length === 0 ? null : tidy(costs.reduce((sum, usd) => sum + usd, 0)),
        lastSeenAt:
          workflows
            .map(({ lastSeenAt }) => lastSeenAt)
            .sort()
            .at(-1) ?? null,
      });
    }
    return { clients: shown };
  },
});
