import type { Attributes, RawEvent, Value } from '../wire.ts';
import { precedence } from './precedence.ts';
import { textOf } from './facts.ts';

/** What the model read and said, as far as it stands in events. */
export interface Spoken {
  input: string | null;
  output: string | null;
}

type Named = Pick<RawEvent, 'name' | 'attributes'> & { readonly body?: Value };

/** From the events of a span, or from log records that belong to it. Best first: details, messages, contents. */
export function spokenIn(events: readonly Named[]): Spoken {
  const known = events.filter(({ name }) => name.startsWith('gen_ai.'));
  if (known.length === 0) return { input: null, output: null };
  return {
    input: detail(known, (of) => withSystem(of)) ?? messages(known, isInputMessage) ?? content(known, 'prompt'),
    output:
      detail(known, (of) => first(of, precedence.output)) ?? messages(known, isOutputMessage) ?? content(known, 'completion'),
  };
}

const detail = (events: readonly Named[], read: (attributes: Attributes) => string | null) =>
  found(events, 'gen_ai.client.inference.operation.details', ({ attributes }) => read(attributes));

const content = (events: readonly Named[], what: 'prompt' | 'completion') =>
  found(events, `gen_ai.content.${what}`, ({ attributes }) => textOf(attributes.get(`gen_ai.${what}`) ?? null));

function found(events: readonly Named[], name: string, read: (event: Named) => string | null): string | null {
  for (const event of events) {
    const text = event.name === name ? read(event) : null;
    if (text !== null) return text;
  }
  return null;
}

function first(attributes: Attributes, names: readonly string[]): string | null {
  for (const name of names) {
    const text = textOf(attributes.get(name) ?? null);
    if (text !== null) return text;
  }
  return null;
}

/** System instructions are the first message, wherever a client puts them. */
export function joinSystem(system: Value, input: Value): string | null {
  const [instructions, messages] = [textOf(system), textOf(input)];
  if (instructions === null) return messages;
  const parts = instructions.startsWith('[') ? instructions : JSON.stringify(instructions);
  const opening = `[{"role":"system","parts":${parts}}`;
  if (messages === null) return `${opening}]`;
  const rest = /^\s*\[\s*(\]?)/.exec(messages);
  // What is no list of messages stays as it is: a broken join would be worse than a missing system message.
  if (!rest) return messages;
  return rest[1] === ']' ? `${opening}]` : `${opening},${messages.slice(rest[0].length)}`;
}

const withSystem = (attributes: Attributes) =>
  joinSystem(attributes.get('gen_ai.system_instructions') ?? null, attributes.get('gen_ai.input.messages') ?? null);

const isInputMessage = (name: string) => /^gen_ai\.(system|user|assistant|tool)\.message$/.test(name);
const isOutputMessage = (name: string) => name === 'gen_ai.choice';

function messages(events: readonly Named[], wanted: (name: string) => boolean): string | null {
  const chosen = events.filter(({ name }) => wanted(name));
  return chosen.length === 0 ? null : JSON.stringify(chosen.map(message));
}

const MOST_LISTED = 1 << 20;

/** From a list of events in one attribute, as Pydantic AI writes it: `[{"event.name":"gen_ai.user.message","content":"…"}]`. */
export function spokenInList(list: Value): Spoken | null {
  const listed = typeof list === 'string' && list.startsWith('[') && list.length <= MOST_LISTED ? parsed(list) : list;
  if (!Array.isArray(listed)) return null;
  const events = listed.flatMap((one): Named[] => {
    const body = one as { readonly [key: string]: Value } | null;
    const name = typeof body === 'object' ? body?.['event.name'] : undefined;
    return typeof name === 'string' ? [{ name, attributes: nothing, body }] : [];
  });
  return events.length === 0 ? null : spokenIn(events);
}

const nothing: Attributes = new Map();

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** The attributes of the event, or the body of the log record, under the role that the event's name gives. */
function message({ name, attributes, body }: Named): { [key: string]: Value } {
  const role = name === 'gen_ai.choice' ? 'assistant' : name.split('.')[1]!;
  // Azure's clients put the whole message into one attribute.
  const whole = attributes.get('gen_ai.event.content') ?? null;
  const text = body ?? (typeof whole === 'string' && whole.startsWith('{') ? (parsed(whole) as Value) : whole);
  const said = text === null ? Object.fromEntries(own(attributes)) : bodyOf(text);
  return { role, ...said };
}

const own = (attributes: Attributes) => [...attributes].filter(([name]) => name !== 'event.name' && name !== 'gen_ai.system');

const bodyOf = (body: Value): { [key: string]: Value } =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? body : { content: body };
