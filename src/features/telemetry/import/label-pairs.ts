import { filled, type Column } from './columns.ts';
import type { Field } from './fields.ts';
import { wordsOf } from './name-words.ts';

const set = (list: string) => new Set(list.split(' '));

/** What a classifier said, in the order of how plainly the name says it, and what was right. */
const PREDICTED = [
  set('pred preds predicted prediction predictions prediccion vorhersage'),
  set('output answer a response result classified assigned'),
  set('label class category intent'),
];
const RIGHT = [set('gold golden truth true expected reference target actual correct'), set('label class category y')];
const OTHER_WORDS = set('label labels class category answer output value intent ground model llm y id the is by');

/** A class has few names, each of which comes often. */
const MOST_NAMES = 24;
const LEAST_OFTEN = 5;
/** An answer may say more than its letter. */
const LEAST_ALIKE = 0.3;

/**
 * A column of labels beside one of the right ones, by name and by that both hold the same few words: the answer is the one, what was
 * expected the other, however long the question is that stands beside them; `found` takes both. Answers whether there are such columns.
 */
export function labelPair(columns: readonly Column[], found: Partial<Record<Field, Column>>): boolean {
  if (found.output || found.expected) return false;
  const flat = columns.filter((column) => column.path.length === 0 && filled(column).length > 0);
  if (flat.some(({ name }) => ['output', 'completion', 'response'].includes(name.toLowerCase()))) return false;
  const taken = Object.values(found);
  for (const [i, predicted] of PREDICTED.entries())
    for (const [j, right] of RIGHT.entries()) {
      // A "label" beside a "class" says nothing of which was right.
      if (i > 0 && j > 0) continue;
      const free = (list: ReadonlySet<string>) => flat.filter((column) => !taken.includes(column) && isNamed(column, list));
      for (const expected of free(right))
        for (const output of free(predicted))
          if (output !== expected && !isNamed(output, RIGHT[0]!) && alike(output, expected)) {
            found.output = output;
            found.expected = expected;
            return true;
          }
    }
  return false;
}

const isNamed = ({ name }: Column, list: ReadonlySet<string>) => {
  const words = wordsOf(name);
  const own = words.filter((word) => list.has(word));
  return own.length > 0 && words.every((word) => list.has(word) || OTHER_WORDS.has(word));
};

const namesIn = (column: Column) => filled(column).map((value) => value.trim().toLowerCase());

function alike(output: Column, expected: Column): boolean {
  const right = namesIn(expected);
  const names = new Set(right);
  if (names.size < 2 || names.size > MOST_NAMES || names.size * LEAST_OFTEN > right.length) return false;
  const said = namesIn(output);
  return said.filter((value) => names.has(value)).length >= LEAST_ALIKE * said.length;
}
