import { emptyMap } from '../intake.ts';
import type { Attributes, Value } from '../wire.ts';
import { isNumbered } from './precedence.ts';

type Tree = { [key: string]: Value };

/** As Langfuse: a list with an index beyond this is not a list. */
const MOST_INDEX = 10_000;
const MOST_LEVELS = 16;
/** Levels that OpenInference puts between a list and what it lists. */
const wrappers = new Set(['message', 'message_content', 'tool_call', 'document']);
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Messages written as one attribute per leaf, as JSON: `llm.input_messages.0.message.role = user` is `[{"role":"user"}]`.
 * The first prefix that has any wins.
 */
export function numberedText(attributes: Attributes, prefixes: readonly string[]): string | null {
  for (const prefix of prefixes) {
    const tree = treeOf(attributes, prefix);
    if (tree) return JSON.stringify(listed(tree));
  }
  return null;
}

/** The leaves below a prefix as objects within objects, before lists are made of them; null when there are none. */
export function treeOf(attributes: Attributes, prefix: string): Tree | null {
  let tree: Tree | null = null;
  for (const [name, value] of attributes) {
    if (!name.startsWith(prefix) || !isNumbered(name)) continue;
    const path = pathOf(name.slice(prefix.length));
    if (path) put((tree ??= emptyMap()), path, value);
  }
  return tree;
}

function pathOf(rest: string): string[] | null {
  const path = rest.split('.').filter((step) => !wrappers.has(step));
  const isWrong = path.length === 0 || path.length > MOST_LEVELS || path.some((step) => forbidden.has(step) || step === '');
  return isWrong ? null : path;
}

function put(tree: Tree, path: readonly string[], value: Value): void {
  let at = tree;
  for (const step of path.slice(0, -1)) {
    const next = at[step];
    at = isTree(next) ? next : (at[step] = emptyMap());
  }
  at[path.at(-1)!] = value;
}

export const isTree = (value: Value | undefined): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Turns `{"0":…,"1":…}` into a list. Gaps are closed: an index is a place in the order, not a size. */
function listed(value: Value): Value {
  if (!isTree(value)) return value;
  const keys = Object.keys(value);
  if (!keys.every(isIndex)) {
    for (const key of keys) value[key] = listed(value[key]!);
    return value;
  }
  return keys.sort((a, b) => Number(a) - Number(b)).map((key) => listed(value[key]!));
}

const isIndex = (key: string) => /^\d{1,5}$/.test(key) && Number(key) <= MOST_INDEX;
