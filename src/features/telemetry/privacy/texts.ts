import { carriesText, isLabel, type Attributes, type Value } from '../otlp/index.ts';
import { STRUCK } from './model.ts';

/** As JSON, in characters. */
const LONGEST_LABEL = 1000;
const NAME = '^[0-9A-Za-z_.:/@-]{1,100}$';

/**
 * Of attributes, what is kept where texts are not: single numbers, true and false, and what stands under a name that is known to
 * carry no text. Nobody can list all names that clients give to texts, so what is not known goes.
 */
export const staysWithoutTexts = (name: string, value: Value): boolean => {
  if (typeof value === 'string' || (typeof value === 'object' && value !== null)) return isLabel(name) && isShort(value);
  return !carriesText(name);
};

/** A sign is six as JSON at most. */
const isShort = (value: Value) =>
  (typeof value === 'string' && value.length < LONGEST_LABEL / 7) || JSON.stringify(value).length <= LONGEST_LABEL;

export const withoutTexts = (attributes: Attributes): Attributes =>
  new Map([...attributes].filter(([name, value]) => staysWithoutTexts(name, value)));

/** The same of attributes that are kept: expressions of SQL and their parameters, for all names that there are. */
export const keptWithoutTexts = (names: readonly string[]) => ({
  attributes: `mapFilter((name, value) -> NOT has({texts:Array(String)}, name)
    AND (match(value, '^(-?[0-9][-+0-9.eE]*|true|false|null)$')
      OR (has({labels:Array(String)}, name) AND lengthUTF8(value) <= ${LONGEST_LABEL})), attributes)`,
  params: { texts: names.filter(carriesText), labels: names.filter((name) => isLabel(name) || name === STRUCK) },
});

/** Names of events are words of a program; some libraries write what happened in their place. */
export const isName = (name: string) => new RegExp(NAME).test(name);
export const nameOrNothing = (column: string) => `if(match(${column}, '${NAME}'), ${column}, '')`;

/** Scores of a span, as JSON, without why they were given. */
export const unexplained = (column: string) =>
  String.raw`replaceRegexpAll(${column}, '"explanation":"(?:[^"\\\\]|\\\\.)*"', '"explanation":null')`;
