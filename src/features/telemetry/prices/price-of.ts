import { CATALOGUE, cataloguePrice } from './catalogue.ts';
import type { OwnPrice } from './model.ts';
import { fittingPrice, ratesOf } from './own-price.ts';
import { costAt, type Priced } from './rates.ts';

/** What a call cost, and what says so: `given: <attribute>`, `own price <id>` or `genai-prices <version>`. */
export interface Price {
  readonly costUsd: number;
  readonly source: string;
}

/** How the source of a cost begins that the client gave: such a cost is never priced anew. */
export const GIVEN = 'given: ';

/**
 * The cost of a span: what the client gave, else by its own prices, else by the public ones of that time. Null when none of
 * them says, which is never nothing. Wrappers repeat what their calls say and have no price.
 */
export function priceOf(span: Priced, ownPrices: readonly OwnPrice[], at: Date): Price | null {
  if (span.givenCostUsd !== null)
    return { costUsd: span.givenCostUsd, source: `${GIVEN}${span.givenCostSource ?? 'by the client'}` };
  return span.costable ? listPriceOf(span, ownPrices, at) : null;
}

/** The cost by price lists alone, of a wrapper too: for one whose calls were never sent. */
export function listPriceOf(span: Priced, ownPrices: readonly OwnPrice[], at: Date): Price | null {
  const own = fittingPrice(span, ownPrices, at);
  // One's own price stands, also where it cannot be applied: the public one would be wrong.
  const costUsd = own ? costAt(ratesOf(own), span) : cataloguePrice(span, at);
  return costUsd === null ? null : { costUsd, source: own ? `own price ${own.id}` : CATALOGUE };
}
