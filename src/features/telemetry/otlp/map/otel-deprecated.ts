import type { Convention } from './convention.ts';

/** Names that OpenTelemetry has left behind and clients still send, with the aliases that grew beside them. */
export const otelDeprecated = {
  provider: ['gen_ai.system'],
  inputTokens: ['gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens'],
  cacheReadTokens: [
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.cache_read_tokens',
    'gen_ai.usage.details.cache_read_tokens',
    'gen_ai.usage.details.cache_read_input_tokens',
    'gen_ai.usage.input_cached_tokens',
    'gen_ai.usage.input_tokens.cached',
    'gen_ai.usage.cached_tokens',
    'gen_ai.usage.prompt_tokens_details.cached_tokens',
    'llm.usage.cache_read_input_tokens',
  ],
  cacheWriteTokens: [
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_creation_tokens',
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_write_tokens',
    'gen_ai.usage.details.cache_write_tokens',
    'gen_ai.usage.details.cache_creation_input_tokens',
    'llm.usage.cache_creation_input_tokens',
  ],
  outputTokens: ['gen_ai.usage.completion_tokens', 'llm.usage.completion_tokens'],
  reasoningTokens: [
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.details.reasoning_tokens',
    'gen_ai.usage.output_tokens.reasoning',
    'gen_ai.usage.completion_tokens_details.reasoning_tokens',
    'llm.usage.reasoning_tokens',
  ],
  totalTokens: ['llm.usage.total_tokens'],
  user: ['enduser.id'],
  laterInput: ['gen_ai.prompt'],
  laterOutput: ['gen_ai.completion'],
} as const satisfies Convention;
