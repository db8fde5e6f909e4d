import type { Summary } from '../buckets.ts';
import { compare } from '../compare.ts';
import { benjaminiHochberg } from '../multiple-testing.ts';

/** A word that a larger or smaller share of texts holds than before. */
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

/** The words whose share of texts changed most surely, surest first; at most six. Numbers are no words. */
export function changedWords(before: readonly string[], after: readonly string[]): ChangedWord[] {
  if (before.length === 0 || after.length === 0) return [];
  const [was, is] = [holders(before), holders(after)];
  const known = [...new Set([...was.keys(), ...is.keys()])].filter(
    (word) => (was.get(word) ?? 0) + (is.get(word) ?? 0) >= FEWEST_TEXTS,
  );
  const found = known.map((word) => ({
    word,
    ...compare(share(was.get(word) ?? 0, before.length), share(is.get(word) ?? 0, after.length), 'rate'),
  }));
  const qs = benjaminiHochberg(found.map(({ p }) => p));
  return found
    .map(({ word, before, after, ci95, change, p }, i) => ({
      word,
      before: before.mean,
      after: after.mean,
      ci95,
      q: qs[i]!,
      change,
      p,
    }))
    .filter(({ q, change }) => q < LEAST_Q && Math.abs(change) >= LEAST_CHANGE)
    .sort((a, b) => a.p - b.p || Math.abs(b.change) - Math.abs(a.change) || (a.word < b.word ? -1 : 1))
    .slice(0, MOST_WORDS)
    .map(({ word, before, after, ci95, q }) => ({ word, before, after, ci95, q }));
}

/** How many texts hold each word. */
function holders(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const words = text.slice(0, LONGEST).toLowerCase().match(WORD) ?? [];
    for (const word of new Set(words)) if (word.length <= LONGEST_WORD) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

const share = (hits: number, n: number): Summary => ({ mean: hits / n, sd: 0, n, buckets: 1 });
