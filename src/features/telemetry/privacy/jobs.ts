import { inEachClient } from '../../accounts/index.ts';
import { DAY_MS } from '../../../platform/clock.ts';
import { job } from '../../../platform/job.ts';
import { addToErasure, listRecentErasures } from './erasure-store.ts';
import { eraseUser } from './erase.ts';
import { listRules } from './retention-store.ts';
import { expire } from './retention.ts';

/** Removes what clients do not want to keep any longer. */
export const expireTelemetry = job({
  name: 'retention.expire',
  every: 'day',
  run: (ctx) =>
    inEachClient(ctx, {
      due: async (of) => {
        const rules = await listRules(of);
        return rules.length > 0 ? rules : undefined;
      },
      async run(of, rules) {
        for (const { kind, days } of rules) await expire(of, kind, days);
      },
    }),
});

/** What was on its way to the store when an erasure was asked for, in the spool or behind a store that was away, goes too. */
export const eraseAgain = job({
  name: 'erasure.again',
  every: 'hour',
  run: (ctx) =>
    inEachClient(ctx, {
      due: async (of) => {
        const recent = await listRecentErasures(of, new Date(ctx.now().getTime() - 2 * DAY_MS));
        return recent.length > 0 ? recent : undefined;
      },
      async run(of, recent) {
        for (const { id, userHashes, requestedAt } of recent)
          await addToErasure(of, id, await eraseUser(of, userHashes, requestedAt));
      },
    }),
});
