import type { Summary } from '../buckets.ts';
import { compare } from '../compare.ts';
import { benjaminiHochberg } from '../multiple-testing.ts';

/** A word, or a phrase, that a larger or smaller share of texts holds than before. */
export interface ChangedWord {
  word: string;
  /** Shares of texts that hold it, 0 to 1. */
  before: number;
  after: number;
  /** 95 % interval of after − before. */
  ci95: [number, number];
  /** Adjusted for all words that were looked at. */
  q: number;
}

/** A text is judged by its beginning, as everywhere. */
const LONGEST = 4_000;
const LONGEST_WORD = 24;
/** A word that fewer texts hold is chance. */
const FEWEST_TEXTS = 5;
const MOST_WORDS = 6;
const LEAST_CHANGE = 0.03;
const LEAST_Q = 0.01;
const WORD = /\p{L}[\p{L}\p{M}\p{N}’'-]*/gu;

/** A phrase has at most so many words and letters, and is looked for around so many words. */
const LONGEST_PHRASE = { words: 3, letters: 17 };
const MOST_SEEDS = 24;
/** A phrase tells a word where it holds this share of its change, and a word is told by a phrase that holds it where it has no more. */
const SAME = 0.8;

/** Words of a text in their order; `null` between words that do not follow one another directly. */
type Tokens = readonly (string | null)[];

/**
 * The words and phrases whose share of texts changed most surely, surest first; at most six. Numbers are no words. A word that comes and
 * goes with a phrase is told as the phrase.
 */
export function changedWords(before: readonly string[], after: readonly string[]): ChangedWord[] {
  if (before.length === 0 || after.length === 0) return [];
  const [was, is] = [before.map(tokensOf), after.map(tokensOf)];
  const words = compared(holders(was, wordsOf), holders(is, wordsOf), was.length, is.length);
  const qs = benjaminiHochberg(words.map(({ p }) => p));
  const found = words.map((one, i) => ({ ...one, q: qs[i]! })).filter(isClear);
  const seeds = found.toSorted(bySurety).slice(0, MOST_SEEDS);
  const around = phrasesAround(new Set(seeds.map(({ word }) => word)));
  const phrases = compared(holders(was, around), holders(is, around), was.length, is.length);
  const clear = phrases
    .map((one) => ({ ...one, q: Math.min(1, one.p * (words.length + phrases.length)) }))
    .filter((one) => isClear(one) && one.word.length <= LONGEST_PHRASE.letters);
  const told: Told[] = [];
  for (const seed of seeds) {
    if (told.some((one) => tells(one, seed))) continue;
    const phrase = clear
      .filter((one) => tells(one, seed))
      .toSorted((a, b) => b.word.split(' ').length - a.word.split(' ').length || bySurety(a, b))[0];
    told.push(phrase ?? seed);
  }
  return told.slice(0, MOST_WORDS).map(({ word, before, after, ci95, q }) => ({ word, before, after, ci95, q }));
}

type Told = ChangedWord & { change: number; p: number };

const isClear = ({ q, change }: Pick<Told, 'q' | 'change'>) => q < LEAST_Q && Math.abs(change) >= LEAST_CHANGE;

const bySurety = (a: Told, b: Told) => a.p - b.p || Math.abs(b.change) - Math.abs(a.change) || (a.word < b.word ? -1 : 1);

/** Whether a phrase holds a word and nearly all of its change. */
const tells = (phrase: Told, word: Told) =>
  phrase.word.split(' ').includes(word.word) && phrase.change * word.change > 0 && phrase.change / word.change >= SAME;

function compared(was: ReadonlyMap<string, number>, is: ReadonlyMap<string, number>, n: number, m: number) {
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((word) => (was.get(word) ?? 0) + (is.get(word) ?? 0) >= FEWEST_TEXTS)
    .map((word) => {
      const { before, after, ci95, change, p } = compare(share(was.get(word) ?? 0, n), share(is.get(word) ?? 0, m), 'rate');
      return { word, before: before.mean, after: after.mean, ci95, change, p };
    });
}

function tokensOf(text: string): Tokens {
  const tokens: (string | null)[] = [];
  const short = text.slice(0, LONGEST).toLowerCase();
  let end = -1;
  for (const { 0: word, index } of short.matchAll(WORD)) {
    if (index !== end + 1 || short[end] !== ' ') tokens.push(null);
    tokens.push(word.length <= LONGEST_WORD ? word : null);
    end = index + word.length;
  }
  return tokens;
}

const wordsOf = (tokens: Tokens) => new Set(tokens.filter((word) => word !== null));

/** The phrases of a text that hold one of these words. */
const phrasesAround = (seeds: ReadonlySet<string>) => (tokens: Tokens) => {
  const found = new Set<string>();
  tokens.forEach((word, i) => {
    if (word === null || !seeds.has(word)) return;
    for (let length = 2; length <= LONGEST_PHRASE.words; length++) {
      for (let from = Math.max(0, i - length + 1); from <= i; from++) {
        const phrase = tokens.slice(from, from + length);
        if (phrase.length === length && !phrase.includes(null)) found.add(phrase.join(' '));
      }
    }
  });
  return found;
};

/** How many texts hold each of what is looked for. */
function holders(texts: readonly Tokens[], of: (tokens: Tokens) => ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const one of of(text)) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

const share = (hits: number, n: number): Summary => ({ mean: hits / n, sd: 0, n, buckets: 1 });
