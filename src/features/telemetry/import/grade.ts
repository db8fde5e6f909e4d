/** How an answer is marked right or wrong against the expected one. SQL over `o` (output) and `e` (expected), both not empty. */

export interface Grader {
  name: string;
  /** Said in the report. */
  sentence: string;
  /** 1 right, 0 wrong. */
  sql: string;
  /** Share of outputs on which the grader finds something to compare; 1 when it compares the whole. */
  coverage: string;
}

const plain = (text: string) => `trimBoth(replaceRegexpAll(lowerUTF8(${text}), '[^\\\\p{L}\\\\p{N}.+\\\\-/%]+', ' '), ' .')`;
const last = (list: string) => `arrayElement(${list}, -1)`;

const brackets = `extractAll(o, '\\\\[([^\\\\[\\\\]\\\\n]{1,80})\\\\]')`;
const boxed = `extractAll(o, '\\\\\\\\boxed\\\\{([^{}]*(?:\\\\{[^{}]*\\\\}[^{}]*)*)\\\\}')`;
const letters = `extractAll(o, '(?:^|[Aa]nswer(?: is|:)?|[Oo]ption|[Cc]hoice)[\\\\s:*("\\\\[]*([A-Ja-j])(?:[\\\\s).:,*"\\\\]]|$)')`;
const numbers = `extractAll(replaceAll(o, ',', ''), '-?\\\\d+(?:\\\\.\\\\d+)?(?:[eE][-+]?\\\\d+)?')`;
const number = (text: string) => `toFloat64OrNull(replaceAll(${text}, ',', ''))`;
const near = (a: string, b: string) => `ifNull(abs(${a} - ${b}) <= 1e-6 * greatest(1, abs(${b})), 0)`;
const found = (list: string) => `notEmpty(${list})`;
const same = (text: string) => `(${plain(text)} = ${plain('e')} or ${near(number(text), number('e'))})`;
const pairs = (text: string) => `arraySort(JSONExtractKeysAndValuesRaw(${text}))`;

export const graders = {
  exact: { name: 'exact', sentence: 'equal to the expected answer', sql: 'trimBoth(o) = trimBoth(e)', coverage: '1' },
  normalised: {
    name: 'normalised',
    sentence: 'equal to the expected answer, apart from case, punctuation and space',
    sql: `length(o) < 4 * length(e) + 100 and ${plain('o')} = ${plain('e')}`,
    coverage: '1',
  },
  contains: {
    name: 'contains',
    sentence: 'holding the expected answer as words',
    sql: `position(concat(' ', ${plain('o')}, ' '), concat(' ', ${plain('e')}, ' ')) > 0`,
    coverage: '1',
  },
  bracket: {
    name: 'bracketed answer',
    sentence: 'whose last [bracketed] text is the expected answer',
    sql: `${found(brackets)} and ${same(last(brackets))}`,
    coverage: found(brackets),
  },
  boxed: {
    name: '\\boxed{}',
    sentence: 'whose last \\boxed{} is the expected answer',
    sql: `${found(boxed)} and ${same(last(boxed))}`,
    coverage: found(boxed),
  },
  choice: {
    name: 'choice letter',
    sentence: 'whose chosen letter is the expected one',
    sql: `${found(letters)} and upper(${last(letters)}) = upper(substring(${plain('e')}, 1, 1))`,
    coverage: found(letters),
  },
  number: {
    name: 'number',
    sentence: 'whose last number equals the expected one',
    sql: `${found(numbers)} and ${near(number(last(numbers)), number('e'))}`,
    coverage: found(numbers),
  },
  json: {
    name: 'JSON equality',
    sentence: 'equal to the expected JSON, whatever the order of its keys',
    sql: `isValidJSON(o) and ${pairs('o')} = ${pairs('e')}`,
    coverage: 'isValidJSON(o)',
  },
} as const satisfies Record<string, Grader>;

export type GraderName = keyof typeof graders;
export const graderNames = Object.keys(graders) as GraderName[];

/** What a sample says of each grader: share marked right, and share on which it finds something to compare. */
export type GraderTrial = Record<GraderName, { right: number; coverage: number }>;

const MOST = 0.6;

/** Picks the strictest grader that fits what is expected and how the answers are written. Pure. */
export function pickGrader(trial: GraderTrial, expected: readonly string[]): GraderName {
  const all = (fits: (text: string) => boolean) => expected.every(fits);
  if (all((text) => /^\s*\{/.test(text))) return 'json';
  if (trial.boxed.coverage >= MOST) return 'boxed';
  if (trial.bracket.coverage >= MOST && trial.bracket.right > 0) return 'bracket';
  if (trial.normalised.right >= 0.2 && trial.normalised.right >= trial.contains.right / 2) {
    return trial.exact.right >= trial.normalised.right ? 'exact' : 'normalised';
  }
  if (all((text) => /^\W*[A-Ja-j]\W*$/.test(text)) && trial.choice.coverage > 0) return 'choice';
  if (all((text) => Number.isFinite(Number(text.replaceAll(',', ''))))) return 'number';
  return 'contains';
}
