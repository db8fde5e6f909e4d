import { providerOf } from '../otlp/index.ts';
import type { OwnPrice } from './model.ts';
import type { Priced, Rates } from './rates.ts';

/** The price for a call that began then: of those that fit, the one that says most exactly which calls it is for. */
export function fittingPrice({ provider, model }: Priced, prices: readonly OwnPrice[], at: Date): OwnPrice | undefined {
  if (!model || prices.length === 0) return undefined;
  const name = model.trim().toLowerCase();
  const { named, beginnings, lengths } = bookOf(prices);
  const fits = ({ price, provider: wanted }: Entry) => price.validFrom <= at && (wanted === undefined || wanted === provider);
  const exact = named.get(name)?.find(fits);
  if (exact) return exact.price;
  for (const length of lengths) {
    const found = length <= name.length ? beginnings.get(name.slice(0, length))?.find(fits) : undefined;
    if (found) return found.price;
  }
  return undefined;
}

/** A price, and its provider in the words of spans: a person may name it as any client's library does. */
interface Entry {
  price: OwnPrice;
  provider: string | null | undefined;
}

/** The prices of a client as calls look them up, the most exact first. */
interface Book {
  named: ReadonlyMap<string, readonly Entry[]>;
  beginnings: ReadonlyMap<string, readonly Entry[]>;
  /** Of the beginnings, the longest first. */
  lengths: readonly number[];
}

// Made once for a list, and not for each span: a request has tens of thousands of them.
const books = new WeakMap<readonly OwnPrice[], Book>();

function bookOf(prices: readonly OwnPrice[]): Book {
  const known = books.get(prices);
  if (known) return known;
  const named = new Map<string, Entry[]>();
  const beginnings = new Map<string, Entry[]>();
  for (const price of prices.toSorted(byExactness)) {
    const folded = price.model.toLowerCase();
    const [of, key] = folded.endsWith('*') ? [beginnings, folded.slice(0, -1)] : [named, folded];
    const entry = { price, provider: price.provider === null ? undefined : providerOf(price.provider) };
    of.set(key, [...(of.get(key) ?? []), entry]);
  }
  const lengths = [...new Set(Array.from(beginnings.keys(), ({ length }) => length))].sort((a, b) => b - a);
  const book = { named, beginnings, lengths };
  books.set(prices, book);
  return book;
}

/** Of prices for the same names. */
const byExactness = (a: OwnPrice, b: OwnPrice) =>
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
