import { isMissing } from '../import/content.ts';
import type { Plain } from './attributes.ts';

/** As deep as a column can be named. */
const MAX_DEPTH = 6;
/** A server keeps 128 attributes of a span that no convention knows. */
const MOST = 100;

/** A cell and what it says, or where it holds a JSON object, what each of its fields says. Lists stay as JSON, or are left out. */
export function flatten(name: string, text: string, withoutLists = false): [string, Plain][] {
  if (isMissing(text)) return [];
  const object = /^\s*\{/.test(text) ? objectOf(text) : null;
  if (!object) return [[name, text]];
  const fields = fieldsOf(name, object, 1);
  return (withoutLists ? fields.filter(([, value]) => !isList(value)) : fields).slice(0, MOST);
}

function fieldsOf(name: string, object: object, depth: number): [string, Plain][] {
  return Object.entries(object).flatMap(([key, value]: [string, unknown]): [string, Plain][] => {
    const path = `${name}.${key}`;
    if (value === null || value === '') return [];
    if (typeof value !== 'object') return [[path, value as Plain]];
    return Array.isArray(value) || depth === MAX_DEPTH ? [[path, JSON.stringify(value)]] : fieldsOf(path, value, depth + 1);
  });
}

const isList = (value: Plain) => typeof value === 'string' && value.startsWith('[');

function objectOf(text: string): object | null {
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}
