import type { Convention } from './convention.ts';

/**
 * Names that frameworks, gateways and agents write beside the conventions, or before they followed one: Pydantic AI and
 * Logfire, LiteLLM, Google's ADK, LangSmith, MLflow, LangWatch, Strands, AgentOps and Claude Code. Asked last.
 */
export const frameworks = {
  servedModel: ['llm.response.model'],
  requestModel: ['llm.request.model', 'mlflow.llm.model'],
  provider: ['llm.vendor', 'mlflow.llm.provider'],
  inputTokens: ['input_tokens'],
  cacheReadTokens: [
    'gen_ai.usage.cached_input_tokens',
    'gen_ai.usage.details.cached_tokens',
    'gen_ai.usage.input_tokens_details.cached_tokens',
    'gen_ai.usage.input_token_details.cache_read',
    'cache_read_tokens',
  ],
  cacheWriteTokens: [
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.details.cache_creation_tokens',
    'gen_ai.usage.input_token_details.cache_creation',
    'cache_creation_tokens',
  ],
  outputTokens: ['output_tokens'],
  reasoningTokens: [
    'gen_ai.usage.output_tokens_details.reasoning_tokens',
    'gen_ai.usage.output_token_details.reasoning',
    'gen_ai.usage.details.thinking_tokens',
    'gen_ai.usage.details.thoughts_tokens',
  ],
  // Google's ADK counts them beside the output.
  thoughtTokens: ['gen_ai.usage.experimental.reasoning_tokens'],
  inputDetails: ['gen_ai.usage.input_token_details'],
  outputDetails: ['gen_ai.usage.output_token_details'],
  usageObject: ['mlflow.chat.tokenUsage', 'langwatch.metrics', 'langsmith.metadata.usage_metadata'],
  cost: ['gen_ai.usage.total_cost', 'operation.cost', 'gen_ai.cost.total_cost', 'litellm.cost.total'],
  user: [
    'langsmith.metadata.user_id',
    'langwatch.user.id',
    'langwatch.user_id',
    'mlflow.trace.user',
    'gen_ai.request.user',
    'llm.user',
    'gen_ai.user',
    'metadata.user_api_key_end_user_id',
    'metadata.user_api_key_user_id',
  ],
  session: [
    'gcp.vertex.agent.session_id',
    'langsmith.metadata.session_id',
    'langsmith.metadata.conversation_id',
    'langsmith.metadata.thread_id',
    'langwatch.thread_id',
    'mlflow.trace.session',
  ],
  promptName: ['langsmith.metadata.lc_hub_repo'],
  promptVersion: ['langsmith.metadata.lc_hub_commit_hash'],
  tags: ['langsmith.span.tags'],
  messageList: ['events', 'all_messages_events'],
  laterInput: [
    'langwatch.input',
    'pydantic_ai.all_messages',
    // A tool's span says the model's as well, and empty.
    'gcp.vertex.agent.tool_call_args',
    'gcp.vertex.agent.llm_request',
    'tool_arguments',
    'request_data',
    'mcp.request.argument',
  ],
  laterOutput: [
    'langwatch.output',
    'gcp.vertex.agent.tool_response',
    'gcp.vertex.agent.llm_response',
    'tool_response',
    'final_result',
    'response_data',
    'mcp.response.value',
  ],
  finishReasons: ['gen_ai.response.finish_reason', 'llm.response.finish_reason', 'llm.response.stop_reason', 'stop_reason'],
  firstChunkMs: ['ttft_ms'],
} as const satisfies Convention;
