import type { Kind } from '../span.ts';

/** A convention's word for what a span is. Words not listed say nothing, and the next attribute is asked. */
interface TypeRule {
  readonly name: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Only what stands after the last dot is the word. */
  readonly last?: boolean;
  /** For the words not listed. */
  readonly otherwise?: Kind;
}

const kinds = (words: Record<string, Kind>) => new Map(Object.entries(words));

/** First hit wins. Words are compared in lower case. */
export const typeRules: readonly TypeRule[] = [
  {
    name: 'langfuse.observation.type',
    kinds: kinds({
      generation: 'generation',
      embedding: 'embedding',
      tool: 'tool',
      agent: 'agent',
      chain: 'chain',
      retriever: 'retrieval',
      evaluator: 'evaluator',
      guardrail: 'guardrail',
      event: 'event',
      span: 'span',
    }),
  },
  {
    name: 'openinference.span.kind',
    kinds: kinds({
      llm: 'generation',
      embedding: 'embedding',
      tool: 'tool',
      agent: 'agent',
      chain: 'chain',
      retriever: 'retrieval',
      reranker: 'reranker',
      guardrail: 'guardrail',
      evaluator: 'evaluator',
      prompt: 'prompt',
    }),
  },
  {
    // Its exporter calls a prompt a chat, and a search for documents an embedding.
    name: 'langsmith.span.kind',
    kinds: kinds({
      llm: 'generation',
      embedding: 'embedding',
      tool: 'tool',
      chain: 'chain',
      parser: 'chain',
      retriever: 'retrieval',
      prompt: 'prompt',
    }),
  },
  {
    name: 'gen_ai.operation.name',
    kinds: kinds({
      chat: 'generation',
      generate_content: 'generation',
      text_completion: 'generation',
      completion: 'generation',
      embeddings: 'embedding',
      embedding: 'embedding',
      retrieval: 'retrieval',
      rerank: 'reranker',
      execute_tool: 'tool',
      tool_execution: 'tool',
      create_agent: 'agent',
      invoke_agent: 'agent',
      agent: 'agent',
      agent_run: 'agent',
      'agent.run': 'agent',
      agent_step: 'chain',
      invoke_workflow: 'chain',
      workflow_run: 'chain',
      'workflow.run': 'chain',
      execute_task: 'chain',
      plan: 'chain',
      guardrail: 'guardrail',
    }),
  },
  {
    // Only the innermost spans call a model (ai.streamText.doStream); those around them repeat its tokens.
    name: 'ai.operationId',
    last: true,
    kinds: kinds({
      dogenerate: 'generation',
      dostream: 'generation',
      doembed: 'embedding',
      dorerank: 'reranker',
      toolcall: 'tool',
    }),
    otherwise: 'span',
  },
  {
    name: 'traceloop.span.kind',
    kinds: kinds({ workflow: 'chain', task: 'chain', session: 'chain', agent: 'agent', tool: 'tool' }),
  },
  {
    name: 'mlflow.spanType',
    kinds: kinds({
      llm: 'generation',
      chat_model: 'generation',
      embedding: 'embedding',
      reranker: 'reranker',
      tool: 'tool',
      agent: 'agent',
      chain: 'chain',
      workflow: 'chain',
      task: 'chain',
      parser: 'chain',
      retriever: 'retrieval',
      guardrail: 'guardrail',
      evaluator: 'evaluator',
    }),
  },
  {
    name: 'langwatch.span.type',
    kinds: kinds({
      llm: 'generation',
      tool: 'tool',
      agent: 'agent',
      chain: 'chain',
      workflow: 'chain',
      rag: 'retrieval',
      guardrail: 'guardrail',
      evaluation: 'evaluator',
    }),
  },
  // Claude Code.
  { name: 'span.type', kinds: kinds({ llm_request: 'generation', tool: 'tool', interaction: 'agent' }) },
];
export const typeNames = typeRules.map(({ name }) => name);
