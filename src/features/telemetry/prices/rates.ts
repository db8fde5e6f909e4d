import type { Span } from '../otlp/index.ts';

/** What of a span its price depends on. */
export type Priced = Pick<
  Span,
  | 'provider'
  | 'model'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'givenCostUsd'
  | 'givenCostSource'
  | 'costable'
>;

/** Dollars for one token of each kind, and for the call itself. */
export interface Rates {
  readonly request: number;
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Tokens of which no kind is more than the whole it is part of. */
export interface Counts {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export function countsOf(span: Priced): Counts {
  const input = span.inputTokens ?? 0;
  const cachedInput = Math.min(span.cachedInputTokens ?? 0, input);
  const cacheWrite = Math.min(span.cacheWriteTokens ?? 0, input - cachedInput);
  const output = span.outputTokens ?? 0;
  return { input, cachedInput, cacheWrite, output, reasoning: Math.min(span.reasoningTokens ?? 0, output) };
}

/** What a call costs at these rates; null where the number of something that costs is not known. */
export function costAt(rates: Rates, span: Priced): number | null {
  const isUnknown = span.inputTokens === null && span.outputTokens === null && rates.request === 0;
  if (isUnknown || (rates.input > 0 && span.inputTokens === null) || (rates.output > 0 && span.outputTokens === null))
    return null;
  const { input, cachedInput, cacheWrite, output, reasoning } = countsOf(span);
  return tidy(
    rates.request +
      (input - cachedInput - cacheWrite) * rates.input +
      cachedInput * rates.cachedInput +
      cacheWrite * rates.cacheWrite +
      (output - reasoning) * rates.output +
      reasoning * rates.reasoning,
  );
}

/** Without the last digits, which are only what binary fractions leave. */
export const tidy = (usd: number) => Number(usd.toPrecision(12));
