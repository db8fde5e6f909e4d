import { z } from 'zod';
import type { ClientAccess } from '../../../platform/access.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { conflict, invalid, notFound } from '../../../platform/problem.ts';
import { NewPrice, OwnPrice } from './model.ts';
import { ownPricesOf } from './own-prices.ts';
import { recost } from './recost.ts';
import { countPrices, listPrices, replacePrice, setRemoved } from './store.ts';

const reads = {
  of: 'client',
  does: 'read',
  key: 'read',
  roles: ['owner', 'operator', 'sponsor', 'member'],
} satisfies ClientAccess;
/** Prices change what reports say, so no key that merely sends telemetry sets them. */
const writes = { of: 'client', does: 'write', key: 'write', roles: ['owner', 'operator'] } satisfies ClientAccess;

/** More than anybody keeps by hand: intake looks at all of them. */
const MOST_PRICES = 1000;

export const listOwnPrices = operation({
  name: 'prices.list',
  summary: 'List what a client pays for models, where that is not the public price.',
  access: reads,
  input: z.object({ client: clientField }),
  output: z.object({ prices: z.array(OwnPrice) }),
  run: async ({ records, client }) => ({ prices: await listPrices(records, client!.id) }),
});

export const setOwnPrice = operation({
  name: 'prices.set',
  summary:
    'Say what a client pays for a model. It holds for calls that come in from now on; "prices.recost" prices older ones anew.',
  access: writes,
  confirms: false,
  input: NewPrice.extend({ client: clientField }),
  output: z.object({ id: z.uuid() }),
  async run(ctx, price) {
    if (price.inputUsdPerMillion === null && price.outputUsdPerMillion === null && price.usdPerRequest === null)
      throw invalid('A price needs at least one of inputUsdPerMillion, outputUsdPerMillion and usdPerRequest.');
    const id = await replacePrice(ctx, price);
    if (!id) throw conflict('Somebody else set this price at the same moment. Look at it with prices.list, and set it again.');
    // Counted after it took the place of another; what is thrown takes it back.
    if ((await countPrices(ctx)) > MOST_PRICES)
      throw conflict(
        `A client has ${MOST_PRICES} prices at most. Remove one with prices.remove, or set one for several models: a name that ends in "*".`,
      );
    ownPricesOf.changed(ctx.client!.id);
    return { id };
  },
});

export const removeOwnPrice = operation({
  name: 'prices.remove',
  summary: 'Remove a price of a client: calls that come in from now on are priced by what is left.',
  access: writes,
  confirms: true,
  input: z.object({ client: clientField, id: z.uuid().describe('The price, by its id.') }),
  output: z.object({ id: z.uuid(), removedAt: z.date() }),
  async run(ctx, { id }) {
    const removedAt = await setRemoved(ctx, id);
    if (!removedAt) throw notFound('There is no such price.');
    ownPricesOf.changed(ctx.client!.id);
    return { id, removedAt };
  },
});

const Sum = z.object({ costUsd: z.number(), unknown: z.number().describe('Calls whose cost nobody knows.') });

export const recostSpans = operation({
  name: 'prices.recost',
  summary: 'Price the calls of a period anew, after prices have changed. Costs that the client gave stay as they are.',
  access: writes,
  confirms: true,
  looks: ({ dryRun }) => dryRun,
  lasts: true,
  input: z.object({
    client: clientField,
    from: z.iso.datetime({ offset: true }).describe('Calls that began at that time or later.'),
    to: z.iso.datetime({ offset: true }).describe('Calls that began before.'),
    dryRun: z.boolean().default(false).describe('Only say what would change.'),
  }),
  output: z.object({
    calls: z.number(),
    given: z.number().describe('Of them, those whose cost the client gave.'),
    changed: z.number(),
    before: Sum,
    after: Sum,
    dryRun: z.boolean(),
  }),
  async run(ctx, { from, to, dryRun }) {
    if (Date.parse(from) >= Date.parse(to)) throw invalid('The period ends before it begins: "to" must be later than "from".');
    return { ...(await recost(ctx, from, to, dryRun)), dryRun };
  },
});
