import { rememberByClient } from '../../../platform/remember.ts';
import { listPrices } from './store.ts';

/** The own prices of a client, as they were a few seconds ago at most. */
export const ownPricesOf = rememberByClient(listPrices);
