import { createHash } from 'node:crypto';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { sumAgain } from '../sums/index.ts';
import { countRows, daysOfTraces, tablesOfTraces, tracesOfUser, type Counts } from './erasure-store.ts';

export const hashOfUser = (user: string) => createHash('sha256').update(user).digest('hex');

/** How many traces are named in one statement. */
const AT_ONCE = 2000;

/** Erases the traces that a user had a part in, from every table; counted before and after. */
export async function eraseUser(ctx: Context, userHashes: readonly string[], until: Date): Promise<Counts> {
  const counts: Counts = { before: 0, after: 0 };
  const traces = await tracesOfUser(ctx, userHashes, until);
  if (traces.length === 0) return counts;
  const tables = await tablesOfTraces(ctx);
  const days = new Set<number>();
  for (let at = 0; at < traces.length; at += AT_ONCE) {
    const traceIds = traces.slice(at, at + AT_ONCE);
    for (const day of await daysOfTraces(ctx, traceIds)) days.add(day);
    // The spans last: they say which traces are the user's, should it end in the middle.
    for (const table of tables) {
      const before = await countRows(ctx, table, traceIds);
      if (before === 0) continue;
      counts.before += before;
      await ctx.removal.remove(table, { traceIds }, 'erasure');
      counts.after += await countRows(ctx, table, traceIds);
    }
  }
  // Who was erased is in no sum either. They are gone all the same where this fails.
  try {
    for (const day of days) await sumAgain(ctx, day, day + DAY_MS);
  } catch (error) {
    ctx.log.error({ err: error }, 'the sums of days on which somebody was erased still hold them: price these days anew');
  }
  return counts;
}
