import { RE2JS } from 're2js';
import { asItStands, unescaped, unescapedOnce, type Meant } from './escapes.ts';
import type { Pattern, Redaction, Struck } from './model.ts';
import { builtIn } from './patterns.ts';
import { isJson, looksLikeJson, replaced, type Edit } from './replace.ts';

/** Strikes from a text what a client does not want to be kept, and counts it. */
export type Striker = (text: string, struck: Struck) => string;

interface Finder {
  readonly name: string;
  readonly find: Pattern;
}

/** In this order: what has a form of its own before what is merely digits. */
const steps = {
  secret: ['webToken', 'key', 'namedSecret'],
  iban: ['iban'],
  card: ['card'],
  email: ['email'],
  phone: ['phone'],
} as const;

/**
 * Throws RE2's own error where an own pattern cannot be read. What begins a line of a message in JSON stands behind the two
 * characters `\n`, of which one is a letter: patterns see the text as it is meant, and JSON stays JSON.
 */
export function strikerOf({ patterns, own }: Redaction): Striker {
  const owns = own.map(({ name, pattern }) => ({ name, find: foundByOwn(RE2JS.compile(pattern)) }));
  const builtIns = Object.entries(steps).flatMap(([name, of]) =>
    patterns.some((wanted) => wanted === name) ? of.map((step) => ({ name, find: builtIn[step] })) : [],
  );
  if (owns.length + builtIns.length === 0) return (text) => text;
  return (text, struck) => {
    const left = strikeOut(text, unescaped(text), owns, builtIns, struck);
    // An own pattern may ask for a backslash: `CORP\\\w+`. JSON has one only where there are two.
    if (owns.length === 0 || !left.includes(looksLikeJson(left) ? '\\\\' : '\\')) return left;
    return strikeOut(left, isJson(left) ? unescapedOnce(left) : asItStands(left), owns, [], struck);
  };
}

/** How many states the own patterns have together: every character of a text may visit each of them. */
export const statesOf = ({ own }: Pick<Redaction, 'own'>) =>
  own.reduce((sum, { pattern }) => sum + RE2JS.compile(pattern).programSize(), 0);

/** Stands where something was struck already: no pattern asks for it. */
const FILLER = '\u0001';

/** Numbers from a word processor have signs of its own between them. Each sign stays one. */
const asTyped = (text: string) =>
  text
    .replace(/[\u00a0\u2000-\u200a\u202f]/g, ' ')
    .replace(/[\u2010-\u2013]/g, '-')
    .replaceAll('\uff0b', '+');

function strikeOut(text: string, meant: Meant, owns: readonly Finder[], builtIns: readonly Finder[], struck: Struck): string {
  const edits: Edit[] = [];
  let left = meant.text;
  const look = ({ name, find }: Finder) => {
    let [rest, at] = ['', 0];
    for (const [begin, end] of find(left)) {
      edits.push({ begin: meant.origin(begin), end: meant.origin(end), name });
      rest += left.slice(at, begin) + FILLER.repeat(end - begin);
      at = end;
      struck.set(name, (struck.get(name) ?? 0) + 1);
    }
    if (at > 0) left = rest + left.slice(at);
  };
  owns.forEach(look);
  if (builtIns.length > 0) left = asTyped(left);
  builtIns.forEach(look);
  return edits.length === 0 ? text : replaced(text, edits);
}

const foundByOwn = (expression: RE2JS): Pattern =>
  function* found(text) {
    const matcher = expression.matcher(text);
    while (matcher.find()) if (matcher.end() > matcher.start()) yield [matcher.start(), matcher.end()];
  };
