import { textList } from './sql.ts';

/** Scores that people write in words: good, ok, bad; A to F. Pure. */

/** The words of each level, from the worst to the best. */
export type Grades = readonly (readonly string[])[];

const level = (list: string) => list.split(',').map((word) => word.trim());

const BAD = level(
  'bad, poor, negative, unsatisfied, dissatisfied, unhelpful, not helpful, schlecht, negativ, unzufrieden, mauvais, négatif, malo, negativo, insatisfecho, cattivo, ruim, slecht, 差, 悪い',
);
const MIDDLE = level(
  'ok, okay, neutral, average, medium, mediocre, mixed, so-so, somewhat helpful, mittel, mittelmäßig, befriedigend, moyen, neutre, regular, neutro, medio, médio, matig, neutraal, 一般, 中, 普通',
);
const GOOD = level(
  'good, positive, satisfied, helpful, gut, positiv, zufrieden, bon, positif, satisfait, bueno, positivo, satisfecho, buono, bom, goed, 好, 良い',
);
const WORST = level(
  'terrible, awful, very bad, very poor, very negative, very dissatisfied, very unsatisfied, sehr schlecht, sehr unzufrieden, très mauvais, muy malo',
);
const BEST = level(
  'excellent, great, perfect, outstanding, very good, very positive, very satisfied, very helpful, sehr gut, sehr zufrieden, excelente, très bon, muy bueno',
);

/** The narrowest first. */
const SCALES: readonly Grades[] = [
  [BAD, MIDDLE, GOOD],
  [
    level('incorrect, wrong, false, no, fail, failed, falsch'),
    level('partial, partially, partly, partially correct, partly correct, mixed, teilweise, teilweise richtig, teils'),
    level('correct, right, true, yes, pass, passed, richtig'),
  ],
  [['poor', 'bad'], ['fair', 'ok', 'average'], ['good'], ['excellent', 'very good', 'great']],
  [WORST, BAD, MIDDLE, GOOD, BEST],
  [['f'], ['e'], ['d'], ['c'], ['b'], ['a']],
  [['low'], ['medium', 'moderate'], ['high']],
];

const FEWEST = 20;
const MOST = 0.95;

const bare = (value: string) => value.trim().toLowerCase();

/** The levels of a column of such words, those alone that it holds; nothing where it holds something else, or right and wrong alone. */
export function gradesOf(values: readonly string[]): Grades | null {
  if (values.length < FEWEST) return null;
  for (const scale of SCALES) {
    const known = new Set(scale.flat());
    const held = new Set(values.map(bare).filter((word) => known.has(word)));
    const used = scale.filter((words) => words.some((word) => held.has(word)));
    // Of two levels nobody knows whether they are two of many.
    if (used.length >= 3 && values.filter((value) => known.has(bare(value))).length >= MOST * values.length)
      // Letters that no row has, as many scales know no E, are no level.
      return scale.length > 5 ? used : scale;
  }
  return null;
}

/** SQL: the level of a text between 0 and 1; NULL where it is none of these words. */
export function gradeSql(grades: Grades, text: string): string {
  const word = `lower(trimBoth(ifNull(${text}, ''), ' \\t\\r\\n'))`;
  const levels = grades.map((words, i) => `has(${textList(words)}, ${word}), ${i / (grades.length - 1)}`);
  return `multiIf(${levels.join(', ')}, NULL)`;
}

/** "bad" 0, "ok" 0.5, "good" 1: with the words that the column holds. */
export function gradesSentence(name: string, grades: Grades, values: readonly string[]): string {
  const held = new Set(values.map(bare));
  const told = grades.flatMap((words, i) => {
    const own = words.filter((word) => held.has(word)).map((word) => `"${word}"`);
    return own.length > 0 ? [`${own.join(', ')} ${Number((i / (grades.length - 1)).toFixed(2))}`] : [];
  });
  return `"${name}" holds grades in words: ${told.join(', ')}.`;
}
