import { invalid } from '../../platform/problem.ts';

const DEEPEST = 32;

/**
 * Reads JSON that steers something. Unlike telemetry it is refused when it could be read in two ways: a key that stands twice in
 * one object, or one that other programs cut short or take for something else. Throws `invalid`.
 */
export function parseControlJson(text: string): unknown {
  const value = parse(text);
  requireOneMeaning(text);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The body is not JSON.');
  }
}

// A string, or a sign that structure hangs on. What lies between are numbers and names, which are valid JSON here.
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
const dangerous = new Set(['__proto__', 'constructor', 'prototype']);

/** `text` is valid JSON. */
function requireOneMeaning(text: string): void {
  /** The keys of each object we are in; nothing for a list. */
  const around: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (const [found] of text.matchAll(token)) {
    if (found === '{' || found === '[') around.push(found === '{' ? new Set() : undefined);
    else if (found === '}' || found === ']') around.pop();
    else if (found.startsWith('"') && isKey) note(found, around.at(-1));
    if (around.length > DEEPEST) throw invalid(`The body is nested more than ${DEEPEST} deep.`);
    isKey = found === '{' || (found === ',' && around.at(-1) !== undefined);
  }
}

function note(written: string, keys: Set<string> | undefined): void {
  const key = String(JSON.parse(written));
  if (keys?.has(key)) throw invalid(`The field ${written.slice(0, 80)} stands twice in the body.`);
  if (dangerous.has(key) || key.includes('\0')) throw invalid(`No field is called ${written.slice(0, 80)}.`);
  keys?.add(key);
}
