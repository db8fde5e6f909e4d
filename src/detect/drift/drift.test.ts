import { expect, test } from 'vitest';
import { gaussian, seededRandom } from '../math/random.ts';
import { categoricalDrift } from './categorical.ts';
import { changedWords } from './changed-words.ts';
import { hashNgrams } from './hash-ngrams.ts';
import { numericDrift } from './numeric.ts';
import { textChange, textChanges } from './text-change.ts';
import { textDrift } from './text.ts';

const normal = (random: () => number, n: number, shift = 0) => Array.from({ length: n }, () => gaussian(random) + shift);

test('two samples of the same numbers are hardly ever called drift, small or large', () => {
  const random = seededRandom(1);
  const flagged = [50, 200, 2000].flatMap((n) =>
    Array.from({ length: 60 }, () => numericDrift(normal(random, 2000), normal(random, n)).flagged),
  );
  expect(flagged.filter(Boolean).length).toBeLessThanOrEqual(2);
});

test('the p of equal samples is below 5 % one time in twenty', () => {
  const random = seededRandom(8);
  const small = Array.from({ length: 600 }, () => numericDrift(normal(random, 150), normal(random, 80)).p < 0.05).filter(
    Boolean,
  ).length;
  expect(small / 600).toBeGreaterThan(0.025);
  expect(small / 600).toBeLessThan(0.075);
});

test('a quarter of a standard deviation is found in a thousand rows, a twentieth is left alone', () => {
  const random = seededRandom(2);
  expect(numericDrift(normal(random, 5000), normal(random, 1000, 0.25))).toMatchObject({ flagged: true });
  expect(numericDrift(normal(random, 5000), normal(random, 5000, 0.05))).toMatchObject({ flagged: false });
});

test('fewer than fifty numbers are not tested but asked for', () => {
  expect(numericDrift([1, 2, 3], normal(seededRandom(1), 100))).toMatchObject({ flagged: false, undecided: { needs: 47 } });
});

const counts = (entries: Record<string, number>) => new Map(Object.entries(entries));

test('shares that moved are flagged, with the value that moved most', () => {
  const answer = categoricalDrift(counts({ yes: 800, no: 200 }), counts({ yes: 300, no: 200 }));
  expect(answer.flagged).toBe(true);
  expect(answer.effect).toBeCloseTo(0.2, 10);
});

test('shares that differ by chance are left alone, also among many rare values', () => {
  const random = seededRandom(5);
  const draw = (n: number) => {
    const drawn = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const value = String(Math.floor(40 * random() ** 2));
      drawn.set(value, (drawn.get(value) ?? 0) + 1);
    }
    return drawn;
  };
  const flagged = Array.from({ length: 200 }, () => categoricalDrift(draw(1000), draw(120)).flagged).filter(Boolean).length;
  expect(flagged).toBeLessThanOrEqual(3);
});

test('a value never seen before is named', () => {
  const { flagged, newValues } = categoricalDrift(
    counts({ stop: 970, length: 30 }),
    counts({ stop: 470, length: 15, refused: 15 }),
  );
  expect(flagged).toBe(true);
  expect(newValues).toEqual([{ value: 'refused', share: 0.03 }]);
});

const topics = ['invoice', 'refund', 'delivery', 'password', 'address', 'contract'];
const answer = (random: () => number) =>
  `Regarding your ${topics[Math.floor(random() * 6)]}: we have updated case ${Math.floor(random() * 999)}.`;
const refusal = (random: () => number) => `I am sorry, but I cannot help with the ${topics[Math.floor(random() * 6)]}.`;
const vectors = (n: number, of: () => string) => Array.from({ length: n }, () => hashNgrams(of()));

test('text of the same kind is no drift, text of another kind is, from twenty answers', () => {
  const random = seededRandom(4);
  const false5 = Array.from({ length: 40 }, (_, seed) =>
    textDrift(
      vectors(20, () => answer(random)),
      vectors(20, () => answer(random)),
      { seed },
    ),
  );
  expect(false5.filter(({ flagged }) => flagged).length).toBeLessThanOrEqual(2);
  const moved = textDrift(
    vectors(20, () => answer(random)),
    vectors(20, () => (random() < 0.6 ? refusal(random) : answer(random))),
  );
  expect(moved.flagged).toBe(true);
  expect(moved.effect).toBeGreaterThan(0.7);
});

test('the same seed gives the same p', () => {
  const random = seededRandom(6);
  const [a, b] = [vectors(25, () => answer(random)), vectors(25, () => answer(random))];
  expect(textDrift(a, b, { seed: 3 })).toEqual(textDrift(a, b, { seed: 3 }));
});

const stream = (random: () => number, rows: number, change: number) =>
  Array.from({ length: rows }, (_, at) => ({
    at,
    vector: hashNgrams(at >= change && random() < 0.5 ? refusal(random) : answer(random)),
  }));

test('a change of wording in a stream is dated to the row, and a steady stream has none', () => {
  const random = seededRandom(7);
  const changed = textChange(stream(random, 400, 250));
  expect(changed.flagged).toBe(true);
  expect(Math.abs(changed.at! - 250)).toBeLessThanOrEqual(8);
  expect(changed.interval![0]).toBeLessThanOrEqual(250);
  expect(changed.interval![1]).toBeGreaterThanOrEqual(250);
  const steady = Array.from({ length: 30 }, () => textChange(stream(random, 200, Infinity)).p < 0.05).filter(Boolean).length;
  expect(steady).toBeLessThanOrEqual(5);
});

test('several changes are found one by one, each against its neighbours; where there is one, one', () => {
  const random = seededRandom(6);
  const openings = ['well', 'so the point is', 'dear customer', 'well'];
  const texts = Array.from({ length: 800 }, (_, at) => ({
    at,
    vector: hashNgrams(`${openings[Math.floor(at / 200)]} ${answer(random)}`),
  }));
  const changes = textChanges(texts);
  expect(changes.map(({ flagged }) => flagged)).toEqual([true, true, true]);
  changes.forEach(({ at }, i) => expect(Math.abs(at! - 200 * (i + 1))).toBeLessThanOrEqual(20));
  expect(textChanges(stream(random, 400, 250)).map(({ flagged }) => flagged)).toEqual([true]);
  expect(textChanges(stream(random, 200, Infinity)).map(({ flagged }) => flagged)).toEqual([false]);
});

test('case, numbers and white space make no other text; an empty text is all zeros', () => {
  expect(hashNgrams('Total:  42 EUR')).toEqual(hashNgrams('total: 1,017.50 eur'));
  expect(hashNgrams('Case 99 of 2026-05-04')).toEqual(hashNgrams('Case 100 of 2026-11-04'));
  expect(hashNgrams('id 3f2b8c1d-77aa-4e01-9c3d-0123456789ab')).toEqual(hashNgrams('id deadbee5-0000-4e01-9c3d-ba9876543210'));
  expect(hashNgrams('a defaced facade')).not.toEqual(hashNgrams('a 0 facade'));
  expect(hashNgrams('').every((x) => x === 0)).toBe(true);
});

test('the words that more or fewer texts hold are named surest first, with their shares', () => {
  const random = seededRandom(11);
  const texts = (share: number, word: string) =>
    Array.from({ length: 400 }, () => `the answer is ${answer(random)} ${random() < share ? `${word}, ${word}` : 'so'} 42`);
  const found = changedWords(texts(0.7, 'Because'), texts(0.3, "don't"));
  expect(found.map(({ word }) => word).toSorted()).toEqual(['because', "don't", 'so']);
  expect(found[0]).toMatchObject({ word: 'because', before: expect.closeTo(0.7, 1), after: 0 });
  for (const { before, after, ci95, q } of found) {
    expect(ci95[0]).toBeLessThan(after - before);
    expect(ci95[1]).toBeGreaterThan(after - before);
    expect(q).toBeLessThan(0.01);
  }
  expect(changedWords(texts(0.5, 'because'), texts(0.5, 'because'))).toEqual([]);
  expect(changedWords([], ['x'])).toEqual([]);
});

test('words that come with a phrase are told as the phrase, once', () => {
  const texts = (phrase: string, share: number) =>
    Array.from({ length: 300 }, (_, i) => {
      const filler = ['the order', 'your parcel', 'this invoice', 'that refund'][i % 4];
      return `We looked at ${filler}, it is fine. ${i % 10 < 10 * share ? phrase : ''} Bye.`;
    });
  const found = changedWords(texts('We are sorry to hear that', 0), texts('As a language model', 0.6));
  const words = found.map(({ word }) => word);
  expect(words).toContain('a language model');
  expect(words).not.toContain('language');
  expect(found.find(({ word }) => word === 'a language model')).toMatchObject({ before: 0, after: expect.closeTo(0.6, 1) });
  // A sentence ends a phrase.
  expect(words.some((word) => word.includes('model bye'))).toBe(false);
});
