import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ClientAccess } from '../../../platform/access.ts';
import type { Context } from '../../../platform/context.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { balance } from './balance.ts';
import { Ledger } from './model.ts';
import { enteredLines, storedCounts } from './store.ts';

const reads = {
  of: 'client',
  does: 'read',
  key: 'read',
  roles: ['owner', 'operator', 'sponsor', 'member'],
} satisfies ClientAccess;

/** Rows of a segment go in table by table: when the store went away between two, they do not add up for a moment. */
const TRIES = 4;
const BETWEEN_MS = 500;

export const showLedger = operation({
  name: 'telemetry.ledger',
  summary: 'Say what became of all telemetry that a client sent: stored, sent twice, rejected, refused, on its way.',
  access: reads,
  input: z.object({ client: clientField }),
  output: Ledger,
  async run(ctx) {
    let ledger = await addUp(ctx);
    for (let tried = 1; !ledger.balanced && tried < TRIES; tried += 1) {
      await sleep(BETWEEN_MS);
      ledger = await addUp(ctx);
    }
    return ledger;
  },
});

const addUp = (ctx: Context): Promise<Ledger> =>
  ctx.practice!.receiving(ctx.client!).whileStill(async (waiting) => {
    const [entered, stored] = await Promise.all([enteredLines(ctx), storedCounts(ctx)]);
    const removed = await ctx.practice!.receiving(ctx.client!).removed();
    return balance({ entered, waiting, stored, removed });
  });
