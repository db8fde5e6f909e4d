import { callsTool, events, SAID, servedBy, TOOL, usageOf, type Body, type Protocol } from './script.ts';

const itemOf = (body: Body) =>
  callsTool(body)
    ? { id: 'fc_1', type: 'function_call', status: 'completed', call_id: TOOL.id, name: TOOL.name, arguments: TOOL.arguments }
    : {
        id: 'msg_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: SAID, annotations: [], logprobs: [] }],
      };

function response(body: Body, isDone: boolean) {
  const { input, cached, output, reasoning } = usageOf(body);
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_760_000_000,
    status: isDone ? 'completed' : 'in_progress',
    model: servedBy(body.model),
    output: isDone ? [itemOf(body)] : [],
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: isDone
      ? {
          input_tokens: input,
          input_tokens_details: { cached_tokens: cached },
          output_tokens: output,
          output_tokens_details: { reasoning_tokens: reasoning },
          total_tokens: input + output,
        }
      : null,
  };
}

/** OpenAI's responses. */
export const responses: Protocol = {
  failure: (message) => ({ error: { message, type: 'invalid_request_error', param: null, code: 'refused' } }),
  whole: (body) => response(body, true),
  streamed(body) {
    const item = itemOf(body);
    const at = { item_id: item.id, output_index: 0 };
    const between = callsTool(body)
      ? [
          { type: 'response.function_call_arguments.delta', ...at, delta: TOOL.arguments },
          { type: 'response.function_call_arguments.done', ...at, arguments: TOOL.arguments },
        ]
      : [
          {
            type: 'response.content_part.added',
            ...at,
            content_index: 0,
            part: { type: 'output_text', text: '', annotations: [] },
          },
          { type: 'response.output_text.delta', ...at, content_index: 0, delta: SAID, logprobs: [] },
          { type: 'response.output_text.done', ...at, content_index: 0, text: SAID, logprobs: [] },
        ];
    const all = [
      { type: 'response.created', response: response(body, false) },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...item, status: 'in_progress', ...('content' in item ? { content: [] } : { arguments: '' }) },
      },
      ...between,
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: response(body, true) },
    ];
    return events(
      all.map((event, sequence_number) => ({ ...event, sequence_number })),
      { named: true },
    );
  },
};
