import type { Attributes, Value } from '../wire.ts';
import { topics, type Topic } from './convention.ts';
import { aboutName } from './precedence.ts';

/** The answers of one span, each from the best attribute that was there. */
export type Facts = Record<Topic, Value> & {
  /** The attribute that answered `cost`. */
  costName: string | null;
  /** Whether anything came as one attribute per leaf. */
  numbered: boolean;
  /** Whether the input tokens came from the Vercel AI SDK. */
  isVercel: boolean;
  /** Whether they came as the provider counted them, under no convention's name. */
  isPassedOn: boolean;
};

const blank = {
  ...Object.fromEntries(topics.map((topic) => [topic, null])),
  costName: null,
  numbered: false,
  isVercel: false,
  isPassedOn: false,
} as Facts;
// One for all spans: nothing here waits, so no two spans are read at once.
const ranks = new Uint8Array(topics.length);

/** One pass over the attributes, however many names the precedence holds. */
export function factsOf(attributes: Attributes): Facts {
  const facts = { ...blank };
  ranks.fill(255);
  for (const [name, value] of attributes) {
    const { places, isNumbered } = aboutName(name);
    if (places === undefined) facts.numbered ||= isNumbered;
    else if (value !== null && value !== '') {
      for (const { topic, slot, rank } of places) {
        if (rank >= ranks[slot]!) continue;
        ranks[slot] = rank;
        facts[topic] = value;
        if (topic === 'cost') facts.costName = name;
        else if (topic === 'inputTokens') {
          facts.isVercel = name.startsWith('ai.');
          facts.isPassedOn = name === 'input_tokens';
        }
      }
    }
  }
  return facts;
}

/** MLflow writes even names as JSON, quotes and all. */
export const unquoted = (text: string) =>
  text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;

/** A label such as a user or a model: a text, or a number written as one. */
export function label(value: Value): string | null {
  if (typeof value === 'string') return unquoted(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** A text, or JSON for what is structured. */
export function textOf(value: Value): string | null {
  if (value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A number, also when sent as a text. */
export function numberOf(value: Value | undefined): number | null {
  if (typeof value === 'string' && value.trim() === '') return null;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

const MOST_JSON = 65_536;

/** The object in a small JSON text or structured value; null for anything else. Its names are read, never copied. */
export function objectIn(value: Value): { readonly [key: string]: unknown } | null {
  const parsed = typeof value === 'string' && value.length <= MOST_JSON ? parse(value) : value;
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as { [key: string]: unknown }) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A list of texts: a list, a JSON list, or one text. */
export function labels(value: Value): string[] {
  const list = typeof value === 'string' && value.startsWith('[') ? (parse(value) ?? value) : value;
  const all = Array.isArray(list) ? (list as Value[]) : [list as Value];
  return all.map((item) => label(item)).filter((item): item is string => item !== null && item !== '');
}
