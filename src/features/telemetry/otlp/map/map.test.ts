import { describe, expect, test } from 'vitest';
import { event, START } from '../testing/body.ts';
import { mapped } from '../testing/documents.ts';

/** Clients of which no body was at hand, from the names that they write. */

const tokens = (of: Parameters<typeof mapped>[0]) => {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens, flags } = mapped(of);
  return { inputTokens, cachedInputTokens, outputTokens, reasoningTokens, flags };
};

describe('Langfuse', () => {
  const generation = {
    'langfuse.observation.type': 'generation',
    'langfuse.observation.model.name': 'gpt-4o',
    'langfuse.observation.usage_details': '{"input":100,"output":20,"input_cached_tokens":40}',
    'langfuse.observation.cost_details': '{"total":0.01}',
    'langfuse.observation.prompt.name': 'greet',
    'langfuse.observation.prompt.version': 3,
    'langfuse.observation.input': '{"q":1}',
    'langfuse.observation.completion_start_time': '"2026-11-21T00:43:04.084Z"',
    'langfuse.trace.name': 'tn',
    'langfuse.trace.tags': ['a', 'b'],
    'langfuse.user.id': 'u',
    'langfuse.session.id': 's',
    'langfuse.environment': 'prod',
    'langfuse.release': 'r1',
    'langfuse.version': '9',
  };

  test('a generation with all that its client sets', () => {
    expect(mapped(generation, {}, { 'service.name': 'shop', 'service.version': '1' })).toMatchObject({
      kind: 'generation',
      model: 'gpt-4o',
      inputTokens: 140,
      cachedInputTokens: 40,
      outputTokens: 20,
      givenCostUsd: 0.01,
      givenCostSource: 'langfuse.observation.cost_details',
      promptName: 'greet',
      promptVersion: '3',
      traceName: 'tn',
      tags: ['a', 'b'],
      version: '9',
      user: 'u',
      session: 's',
      environment: 'prod',
      release: 'r1',
      workflow: 'shop',
      input: '{"q":1}',
      timeToFirstTokenMs: 250,
    });
  });

  test("OpenAI's own shape and totals that say so: the details are within the counts", () => {
    const usage = (details: object) => tokens({ 'langfuse.observation.usage_details': JSON.stringify(details) });
    const openai = { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 40 } };
    expect(usage(openai)).toMatchObject({ inputTokens: 100, cachedInputTokens: 40, outputTokens: 20 });
    expect(usage({ input: 100, output: 20, input_cached_tokens: 40, total: 120 })).toMatchObject({ inputTokens: 100 });
    expect(usage({ input: 100, output: 20, input_cached_tokens: 40, total: 160 })).toMatchObject({ inputTokens: 140 });
    expect(usage({ input: 10, cache_read_input_tokens: 40, output: 15, output_reasoning_tokens: 5 })).toMatchObject({
      inputTokens: 50,
      outputTokens: 20,
      reasoningTokens: 5,
    });
  });

  test('an error by level', () => {
    const failed = {
      'langfuse.observation.type': 'tool',
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.status_message': 'boom',
    };
    expect(mapped(failed)).toMatchObject({ kind: 'tool', status: 'error', statusMessage: 'boom' });
  });
});

describe('Vercel AI SDK 6, and 7 with its older telemetry', () => {
  const call = {
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.provider': 'openai.responses',
    'ai.usage.inputTokens': 100,
    'ai.usage.inputTokenDetails.noCacheTokens': 60,
    'ai.usage.inputTokenDetails.cacheReadTokens': 40,
    'ai.usage.outputTokens': 20,
    'ai.usage.outputTokenDetails.textTokens': 15,
    'ai.usage.outputTokenDetails.reasoningTokens': 5,
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 20,
    'ai.settings.context.userId': 'u1',
    'ai.settings.context.sessionId': 's1',
    'ai.response.msToFirstChunk': 120.5,
    'ai.telemetry.metadata.langfusePrompt': '{"name":"greet","version":3}',
  };

  test('100 in, 40 of them cached; 20 out, 5 of them reasoning', () => {
    expect(tokens(call)).toEqual({ inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, reasoningTokens: 5, flags: [] });
    expect(mapped(call)).toMatchObject({ user: 'u1', session: 's1', provider: 'openai', costable: true });
    expect(mapped(call)).toMatchObject({ timeToFirstTokenMs: 120.5, promptName: 'greet', promptVersion: '3' });
  });

  test.each([
    ['ai.generateText', 'span'],
    ['ai.streamObject.doStream', 'generation'],
    ['ai.embedMany.doEmbed', 'embedding'],
    ['ai.embedMany', 'span'],
    ['ai.toolCall', 'tool'],
  ])('%s is a %s', (operation, kind) => {
    expect(mapped({ 'ai.operationId': operation, 'gen_ai.request.model': 'm' }).kind).toBe(kind);
  });
});

test('before 6, what Anthropic counts apart becomes part of the input', () => {
  const call = {
    'ai.operationId': 'ai.streamText.doStream',
    'ai.model.provider': 'anthropic.messages',
    'ai.usage.outputTokens': 5,
  };
  const cached = { ...call, 'ai.usage.inputTokens': 100, 'ai.usage.cachedInputTokens': 40 };
  expect(tokens(cached)).toMatchObject({ inputTokens: 140, cachedInputTokens: 40, flags: ['input_excluded_cache'] });
  const version4 = {
    ...call,
    'ai.usage.promptTokens': 10,
    'ai.response.providerMetadata': '{"anthropic":{"cacheCreationInputTokens":7,"cacheReadInputTokens":3}}',
  };
  expect(mapped(version4)).toMatchObject({ inputTokens: 20, cachedInputTokens: 3, cacheWriteTokens: 7 });
});

describe('Traceloop', () => {
  test('a call, its user and session, messages one attribute per leaf', () => {
    const call = {
      'gen_ai.system': 'OpenAI',
      'llm.request.type': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.prompt_tokens': 100,
      'gen_ai.usage.completion_tokens': 20,
      'llm.usage.total_tokens': 120,
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': 'hi',
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': 'be nice',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'hello',
      'gen_ai.completion.0.finish_reason': 'stop',
      'traceloop.association.properties.user_id': 'u',
      'traceloop.association.properties.session_id': 's',
    };
    expect(tokens(call)).toEqual({
      inputTokens: 100,
      cachedInputTokens: null,
      outputTokens: 20,
      reasoningTokens: null,
      flags: [],
    });
    expect(mapped(call)).toMatchObject({
      kind: 'generation',
      provider: 'openai',
      user: 'u',
      session: 's',
      finishReasons: ['stop'],
    });
    expect(JSON.parse(mapped(call).input!)).toEqual([
      { role: 'system', content: 'be nice' },
      { role: 'user', content: 'hi' },
    ]);
  });

  test('a workflow wraps', () => {
    const workflow = { 'traceloop.span.kind': 'workflow', 'traceloop.entity.input': '{"a":1}' };
    expect(mapped(workflow)).toMatchObject({ kind: 'chain', costable: false, input: '{"a":1}' });
  });
});

describe('OpenTelemetry', () => {
  test.each([
    [{ 'gen_ai.operation.name': 'text_completion' }, 'generation'],
    [{ 'gen_ai.operation.name': 'embeddings' }, 'embedding'],
    [{ 'gen_ai.operation.name': 'retrieval' }, 'retrieval'],
    [{ 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.request.model': 'm' }, 'chain'],
    [{ 'gen_ai.operation.name': 'something_new', 'gen_ai.request.model': 'm' }, 'generation'],
    [{ 'mcp.method.name': 'tools/call' }, 'tool'],
    [{ 'mcp.method.name': 'initialize' }, 'span'],
    [{ 'openinference.span.kind': 'RERANKER' }, 'reranker'],
    [{ 'http.request.method': 'GET' }, 'span'],
  ])('%j is a %s', (of, kind) => {
    expect(mapped(of).kind).toBe(kind);
  });

  test.each([
    ['vertex_ai', 'gcp.vertex_ai'],
    ['az.ai.openai', 'azure.ai.openai'],
    ['xai', 'x_ai'],
    ['Anthropic', 'anthropic'],
    ['AWS', 'aws.bedrock'],
    ['my-own', 'my-own'],
  ])('the provider %s is %s', (said, provider) => {
    expect(mapped({ 'gen_ai.system': said }).provider).toBe(provider);
  });

  test('more cache than input: the input was counted without it', () => {
    const call = {
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.cache_read_input_tokens': 1000,
      'gen_ai.usage.output_tokens': 1,
    };
    expect(tokens(call)).toMatchObject({ inputTokens: 1010, flags: ['cache_exceeds_input', 'input_excluded_cache'] });
  });

  test('the total settles whether the cache and reasoning were counted apart', () => {
    const call = {
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 40,
      'gen_ai.usage.output_tokens': 20,
    };
    expect(tokens(call).inputTokens).toBe(100);
    expect(tokens({ ...call, 'gen_ai.usage.total_tokens': 160 }).inputTokens).toBe(140);
    const thinking = { ...call, 'gen_ai.usage.reasoning_tokens': 50 };
    expect(tokens(thinking)).toMatchObject({ outputTokens: 70, flags: ['output_excluded_reasoning'] });
  });

  test('nonsense for tokens and cost is unknown and flagged', () => {
    const call = { 'gen_ai.usage.input_tokens': -5, 'gen_ai.usage.output_tokens': 'many', 'gen_ai.usage.cost': -1 };
    expect(mapped(call)).toMatchObject({ inputTokens: null, outputTokens: null, givenCostUsd: null });
    expect(mapped(call).flags).toEqual(['tokens_invalid', 'cost_invalid']);
  });

  test('messages in events: details, then one event each, then contents', () => {
    const details = event('gen_ai.client.inference.operation.details', {
      'gen_ai.input.messages': '[{"role":"user"}]',
      'gen_ai.system_instructions': '[]',
    });
    expect(mapped({}, { events: [details] }).input).toBe('[{"role":"system","parts":[]},{"role":"user"}]');
    const each = [event('gen_ai.user.message', { content: 'hi' }), event('gen_ai.choice', { content: 'hello' })];
    expect(mapped({}, { events: each })).toMatchObject({
      input: '[{"role":"user","content":"hi"}]',
      output: '[{"role":"assistant","content":"hello"}]',
    });
    const contents = [
      event('gen_ai.content.prompt', { 'gen_ai.prompt': 'p' }),
      event('gen_ai.content.completion', { 'gen_ai.completion': 'c' }),
    ];
    expect(mapped({}, { events: contents })).toMatchObject({ input: 'p', output: 'c' });
  });

  test('scores from evaluation events and from annotations', () => {
    const told = event('gen_ai.evaluation.result', {
      'gen_ai.evaluation.name': 'Relevance',
      'gen_ai.evaluation.score.value': 1,
      'gen_ai.evaluation.score.label': 'pass',
    });
    const annotated = { 'annotations.0.name': 'tone', 'annotations.0.score': 0.5, 'annotations.0.annotator_kind': 'LLM' };
    expect(mapped(annotated, { events: [told] }).scores).toEqual([
      { name: 'Relevance', value: 1, label: 'pass', explanation: null, source: null },
      { name: 'tone', value: 0.5, label: null, explanation: null, source: 'model' },
    ]);
  });

  test('what only looks numbered is an attribute like others', () => {
    const of = {
      'gen_ai.prompt.name': 'greet',
      'gen_ai.prompt.0.content': 'hi',
      'gen_ai.prompt.id': 7,
      'annotations.team/owner': 'x',
    };
    expect(mapped(of)).toMatchObject({ promptName: 'greet', input: '[{"content":"hi"}]', scores: [] });
    expect(mapped({ 'annotation.name': 'tone', 'annotation.label': 'kind' }).scores).toMatchObject([
      { name: 'tone', label: 'kind' },
    ]);
  });

  test('what failed, and why', () => {
    const exception = event('exception', { 'exception.type': 'Timeout', 'exception.message': 'too slow' });
    expect(mapped({}, { events: [exception] })).toMatchObject({ status: 'error', statusMessage: 'too slow' });
    expect(mapped({}, { status: { code: 2 } })).toMatchObject({ status: 'error', statusMessage: null });
    expect(mapped({ 'error.type': '429' })).toMatchObject({ status: 'error', statusMessage: '429' });
    const answer = '{"content":[],"isError":true}';
    expect(mapped({ 'gen_ai.tool.name': 't', 'gen_ai.tool.call.result': answer }).status).toBe('error');
    expect(mapped({ 'gen_ai.tool.name': 't', 'gen_ai.tool.call.result': '{"x":{"isError":true}}' }).status).toBe('ok');
  });

  test('the workflow: named, else the service', () => {
    expect(mapped({ 'steward.workflow': 'claims' }, {}, { 'service.name': 'api' }).workflow).toBe('claims');
    expect(mapped({}, {}, { 'service.name': 'api', 'steward.workflow': 'claims' })).toMatchObject({
      workflow: 'claims',
      service: 'api',
    });
    expect(mapped({}).workflow).toBeNull();
  });
});

test('times that cannot be are unknown and flagged', () => {
  expect(mapped({}, { startTimeUnixNano: '0' })).toMatchObject({ startedAt: null, durationMs: null, flags: ['start_missing'] });
  expect(mapped({}, { endTimeUnixNano: '1795221783833000000' })).toMatchObject({
    durationMs: null,
    flags: ['ends_before_start'],
  });
  expect(mapped({}, { endTimeUnixNano: '1798000000000000000' }).flags).toEqual(['longer_than_30_days']);
  for (const startTimeUnixNano of ['1', '18446744073709551615'])
    expect(mapped({}, { startTimeUnixNano })).toMatchObject({ startedAt: null, durationMs: null, flags: ['time_invalid'] });
  expect(mapped({}, { startTimeUnixNano: START, endTimeUnixNano: '1795221783834000001' }).durationMs).toBe(0.000001);
});
