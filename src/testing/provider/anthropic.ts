import { callsTool, events, SAID, TOOL, usageOf, type Body, type Protocol } from './script.ts';

/** What was read from the cache is not part of Anthropic's input. */
function tokens(body: Body) {
  const { input, cached, output } = usageOf(body);
  return { input_tokens: input - cached, cache_creation_input_tokens: 0, cache_read_input_tokens: cached, output_tokens: output };
}

const blockOf = (body: Body) =>
  callsTool(body)
    ? { type: 'tool_use', id: TOOL.id, name: TOOL.name, input: JSON.parse(TOOL.arguments) as object }
    : { type: 'text', text: SAID };

const message = (body: Body) => ({ id: 'msg_1', type: 'message', role: 'assistant', model: body.model });
const reasonOf = (body: Body) => (callsTool(body) ? 'tool_use' : 'end_turn');

/** Anthropic's messages. */
export const anthropic: Protocol = {
  failure: (told) => ({ type: 'error', error: { type: 'invalid_request_error', message: told } }),
  whole: (body) => ({
    ...message(body),
    content: [blockOf(body)],
    stop_reason: reasonOf(body),
    stop_sequence: null,
    usage: tokens(body),
  }),
  streamed(body) {
    const block = blockOf(body);
    const [empty, delta] = callsTool(body)
      ? [
          { ...block, input: {} },
          { type: 'input_json_delta', partial_json: TOOL.arguments },
        ]
      : [
          { ...block, text: '' },
          { type: 'text_delta', text: SAID },
        ];
    const usage = tokens(body);
    const start = {
      ...message(body),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usage, output_tokens: 1 },
    };
    return events(
      [
        { type: 'message_start', message: start },
        { type: 'content_block_start', index: 0, content_block: empty },
        { type: 'content_block_delta', index: 0, delta },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: reasonOf(body), stop_sequence: null }, usage },
        { type: 'message_stop' },
      ],
      { named: true },
    );
  },
};
