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
    name: 'gen_ai.operation.name',
    kinds: kinds({
      chat: 'generation',
      generate_content: 'generation',
      text_completion: 'generation',
      embeddings: 'embedding',
      retrieval: 'retrieval',
      rerank: 'reranker',
      execute_tool: 'tool',
      create_agent: 'agent',
      invoke_agent: 'agent',
      agent_step: 'chain',
      invoke_workflow: 'chain',
      plan: 'chain',
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
];
export const typeNames = typeRules.map(({ name }) => name);
