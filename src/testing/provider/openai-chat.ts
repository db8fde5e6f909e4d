import { callsTool, events, SAID, servedBy, TOOL, usageOf, type Body, type Protocol } from './script.ts';

const failure = (message: string) => ({ error: { message, type: 'invalid_request_error', param: null, code: 'refused' } });

const tokens = (body: Body) => {
  const { input, cached, output, reasoning } = usageOf(body);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
};

const toolCall = { id: TOOL.id, type: 'function', function: { name: TOOL.name, arguments: TOOL.arguments } };

const about = (body: Body, object: string) => ({ id: 'chatcmpl-1', object, created: 1_760_000_000, model: servedBy(body.model) });
const reasonOf = (body: Body) => (callsTool(body) ? 'tool_calls' : 'stop');

/** OpenAI's chat completions. */
export const chatCompletions: Protocol = {
  failure,
  whole: (body) => ({
    ...about(body, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: callsTool(body)
          ? { role: 'assistant', content: null, tool_calls: [toolCall] }
          : { role: 'assistant', content: SAID, refusal: null },
        logprobs: null,
        finish_reason: reasonOf(body),
      },
    ],
    usage: tokens(body),
  }),
  streamed(body) {
    const deltas = callsTool(body)
      ? [{ role: 'assistant', content: null, tool_calls: [{ index: 0, ...toolCall }] }]
      : [{ role: 'assistant', content: '' }, ...SAID.split(/(?= )/).map((content) => ({ content }))];
    const chunk = (choices: object[], usage: object | null = null) => ({
      ...about(body, 'chat.completion.chunk'),
      choices,
      usage,
    });
    return events(
      [
        ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
        chunk([{ index: 0, delta: {}, finish_reason: reasonOf(body) }]),
        // Only who asks for it is told what a stream used.
        ...(body.stream_options?.include_usage ? [chunk([], tokens(body))] : []),
      ],
      { done: true },
    );
  },
};

export const embeddings: Protocol = {
  failure,
  whole: (body) => ({
    object: 'list',
    model: body.model,
    data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
    usage: { prompt_tokens: 8, total_tokens: 8 },
  }),
  streamed: () => '',
};
