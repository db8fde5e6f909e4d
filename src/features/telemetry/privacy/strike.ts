import { RE2JS } from 're2js';
import type { Redaction, Struck } from './model.ts';
import { builtIn, type Pattern } from './patterns.ts';

/** Strikes from a text what a client does not want to be kept, and counts it. */
export type Striker = (text: string, struck: Struck) => string;

/** In this order: what has a form of its own before what is merely digits. */
const steps = { secret: ['secret', 'namedSecret'], iban: ['iban'], card: ['card'], email: ['email'], phone: ['phone'] } as const;

/** Throws RE2's own error where an own pattern cannot be read. */
export function strikerOf({ patterns, own }: Redaction): Striker {
  const finders = [
    ...own.map(({ name, pattern }) => ({ name, find: foundByOwn(RE2JS.compile(pattern)) })),
    ...Object.entries(steps).flatMap(([name, of]) =>
      patterns.some((wanted) => wanted === name) ? of.map((step) => ({ name, find: foundBy(builtIn[step]) })) : [],
    ),
  ];
  return (text, struck) => finders.reduce((left, { name, find }) => strikeOut(left, name, find, struck), text);
}

/** How many states the own patterns have together: every character of a text may visit each of them. */
export const statesOf = ({ own }: Pick<Redaction, 'own'>) =>
  own.reduce((sum, { pattern }) => sum + RE2JS.compile(pattern).programSize(), 0);

type Found = Iterable<readonly [begin: number, end: number]>;

function strikeOut(text: string, name: string, find: (text: string) => Found, struck: Struck): string {
  let out = '';
  let at = 0;
  for (const [begin, end] of find(text)) {
    out += `${text.slice(at, begin)}[${name} struck]`;
    at = end;
    struck.set(name, (struck.get(name) ?? 0) + 1);
  }
  return at === 0 ? text : out + text.slice(at);
}

const foundBy = ({ expression, meant }: Pattern) =>
  function* found(text: string): Found {
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      const begin = match.index;
      const length = meant(match[0], text, begin);
      // Behind what was meant: an expression may have taken in the beginning of the next one.
      expression.lastIndex = begin + Math.max(length, 1);
      if (length > 0) yield [begin, begin + length];
    }
  };

const foundByOwn = (expression: RE2JS) =>
  function* found(text: string): Found {
    const matcher = expression.matcher(text);
    while (matcher.find()) if (matcher.end() > matcher.start()) yield [matcher.start(), matcher.end()];
  };
