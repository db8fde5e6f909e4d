/** What calls cost: as given by the client, by its own prices, or by the public ones. */
export type { OwnPrice } from './model.ts';
export { listOwnPrices, recostSpans, removeOwnPrice, setOwnPrice } from './operations.ts';
export { ownPricesOf } from './own-prices.ts';
export { tidy } from './rates.ts';
export { GIVEN, listPriceOf, priceOf, type Price } from './price-of.ts';
