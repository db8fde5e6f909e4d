/**
 * What was said, out of what the conventions write into a span's input and output: OpenAI's and Anthropic's messages, parts of
 * OpenTelemetry and of the Vercel AI SDK, a choice, or a plain text. What fits none of them is shown as it came.
 */

export interface Part {
  kind: 'text' | 'reasoning' | 'tool_call' | 'tool_result' | 'other';
  /** The tool that is called or answers, or what kind of other thing it is. */
  name: string | null;
  text: string;
}

export interface Message {
  role: string | null;
  parts: Part[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Whoever sends thousands of messages in one call is not read to the end by a person. */
const MOST_MESSAGES = 500;

/** The messages of an input or output; `role` is whose a text without one is. */
export function messagesOf(raw: string, role: string | null = null): Message[] {
  const value = parsed(raw);
  const found = value === undefined ? [] : messagesIn(value, role).slice(0, MOST_MESSAGES);
  return found.length > 0 ? found : [{ role, parts: [{ kind: 'text', name: null, text: raw }] }];
}

/** JSON that is a message or holds some; a number or a lone word is a text. */
function parsed(raw: string): unknown {
  if (!/^\s*[[{]/.test(raw)) return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function messagesIn(value: unknown, role: string | null): Message[] {
  if (Array.isArray(value)) {
    if (value.some(isMessage)) return value.flatMap((one) => (isMessage(one) ? [messageOf(one)] : messagesIn(one, role)));
    return value.length > 0 && value.every(isPart) ? [{ role, parts: value.flatMap(partsOf) }] : [];
  }
  if (!isFields(value)) return [];
  if (isMessage(value)) return [messageOf(value)];
  const { choices, system, messages, prompt } = value as Fields;
  if (Array.isArray(choices)) return choices.flatMap((one) => (isFields(one) ? messagesIn(one['message'], role) : []));
  const before = textual(system) ? [{ role: 'system', parts: partsOf(system) }] : [];
  if (Array.isArray(messages)) return [...before, ...messagesIn(messages, role)];
  return textual(prompt) ? [...before, { role: 'user', parts: partsOf(prompt) }] : [];
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const textual = (value: unknown) => (typeof value === 'string' && value !== '') || Array.isArray(value);
const isMessage = (value: unknown): value is Fields =>
  isFields(value) &&
  typeof value['role'] === 'string' &&
  ['content', 'parts', 'tool_calls', 'toolCalls'].some((name) => value[name] !== undefined);
const isPart = (value: unknown) => isFields(value) && typeof value['type'] === 'string';

function messageOf(message: Fields): Message {
  const { role, content, parts, reasoning_content: thought } = message;
  const calls = message['tool_calls'] ?? message['toolCalls'];
  const said = [
    ...(textual(thought) ? partsOf(thought).map((part): Part => ({ ...part, kind: 'reasoning' })) : []),
    ...partsOf(content),
    ...partsOf(parts),
    ...(Array.isArray(calls) ? calls.flatMap(callOf) : []),
  ];
  // In OpenAI's messages, what a tool answered is the content of a message of its own.
  const answers = role === 'tool' && said.every(({ kind }) => kind === 'text');
  const name = nameOf(message);
  return { role: String(role), parts: answers ? said.map((part): Part => ({ ...part, kind: 'tool_result', name })) : said };
}

function partsOf(content: unknown): Part[] {
  if (content === null || content === undefined || content === '') return [];
  if (typeof content === 'string') return [{ kind: 'text', name: null, text: content }];
  if (Array.isArray(content)) return content.flatMap(partsOf);
  if (!isFields(content)) return [{ kind: 'other', name: null, text: pretty(content) }];
  return partOf(content);
}

function partOf(part: Fields): Part[] {
  const type = typeof part['type'] === 'string' ? part['type'].replaceAll('-', '_') : '';
  const name = nameOf(part);
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'refusal':
      return [{ kind: 'text', name: null, text: pretty(part['text'] ?? part['content'] ?? part['refusal'] ?? '') }];
    case 'reasoning':
    case 'thinking':
      return [{ kind: 'reasoning', name: null, text: pretty(part['text'] ?? part['content'] ?? part['thinking'] ?? '') }];
    case 'tool_call':
    case 'tool_use':
    case 'server_tool_call':
    case 'function':
      return callOf(part);
    case 'tool_result':
    case 'tool_call_response':
    case 'server_tool_call_response':
      return [{ kind: 'tool_result', name, text: answerOf(part) }];
    default:
      return [{ kind: 'other', name: type || null, text: pretty(part) }];
  }
}

function callOf(call: unknown): Part[] {
  if (!isFields(call)) return [];
  const of = isFields(call['function']) ? call['function'] : call;
  const given = of['arguments'] ?? of['args'] ?? of['input'] ?? '';
  return [{ kind: 'tool_call', name: nameOf(of), text: typeof given === 'string' ? prettyJson(given) : pretty(given) }];
}

function answerOf(part: Fields): string {
  const answer = part['result'] ?? part['response'] ?? part['output'] ?? part['content'] ?? '';
  const texts = Array.isArray(answer) ? partsOf(answer) : [];
  return texts.length > 0 && texts.every(({ kind }) => kind === 'text')
    ? texts.map(({ text }) => text).join('\n')
    : pretty(answer);
}

function nameOf(fields: Fields): string | null {
  const name = fields['name'] ?? fields['toolName'] ?? fields['tool_name'];
  return typeof name === 'string' && name !== '' ? name : null;
}

const pretty = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? ''));

/** JSON in a text, made readable; any other text as it is. */
export function prettyJson(text: string): string {
  const value = parsed(text);
  return value === undefined ? text : pretty(value);
}
