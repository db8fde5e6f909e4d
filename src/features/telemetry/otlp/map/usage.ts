import type { Flag, Scope, Value } from '../wire.ts';
import { numberOf, objectIn, type Facts } from './facts.ts';
import { langfuseUsage } from './langfuse-usage.ts';
import { countsCacheApart } from './provider.ts';
import { objectUsage } from './usage-objects.ts';
import { metadataUsage } from './vercel-metadata.ts';

/** Tokens with one meaning: the input includes the cache, the output includes reasoning. */
export interface Usage {
  inputTokens: number | null;
  cachedInputTokens: number | null;
  cacheWriteTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
}

const MOST_TOKENS = 1e12;

export function usageOf(facts: Facts, provider: string | null, scope: Scope, flags: Flag[]): Usage {
  const count = (value: Value) => countOf(value, flags);
  const details = facts.usageDetails === null ? null : objectIn(facts.usageDetails);
  const total = count(facts.totalTokens);
  const given = (details && langfuseUsage(details, (value) => count(value as Value))) ?? attributeUsage(facts, count);
  const isApart =
    details === null &&
    (((isVercelBefore6(facts) || facts.isPassedOn) && countsCacheApart(provider)) || passesOnAnthropic(scope, facts));
  return withReasoning(withCache(given, total, isApart, flags), total, facts.thoughtTokens !== null, flags);
}

/** A whole number of tokens; what cannot be one is unknown and flagged. */
function countOf(value: Value, flags: Flag[]): number | null {
  if (value === null || value === '') return null;
  const number = numberOf(value);
  if (number !== null && number >= 0 && number <= MOST_TOKENS) return Math.round(number);
  if (!flags.includes('tokens_invalid')) flags.push('tokens_invalid');
  return null;
}

function attributeUsage(facts: Facts, count: (value: Value) => number | null): Usage {
  const metadata = metadataUsage(facts.providerMetadata);
  const object = objectUsage(facts);
  const cachedInputTokens = count(facts.cacheReadTokens) ?? count(metadata.read) ?? count(object.read);
  const cacheWriteTokens = count(facts.cacheWriteTokens) ?? count(metadata.written) ?? count(object.written);
  const reasoningTokens =
    count(facts.reasoningTokens) ?? count(facts.thoughtTokens) ?? count(metadata.reasoning) ?? count(object.reasoning);
  return {
    inputTokens:
      count(facts.inputTokens) ?? count(object.input) ?? sum(count(facts.uncachedTokens), cachedInputTokens, cacheWriteTokens),
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: count(facts.outputTokens) ?? count(object.output) ?? sum(count(facts.textTokens), reasoningTokens),
    reasoningTokens,
  };
}

/** Unknown when the first is: the others are parts that may well be absent. */
const sum = (first: number | null, ...others: (number | null)[]) =>
  first === null ? null : others.reduce<number>((total, other) => total + (other ?? 0), first);

/** Write OpenTelemetry's names, by which the input includes the cache, and pass on Anthropic's count, which leaves it out. */
const passesOnAnthropic = ({ name }: Scope, { requestModel }: Facts) =>
  name === '@traceloop/instrumentation-anthropic' ||
  // Strands: by Anthropic's own API, which calls the model so; Bedrock's total says it itself.
  (name === 'strands.telemetry.tracer' && typeof requestModel === 'string' && requestModel.startsWith('claude'));

/** From 6 on, the SDK counts alike for all providers and tells the parts apart. Before, it passed on what the provider counts. */
const isVercelBefore6 = ({ isVercel, uncachedTokens }: Facts) => isVercel && uncachedTokens === null;

/** Makes the input include the cache where the client counted it apart. */
function withCache(usage: Usage, total: number | null, isApart: boolean, flags: Flag[]): Usage {
  const { inputTokens, outputTokens } = usage;
  const cache = (usage.cachedInputTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  if (inputTokens === null || cache === 0) return usage;
  const isMore = cache > inputTokens;
  if (isMore) flags.push('cache_exceeds_input');
  else if (!isApart && total !== inputTokens + (outputTokens ?? 0) + cache) return usage;
  flags.push('input_excluded_cache');
  return { ...usage, inputTokens: inputTokens + cache };
}

/** Makes the output include reasoning where the client counted it apart. */
function withReasoning(usage: Usage, total: number | null, isThought: boolean, flags: Flag[]): Usage {
  const { inputTokens, outputTokens, reasoningTokens } = usage;
  if (outputTokens === null || !reasoningTokens) return usage;
  const isApart = isThought || reasoningTokens > outputTokens || total === (inputTokens ?? 0) + outputTokens + reasoningTokens;
  if (!isApart) return usage;
  flags.push('output_excluded_reasoning');
  return { ...usage, outputTokens: outputTokens + reasoningTokens };
}
