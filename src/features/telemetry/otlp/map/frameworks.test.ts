import { describe, expect, test } from 'vitest';
import { event } from '../testing/body.ts';
import { mapped } from '../testing/documents.ts';

/** Frameworks and gateways of which no body was at hand, from the names that they write. */

const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };

describe('tokens under names of their own', () => {
  test.each([
    [
      'Pydantic AI',
      { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 20, 'gen_ai.usage.details.cached_tokens': 40 },
      [100, 40, 20, null],
    ],
    [
      'LangSmith, whose details are JSON',
      {
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.total_tokens': 120,
        'gen_ai.usage.input_token_details': '{"cache_read":40,"audio":0}',
        'gen_ai.usage.output_token_details': '{"reasoning":5}',
      },
      [100, 40, 20, 5],
    ],
    [
      "LangSmith, which passes on LangChain's usage",
      {
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'langsmith.metadata.usage_metadata':
          '{"input_tokens":100,"output_tokens":20,"input_token_details":{"cache_read":40},"output_token_details":{"reasoning":5}}',
      },
      [100, 40, 20, 5],
    ],
    ['MLflow', { 'mlflow.chat.tokenUsage': '{"input_tokens":100,"output_tokens":20,"total_tokens":120}' }, [100, null, 20, null]],
    [
      'LangWatch',
      { 'langwatch.metrics': '{"type":"json","value":{"promptTokens":100,"completionTokens":20}}' },
      [100, null, 20, null],
    ],
    [
      'ADK, which counts thoughts beside the output',
      {
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 15,
        'gen_ai.usage.experimental.reasoning_tokens': 5,
      },
      [100, null, 20, 5],
    ],
  ])('%s', (_, usage, [input, cached, output, reasoning]) => {
    expect(mapped({ ...chat, ...usage })).toMatchObject({
      inputTokens: input,
      cachedInputTokens: cached,
      outputTokens: output,
      reasoningTokens: reasoning,
    });
  });

  test("Strands passes on Bedrock's count, whose total tells that the cache is beside the input, and Anthropic's own, which does not", () => {
    const usage = (model: string, total: number) =>
      mapped(
        {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'strands-agents',
          'gen_ai.request.model': model,
          'gen_ai.usage.input_tokens': 60,
          'gen_ai.usage.prompt_tokens': 60,
          'gen_ai.usage.output_tokens': 20,
          'gen_ai.usage.total_tokens': total,
          'gen_ai.usage.cache_read_input_tokens': 30,
          'gen_ai.usage.cache_write_input_tokens': 10,
        },
        {},
        {},
        'strands.telemetry.tracer',
      );
    const told = { inputTokens: 100, cachedInputTokens: 30, cacheWriteTokens: 10, outputTokens: 20 };
    expect(usage('us.anthropic.claude-sonnet-4-20250514-v1:0', 120)).toMatchObject(told);
    expect(usage('claude-sonnet-4-5', 80)).toMatchObject(told);
    expect(usage('gpt-4o', 80)).toMatchObject({ inputTokens: 60 });
  });

  test('Claude Code: a request to the model, and a tool', () => {
    const request = {
      'span.type': 'llm_request',
      'session.id': 's1',
      'user.id': 'u1',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-opus-4-5',
      input_tokens: 50,
      output_tokens: 20,
      cache_read_tokens: 40,
      cache_creation_tokens: 10,
      ttft_ms: 800,
      stop_reason: 'tool_use',
    };
    expect(mapped(request)).toMatchObject({
      kind: 'generation',
      session: 's1',
      user: 'u1',
      model: 'claude-opus-4-5',
      inputTokens: 100,
      cachedInputTokens: 40,
      cacheWriteTokens: 10,
      outputTokens: 20,
      timeToFirstTokenMs: 800,
      finishReasons: ['tool_use'],
    });
    expect(mapped({ 'span.type': 'tool', tool_name: 'Bash', 'session.id': 's1' })).toMatchObject({ kind: 'tool' });
  });
});

test.each([
  ['operation.cost', 'Pydantic AI'],
  ['gen_ai.cost.total_cost', 'LiteLLM'],
  ['gen_ai.usage.total_cost', 'AgentOps'],
])('%s is a cost that the client gave (%s)', (name) => {
  expect(mapped({ ...chat, [name]: 0.01 })).toMatchObject({ givenCostUsd: 0.01, givenCostSource: name });
});

test('LiteLLM: who asked, by the function that was called', () => {
  const embedding = { 'llm.request.type': 'aembedding', 'gen_ai.request.model': 'text-embedding-3-small', 'llm.user': 'u1' };
  expect(mapped(embedding)).toMatchObject({ kind: 'embedding', user: 'u1' });
  expect(mapped({ ...chat, 'metadata.user_api_key_user_id': 'u2' })).toMatchObject({ user: 'u2' });
});

test("LangSmith's kinds, which its operations do not tell", () => {
  const kind = (word: string, operation: string) =>
    mapped({ 'langsmith.span.kind': word, 'gen_ai.operation.name': operation }).kind;
  expect([kind('llm', 'chat'), kind('prompt', 'chat'), kind('retriever', 'embeddings'), kind('chain', 'chain')]).toEqual([
    'generation',
    'prompt',
    'retrieval',
    'chain',
  ]);
});

test('LangSmith lists tags in one text, and names user and session in its metadata', () => {
  const span = {
    'langsmith.span.tags': 'a, seq:step:2',
    'langsmith.metadata.user_id': 'u1',
    'langsmith.metadata.session_id': 's1',
  };
  expect(mapped(span)).toMatchObject({ tags: ['a', 'seq:step:2'], user: 'u1', session: 's1' });
});

test('OpenInference passes on metadata as it was given, and its own names come first', () => {
  const metadata = JSON.stringify({ user_id: 'u1', thread_id: 's1', step: 3 });
  expect(mapped({ metadata })).toMatchObject({ user: 'u1', session: 's1' });
  expect(mapped({ metadata, 'user.id': 'u2', 'session.id': 's2' })).toMatchObject({ user: 'u2', session: 's2' });
  expect(mapped({ metadata: 'a note' })).toMatchObject({ user: null, session: null });
});

test('Mastra: an agent, its thread and its user', () => {
  const run = {
    'gen_ai.operation.name': 'invoke_agent',
    'mastra.metadata.userId': 'u1',
    'mastra.metadata.threadId': 's1',
    'mastra.agent_run.input': 'Rain?',
  };
  expect(mapped(run)).toMatchObject({ kind: 'agent', user: 'u1', session: 's1', input: 'Rain?' });
});

test('Mastra 0.24: an agent, its user and session, under bare names', () => {
  const run = { 'gen_ai.operation.name': 'agent.run', userId: 'u1', sessionId: 's1', input: 'Rain?', output: '{"text":"Yes."}' };
  expect(mapped(run)).toMatchObject({ kind: 'agent', user: 'u1', session: 's1', input: 'Rain?', output: '{"text":"Yes."}' });
});

test('MLflow writes even names as JSON', () => {
  const span = { 'mlflow.spanType': '"CHAT_MODEL"', 'mlflow.llm.model': '"gpt-4o"', 'mlflow.trace.session': '"s1"' };
  expect(mapped(span)).toMatchObject({ kind: 'generation', model: 'gpt-4o', session: 's1' });
});

test('ADK: a call and its session, its tool', () => {
  const call = {
    'gen_ai.system': 'gcp.vertex.agent',
    'gen_ai.request.model': 'gemini-2.0-flash',
    'gcp.vertex.agent.session_id': 's1',
    'gcp.vertex.agent.llm_request': '{"contents":[]}',
    'gcp.vertex.agent.llm_response': '{"content":{}}',
  };
  expect(mapped(call)).toMatchObject({ kind: 'generation', session: 's1', input: '{"contents":[]}', output: '{"content":{}}' });
  const tool = {
    'gen_ai.operation.name': 'execute_tool',
    'gcp.vertex.agent.tool_call_args': '{"city":"Oslo"}',
    'gcp.vertex.agent.llm_request': '{}',
    'gcp.vertex.agent.tool_response': '{"result":"rain"}',
    'gcp.vertex.agent.llm_response': '{}',
  };
  expect(mapped(tool)).toMatchObject({ kind: 'tool', input: '{"city":"Oslo"}', output: '{"result":"rain"}' });
});

describe('what was said', () => {
  test('Pydantic AI lists events in an attribute', () => {
    const events = [
      { 'event.name': 'gen_ai.user.message', role: 'user', content: 'Rain?' },
      { 'event.name': 'gen_ai.choice', message: { role: 'assistant', content: 'Yes.' } },
    ];
    const span = mapped({ ...chat, events: JSON.stringify(events) });
    expect(span.input).toContain('Rain?');
    expect(span.input).not.toContain('Yes.');
    expect(span.output).toContain('Yes.');
  });

  test("Azure's clients put a message into one attribute of its event", () => {
    const said = event('gen_ai.user.message', {
      'gen_ai.system': 'az.ai.inference',
      'gen_ai.event.content': '{"content":"Rain?"}',
    });
    expect(JSON.parse(mapped(chat, { events: [said] }).input!)).toEqual([{ role: 'user', content: 'Rain?' }]);
  });

  test('a list of events that is none of the kind is an attribute like others', () => {
    expect(mapped({ ...chat, events: '[1,null,"x"]' }).input).toBeNull();
    expect(mapped({ ...chat, events: '[broken' }).input).toBeNull();
  });
});

test.each([
  ['llm_judge', 'model'],
  ['deterministic', 'rule'],
  ['human', 'person'],
])('an evaluator of the type %s', (type, source) => {
  const told = event('gen_ai.evaluation.result', {
    'gen_ai.evaluation.name': 'relevance',
    'gen_ai.evaluation.score.value': 0.9,
    'gen_ai.evaluation.evaluator.type': type,
  });
  expect(mapped({}, { events: [told] }).scores).toMatchObject([{ value: 0.9, source }]);
});
