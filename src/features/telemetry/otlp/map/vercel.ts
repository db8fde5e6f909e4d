import type { Convention } from './convention.ts';

/** Vercel's AI SDK 4 to 6, and 7 with its older telemetry; 7 otherwise writes OpenTelemetry's names. */
export const vercel = {
  servedModel: ['ai.response.model'],
  requestModel: ['ai.model.id'],
  provider: ['ai.model.provider'],
  inputTokens: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
  uncachedTokens: ['ai.usage.inputTokenDetails.noCacheTokens'],
  cacheReadTokens: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
  cacheWriteTokens: ['ai.usage.inputTokenDetails.cacheWriteTokens'],
  outputTokens: ['ai.usage.outputTokens', 'ai.usage.completionTokens'],
  textTokens: ['ai.usage.outputTokenDetails.textTokens'],
  reasoningTokens: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
  totalTokens: ['ai.usage.totalTokens'],
  providerMetadata: ['ai.response.providerMetadata'],
  user: ['ai.telemetry.metadata.userId', 'ai.settings.context.userId'],
  session: ['ai.telemetry.metadata.sessionId', 'ai.settings.context.sessionId'],
  promptLink: ['ai.telemetry.metadata.langfusePrompt'],
  tags: ['ai.telemetry.metadata.tags'],
  input: ['ai.prompt.messages', 'ai.prompt', 'ai.value', 'ai.values'],
  output: ['ai.response.text', 'ai.response.object', 'ai.response.toolCalls', 'ai.result.text', 'ai.result.object'],
  laterInput: ['ai.toolCall.args'],
  laterOutput: ['ai.toolCall.result'],
  finishReasons: ['ai.response.finishReason', 'ai.finishReason'],
  firstChunkMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
  responseId: ['ai.response.id'],
} as const satisfies Convention;
