import { RE2JS } from 're2js';
import type { Pattern, Redaction, Struck } from './model.ts';
import { builtIn } from './patterns.ts';

/** Strikes from a text what a client does not want to be kept, and counts it. */
export type Striker = (text: string, struck: Struck) => string;

/** In this order: what has a form of its own before what is merely digits. */
const steps = {
  secret: ['webToken', 'key', 'namedSecret'],
  iban: ['iban'],
  card: ['card'],
  email: ['email'],
  phone: ['phone'],
} as const;

/** Throws RE2's own error where an own pattern cannot be read. */
export function strikerOf({ patterns, own }: Redaction): Striker {
  const finders = [
    ...own.map(({ name, pattern }) => ({ name, find: foundByOwn(RE2JS.compile(pattern)) })),
    ...Object.entries(steps).flatMap(([name, of]) =>
      patterns.some((wanted) => wanted === name) ? of.map((step) => ({ name, find: builtIn[step] })) : [],
    ),
  ];
  return (text, struck) => finders.reduce((left, { name, find }) => strikeOut(left, name, find, struck), text);
}

/** How many states the own patterns have together: every character of a text may visit each of them. */
export const statesOf = ({ own }: Pick<Redaction, 'own'>) =>
  own.reduce((sum, { pattern }) => sum + RE2JS.compile(pattern).programSize(), 0);

function strikeOut(text: string, name: string, find: Pattern, struck: Struck): string {
  let out = '';
  let at = 0;
  for (const [begin, end] of find(text)) {
    out += `${text.slice(at, begin)}[${name} struck]`;
    at = end;
    struck.set(name, (struck.get(name) ?? 0) + 1);
  }
  return at === 0 ? text : out + text.slice(at);
}

const foundByOwn = (expression: RE2JS): Pattern =>
  function* found(text) {
    const matcher = expression.matcher(text);
    while (matcher.find()) if (matcher.end() > matcher.start()) yield [matcher.start(), matcher.end()];
  };
