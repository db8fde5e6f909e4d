import type { Convention } from './convention.ts';

/** OpenInference, as Phoenix and Arize send it. Its prompt tokens include what came from the cache. */
export const openinference = {
  servedModel: ['llm.response.model_name'],
  requestModel: ['llm.request.model_name', 'llm.model_name', 'embedding.model_name', 'reranker.model_name'],
  provider: ['llm.provider', 'llm.system'],
  inputTokens: ['llm.token_count.prompt'],
  cacheReadTokens: ['llm.token_count.prompt_details.cache_read'],
  cacheWriteTokens: ['llm.token_count.prompt_details.cache_write'],
  outputTokens: ['llm.token_count.completion'],
  reasoningTokens: ['llm.token_count.completion_details.reasoning'],
  totalTokens: ['llm.token_count.total'],
  cost: ['llm.cost.total'],
  project: ['openinference.project.name'],
  promptName: ['prompt.id'],
  promptVersion: ['llm.prompt_template.version'],
  tags: ['tag.tags'],
  laterInput: ['input.value'],
  laterOutput: ['output.value'],
  finishReasons: ['llm.finish_reason'],
} as const satisfies Convention;
