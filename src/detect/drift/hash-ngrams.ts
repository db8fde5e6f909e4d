/** Size of the hashed bags. */
export const NGRAM_DIMENSIONS = 256;
/** A text is judged by its first characters; more would cost time and change little. */
const LONGEST = 4_000;
/** Hexadecimal ids, with or without dashes: eight signs or more, a digit among them. */
const ID = /(?<![\p{L}\d])(?=[a-f-]*\d)[\da-f]{8,}(?:-[\da-f]{4,})*(?![\p{L}\d])/gu;
/** A number however long: a counter that goes from 99 to 100, or to 1,000, is worded as before. So is a date in digits. */
const NUMBER = /\d+(?:[.,:/-]\d+)*/g;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A text as a bag of character trigrams, words and word pairs, hashed to 256 dimensions (FNV-1a; Weinberger et al. 2009), counts
 * damped by the square root, length 1. Case, runs of white space, numbers, dates and ids do not matter. Empty text: all zeros.
 */
export function hashNgrams(text: string): Float32Array {
  const clean = text.slice(0, LONGEST).toLowerCase().replaceAll(ID, '0').replaceAll(NUMBER, '0').replaceAll(/\s+/g, ' ').trim();
  const bag = new Float32Array(NGRAM_DIMENSIONS);
  for (let i = 0; i + 3 <= clean.length; i++) count(bag, hash(clean, i, i + 3, 1));
  let previous = 0;
  for (let start = 0; start < clean.length;) {
    const space = clean.indexOf(' ', start);
    const end = space < 0 ? clean.length : space;
    const word = hash(clean, start, end, 2);
    count(bag, word);
    if (start > 0) count(bag, Math.imul(previous ^ word, FNV_PRIME) >>> 0);
    previous = word;
    start = end + 1;
  }
  return toUnitLength(bag.map((n) => Math.sqrt(n)));
}

function hash(text: string, from: number, to: number, kind: number): number {
  let h = FNV_OFFSET ^ kind;
  for (let i = from; i < to; i++) h = Math.imul(h ^ text.charCodeAt(i), FNV_PRIME);
  return h >>> 0;
}

// FNV's low bits mix worst, so the bag is chosen by the high ones.
const count = (bag: Float32Array, hashed: number) => {
  const at = (hashed ^ (hashed >>> 15)) % NGRAM_DIMENSIONS;
  bag[at] = bag[at]! + 1;
};

function toUnitLength(bag: Float32Array): Float32Array {
  const length = Math.sqrt(bag.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? bag.map((x) => x / length) : bag;
}
