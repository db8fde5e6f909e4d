import { inEachClient } from '../../accounts/index.ts';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { job } from '../../../platform/job.ts';
import { unavailable } from '../../../platform/problem.ts';
import { addToErasure, listRecentErasures } from './erasure-store.ts';
import { ASIDE, asideOf, eraseUser } from './erase.ts';
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
  async run(ctx) {
    await eraseAllAgain(ctx, new Date(ctx.now().getTime() - 2 * DAY_MS));
  },
});

/** The same of what lies set aside, which each process has on its own disk. */
export const forgetSetAside = job({
  name: 'erasure.setAside',
  every: 'hour',
  of: 'process',
  async run(ctx) {
    const { refused, damaged } = ctx.practice!.health().setAside;
    if (refused + damaged === 0) return;
    await inEachClient(ctx, {
      due: async (of) => (await listRecentErasures(of, new Date(ctx.now().getTime() - 2 * DAY_MS))).at(-1),
      async run(of, latest) {
        const found = await asideOf(of, latest.requestedAt);
        if (found.before > 0) await addToErasure(of, latest, [{ table: ASIDE, ...found }], latest.rowsAfter);
      },
    });
  },
});

/**
 * Does every erasure again that the records know; answers how many: what was restored from a backup may hold what they removed.
 * Throws `unavailable` when one could not be done.
 */
export async function eraseKnown(ctx: Context): Promise<number> {
  const { known, done } = await eraseAllAgain(ctx, new Date(0));
  if (done < known) throw unavailable('Not every end user who was erased could be erased again. The log says why.');
  return done;
}

async function eraseAllAgain(ctx: Context, since: Date): Promise<{ known: number; done: number }> {
  const counts = { known: 0, done: 0 };
  await inEachClient(ctx, {
    due: async (of) => {
      const recent = await listRecentErasures(of, since);
      counts.known += recent.length;
      return recent.length > 0 ? recent : undefined;
    },
    async run(of, recent) {
      for (const erasure of recent) {
        const { userSalt, userHashes } = erasure;
        await addToErasure(of, erasure, await eraseUser(of, { userSalt, userHashes }, erasure.requestedAt));
        counts.done += 1;
      }
    },
  });
  return counts;
}
