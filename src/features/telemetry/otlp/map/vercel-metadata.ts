import type { Value } from '../wire.ts';
import { objectIn } from './facts.ts';

interface Parts {
  read: Value;
  written: Value;
  reasoning: Value;
}

const names: Record<keyof Parts, readonly string[]> = {
  read: [
    'cachedPromptTokens',
    'cacheReadInputTokens',
    'cachedContentTokenCount',
    'cache_read_input_tokens',
    'promptCacheHitTokens',
  ],
  written: ['cacheCreationInputTokens', 'cacheWriteInputTokens', 'cache_creation_input_tokens'],
  reasoning: ['reasoningTokens', 'thoughtsTokenCount'],
};
const nothing: Parts = { read: null, written: null, reasoning: null };

/** Token details that version 4 only passes on in the provider's own words: `{"openai":{"cachedPromptTokens":40}}`. */
export function metadataUsage(metadata: Value): Parts {
  const providers = metadata === null ? null : objectIn(metadata);
  if (!providers) return nothing;
  const places = Object.values(providers).flatMap((provider) => {
    const own = objectIn(provider as Value);
    return own ? [own, objectIn(own['usage'] as Value), objectIn(own['usageMetadata'] as Value)] : [];
  });
  const find = (wanted: readonly string[]) =>
    wanted.flatMap((name) => places.map((place) => place?.[name])).find((value) => typeof value === 'number') ?? null;
  return { read: find(names.read), written: find(names.written), reasoning: find(names.reasoning) };
}
