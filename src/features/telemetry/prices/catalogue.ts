import { calcPrice, type ModelInfo, type Provider } from '@pydantic/genai-prices';
import { askedModel, type AskedModel } from './names.ts';
import { costAt, countsOf, tidy, type Priced, type Rates } from './rates.ts';

/** As in package.json: it stands on every span that was priced by it. */
export const CATALOGUE = 'genai-prices 0.1.8';

/** A model of the catalogue. `rates`: where a token always costs the same; otherwise the catalogue is asked each time. */
interface Listed {
  readonly provider: Provider;
  readonly model: string;
  readonly rates: Rates | null;
}

// A name is looked for in some thousand patterns, and a client's calls bear few names.
const known = new Map<string, Listed | null>();
const MOST_KNOWN = 5000;

/** What the public price of a call was then; null where the catalogue does not know, or what it says is known to be wrong. */
export function cataloguePrice(span: Priced, at: Date): number | null {
  const key = `${span.provider ?? ''}\n${span.model ?? ''}`;
  let listed = known.get(key);
  if (listed === undefined) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, (listed = find(askedModel(span.provider, span.model)) ?? null));
  }
  if (!listed) return null;
  return listed.rates ? costAt(listed.rates, span) : askEach(listed, span, at);
}

function find(asked: AskedModel | undefined): Listed | undefined {
  const found = asked && attempt(() => calcPrice({}, asked.model, asked.provider ? { providerId: asked.provider } : {}));
  if (!found || isAnother(asked.model, found.model.id)) return undefined;
  const kinds = Object.keys(found.model_price);
  // Of a model that is paid by the hour or the picture, tokens say nothing.
  if (!kinds.some((kind) => kind === 'input_mtok' || kind === 'output_mtok' || kind === 'requests_kcount')) return undefined;
  const provider: Provider = { ...found.provider, models: [found.model], extractors: [] };
  return { provider, model: asked.model, rates: varies(found.model) ? null : ratesOf(provider, asked.model) };
}

/** The catalogue's pattern for Titan's first embedding model takes in the second, which costs a fifth. */
const isAnother = (asked: string, found: string) =>
  asked.includes('titan-embed-text-v2') && found.includes('titan-embed-text-v1');

/** Whether the price of a token depends on the time, or on how many there are. */
const varies = ({ prices }: ModelInfo) =>
  Array.isArray(prices) || Object.values(prices).some((price) => typeof price !== 'number' && price !== undefined);

const MILLION = 1e6;

/** The catalogue's own arithmetic, asked once for each kind of token: it takes 14 microseconds a call. */
function ratesOf(provider: Provider, model: string): Rates | null {
  const price = (usage: Record<string, number>) => calcPrice(usage, model, { provider })!.total_price;
  return attempt(() => {
    const request = price({});
    const rate = (usage: Record<string, number>) => (price(usage) - request) / MILLION;
    return {
      request,
      input: rate({ input_tokens: MILLION }),
      cachedInput: rate({ input_tokens: MILLION, cache_read_tokens: MILLION }),
      cacheWrite: rate({ input_tokens: MILLION, cache_write_tokens: MILLION }),
      output: rate({ output_tokens: MILLION }),
      reasoning: rate({ output_tokens: MILLION, output_reasoning_tokens: MILLION }),
    };
  });
}

function askEach({ provider, model }: Listed, span: Priced, timestamp: Date): number | null {
  if (span.inputTokens === null || (span.outputTokens === null && costsOutput(provider))) return null;
  const { input, cachedInput, cacheWrite, output, reasoning } = countsOf(span);
  const usage = {
    input_tokens: input,
    cache_read_tokens: cachedInput,
    cache_write_tokens: cacheWrite,
    output_tokens: output,
    output_reasoning_tokens: reasoning,
  };
  const price = attempt(() => calcPrice(usage, model, { provider, timestamp }));
  return price ? tidy(price.total_price) : null;
}

const costsOutput = ({ models: [model] }: Provider) =>
  [model!.prices]
    .flat()
    .some((price) => 'output_mtok' in ('prices' in price && typeof price.prices === 'object' ? price.prices : price));

/** The catalogue throws where its tables contradict each other: such a price is not known. */
function attempt<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}
