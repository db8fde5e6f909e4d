import { providerOf } from '../otlp/index.ts';
import type { OwnPrice } from './model.ts';
import type { Priced, Rates } from './rates.ts';

/** The price for a call that began then: of those that fit, the one that says most exactly which calls it is for. */
export function fittingPrice({ provider, model }: Priced, prices: readonly OwnPrice[], at: Date): OwnPrice | undefined {
  if (!model || prices.length === 0) return undefined;
  const name = model.trim().toLowerCase();
  return prices
    .filter((price) => price.validFrom <= at && fitsModel(price.model, name) && fitsProvider(price.provider, provider))
    .toSorted(byExactness)[0];
}

function fitsModel(pattern: string, name: string): boolean {
  const folded = pattern.toLowerCase();
  return folded.endsWith('*') ? name.startsWith(folded.slice(0, -1)) : name === folded;
}

/** The provider in the words of a person, or of any client's library. */
const fitsProvider = (wanted: string | null, of: string | null) => wanted === null || providerOf(wanted) === of;

const byExactness = (a: OwnPrice, b: OwnPrice) =>
  Number(a.model.endsWith('*')) - Number(b.model.endsWith('*')) ||
  b.model.length - a.model.length ||
  Number(a.provider === null) - Number(b.provider === null) ||
  b.validFrom.getTime() - a.validFrom.getTime() ||
  a.id.localeCompare(b.id);

export function ratesOf(price: OwnPrice): Rates {
  const perToken = (rate: number | null, otherwise: number) => (rate === null ? otherwise : rate / 1e6);
  const input = perToken(price.inputUsdPerMillion, 0);
  const output = perToken(price.outputUsdPerMillion, 0);
  return {
    request: price.usdPerRequest ?? 0,
    input,
    cachedInput: perToken(price.cachedInputUsdPerMillion, input),
    cacheWrite: perToken(price.cacheWriteUsdPerMillion, input),
    output,
    reasoning: perToken(price.reasoningUsdPerMillion, output),
  };
}
