import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { Sql } from '../../../platform/sql.ts';
import { OwnPrice, type NewPrice } from './model.ts';

/** The client’s own prices that hold, by model. */
export const listPrices = (records: Sql, clientId: string) =>
  records.rows(OwnPrice)`
    select id, model, provider, input_usd as "inputUsdPerMillion", cached_input_usd as "cachedInputUsdPerMillion",
      cache_write_usd as "cacheWriteUsdPerMillion", output_usd as "outputUsdPerMillion",
      reasoning_usd as "reasoningUsdPerMillion", request_usd as "usdPerRequest", valid_from as "validFrom"
    from model_price where client_id = ${clientId} and removed_at is null order by lower(model), valid_from, id`;

export async function countPrices({ records, client }: Pick<Context, 'records' | 'client'>): Promise<number> {
  const [row] = await records.rows(z.object({ n: z.number() }))`
    select count(*)::int as n from model_price where client_id = ${client?.id} and removed_at is null`;
  return row!.n;
}

const Made = z.object({ id: z.uuid() });

/** Takes the place of the price for the same calls from the same moment on. Answers nothing when another did so just now. */
export async function replacePrice({ records, client, now }: Context, price: NewPrice) {
  await records.rows(z.never())`
    update model_price set removed_at = ${now()}
    where client_id = ${client?.id} and lower(model) = lower(${price.model})
      and coalesce(lower(provider), '') = coalesce(lower(${price.provider}), '') and valid_from = ${price.validFrom}
      and removed_at is null`;
  const [made] = await records.rows(Made)`
    insert into model_price (client_id, id, model, provider, input_usd, cached_input_usd, cache_write_usd, output_usd,
      reasoning_usd, request_usd, valid_from, created_at)
    values (${client?.id}, ${randomUUID()}, ${price.model}, ${price.provider}, ${price.inputUsdPerMillion},
      ${price.cachedInputUsdPerMillion}, ${price.cacheWriteUsdPerMillion}, ${price.outputUsdPerMillion},
      ${price.reasoningUsdPerMillion}, ${price.usdPerRequest}, ${price.validFrom}, ${now()})
    on conflict do nothing returning id`;
  return made?.id;
}

/** Answers when it was removed, also when that was before; nothing when there is no such price. */
export async function setRemoved({ records, client, now }: Context, id: string) {
  const [removed] = await records.rows(z.object({ removedAt: z.date() }))`
    update model_price set removed_at = coalesce(removed_at, ${now()}) where client_id = ${client?.id} and id = ${id}
    returning removed_at as "removedAt"`;
  return removed?.removedAt;
}
