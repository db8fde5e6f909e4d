import { isMissing } from '../import/content.ts';
import type { Plain } from './attributes.ts';

/** As deep as a column can be named. */
const MAX_DEPTH = 6;
/** A server keeps 128 attributes of a span that no convention knows. */
const MOST = 100;

/** A cell and what it says, or where it holds a JSON object, what each of its fields says. Lists stay as JSON. */
export function flatten(name: string, text: string): [string, Plain][] {
  if (isMissing(text)) return [];
  const object = /^\s*\{/.test(text) ? objectOf(text) : null;
  return object ? fieldsOf(name, object, 1).slice(0, MOST) : [[name, text]];
}

function fieldsOf(name: string, object: object, depth: number): [string, Plain][] {
  return Object.entries(object).flatMap(([key, value]: [string, unknown]): [string, Plain][] => {
    const path = `${name}.${key}`;
    if (value === null || value === '') return [];
    if (typeof value !== 'object') return [[path, value as Plain]];
    return Array.isArray(value) || depth === MAX_DEPTH ? [[path, JSON.stringify(value)]] : fieldsOf(path, value, depth + 1);
  });
}

function objectOf(text: string): object | null {
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}
