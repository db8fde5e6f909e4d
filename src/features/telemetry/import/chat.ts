/**
 * What a chat message says. Answers come as a message, as a list of them, as the choices or candidates of a whole response, or as
 * parts: the same reading once for a sample, to see whether a column holds such, and once as SQL for every row.
 */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a response keeps its answers. */
const LISTS = ['choices', 'candidates', 'messages', 'output'] as const;

/** Whether a text is such a message: it has a role, or stands where only messages stand. An answer that is JSON for a program is none. */
export function isChat(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    const value: unknown = JSON.parse(text);
    const list = Array.isArray(value)
      ? value
      : isObject(value)
        ? LISTS.map((name) => value[name]).find(Array.isArray)
        : undefined;
    if (list) return list.length > 0 && list.every((item) => isMessage(item) || isPart(item));
    return isMessage(value);
  } catch {
    return false;
  }
}

/** Whether a text is a list of messages of which the last is an answer: question and answer stand in one column. */
export function endsInAnswer(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const list: unknown = isObject(value) ? value['messages'] : value;
    const last: unknown = Array.isArray(list) && list.length > 1 ? list.at(-1) : null;
    return isMessage(last) && isObject(last) && ['assistant', 'model', 'ai'].includes(last['role'] as string);
  } catch {
    return false;
  }
}

const isMessage = (value: unknown): boolean =>
  isObject(value) &&
  (isMessage(value['message']) || isMessage(value['content']) || ('role' in value && ('content' in value || 'parts' in value)));

/** A piece of content: `{"type": "text", "text": "…"}`; of a model that thinks aloud some pieces hold no text. */
const isPart = (value: unknown): boolean => isObject(value) && typeof value['type'] === 'string';

/**
 * Of a chat message, or of the last in a list of them, what it says; of what is none, all of it. SQL over a Nullable(String).
 * `fromEnd`: 2 for the message before the last.
 */
export const chatText = (text: string, fromEnd: 1 | 2 = 1): string =>
  named('w', `ifNull(${text}, '')`, named('l', LIST, named('m', messageOf(fromEnd), SAID)));

// A list of one, walked through, stands for a variable: what it names is written, and computed, once.
const named = (name: string, value: string, body: string) => `arrayElement(arrayMap(${name} -> ${body}, [${value}]), 1)`;

const inner = LISTS.map((name) => `JSONHas(w, '${name}'), JSONExtractArrayRaw(w, '${name}')`);
const LIST = `multiIf(startsWith(trimLeft(w), '['), JSONExtractArrayRaw(w), ${inner.join(', ')}, [w])`;

// Of choices the first counts, of messages the last. Parts are pieces of one message.
const wrapped = `JSONHas(l[1], 'message') or JSONHas(l[1], 'content', 'parts')`;
const isParts = `JSONHas(l[1], 'type') and not JSONHas(l[1], 'role') and not JSONHas(l[1], 'message')`;
function messageOf(fromEnd: 1 | 2): string {
  const item = `if(${wrapped}, l[1], l[-${fromEnd}])`;
  return `multiIf(${isParts}, concat('{"content":[', arrayStringConcat(l, ','), ']}'), JSONHas(${item}, 'message'), JSONExtractRaw(${item}, 'message'), ${item})`;
}

const pieces = [`'content'`, `'parts'`, `'content', 'parts'`].map((path) => `JSONExtractArrayRaw(m, ${path})`).join(', ');
// Asked for as a text, an object answers with its JSON.
const textAt = (json: string, path: string) =>
  `if(JSONType(${json}, ${path}) = 'String', JSONExtractString(${json}, ${path}), '')`;
// A piece may hold its text, hold it under another name, be it, or hold a message with pieces of its own.
const texts = [`'text'`, `'content'`].map((path) => `nullIf(${textAt('p', path)}, '')`).join(', ');
const within = `arrayStringConcat(arrayMap(c -> ${textAt('c', `'text'`)}, JSONExtractArrayRaw(p, 'content')))`;
const piece = `coalesce(${texts}, nullIf(${within}, ''), if(startsWith(p, '"'), JSONExtractString(p), ''))`;
// A message that says nothing and calls no tool is an empty answer, and not its JSON.
const calls = ['tool_calls', 'function_call', 'tool_call', 'refusal'].map((name) => `JSONType(m, '${name}') != 'Null'`);
const SILENT = `JSONHas(m, 'role') and (JSONType(m, 'content') in ('Null', 'String') or JSONLength(m, 'content') = 0) and JSONLength(m, 'parts') = 0 and not (${calls.join(' or ')})`;
const SAID = `coalesce(nullIf(${textAt('m', `'content'`)}, ''), nullIf(arrayStringConcat(arrayMap(p -> ${piece}, arrayConcat(${pieces}))), ''), nullIf(${textAt('m', `'text'`)}, ''), if(${SILENT}, '', m))`;
