import { quoted, type Binder } from './sql.ts';

/** The form that most answers keep; an answer out of form is one that a program downstream cannot read. */

export interface FormatRule {
  /** Said in the report, after "Most answers". */
  sentence: string;
  /** SQL over `o`: 1 in form. */
  sql: string;
}

export const formats = {
  json: { sentence: 'are valid JSON', sql: `match(o, '^\\\\s*[\\\\[{]') and isValidJSON(o)` },
  boxed: { sentence: 'hold a \\boxed{} answer', sql: `position(o, '\\\\boxed{') > 0` },
  citation: {
    sentence: 'cite a source ([1], [^1], (Source: …))',
    sql: `match(o, '\\[\\^?\\d{1,2}\\]|(?i)[(\\[](source|sources|quelle|quellen|fuente|fonte|bron) ?:')`,
  },
  bracket: { sentence: 'hold a [bracketed] answer', sql: `match(o, '\\\\[[^\\\\[\\\\]\\\\n]{1,80}\\\\]')` },
  fence: { sentence: 'hold a ``` code block', sql: `countSubstrings(o, '\`\`\`') >= 2` },
  choice: { sentence: 'are a single choice letter', sql: `match(o, '^\\\\W*[A-Ja-j]\\\\W*$')` },
  marked: { sentence: 'name their answer ("Answer: …")', sql: `match(o, '(?i)(^|\\\\n)\\\\W*(final )?answer\\\\W*[:=]|####')` },
  number: { sentence: 'are a number', sql: `isNotNull(toFloat64OrNull(trimBoth(replaceAll(o, ',', ''))))` },
} as const satisfies Record<string, FormatRule>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

/** A form from the list, a set of labels of which an answer is one, or JSON with the keys that nearly all of them have. */
export type FormatChoice = FormatName | { labels: readonly string[] } | { keys: readonly string[] };

const MOST = 0.8;

/** The strictest form that at least four of five answers keep, or nothing. `shares`: share of the sample in each form. Pure. */
export function pickFormat(shares: Record<FormatName, number>, labels: readonly string[] = []): FormatChoice | null {
  return formatNames.find((name) => shares[name] >= MOST) ?? (labels.length > 0 ? { labels } : null);
}

/** Labels and keys are words of the log, so they are bound. */
export function formatSql(format: FormatChoice, binder: Binder): string {
  if (typeof format === 'string') return formats[format].sql;
  if ('labels' in format) return `has(${binder.bind(format.labels, 'Array(String)')}, ${label('o')})`;
  // All keys in one pass of the text; one without a value is not there.
  const type = format.keys.map((key) => `${quoted(key)} Nullable(String)`).join(', ');
  const values = `JSONExtract(o, ${binder.bind(`Tuple(${type})`, 'String')})`;
  return `${formats.json.sql} and ${format.keys.map((_, i) => `isNotNull(tupleElement(${values}, ${i + 1}))`).join(' and ')}`;
}

export function formatSentence(format: FormatChoice): string {
  if (typeof format === 'string') return formats[format].sentence;
  if ('labels' in format) return `are one of ${format.labels.map((text) => `"${text}"`).join(', ')}`;
  return `are JSON with a value for ${format.keys.map((key) => `"${key}"`).join(', ')}`;
}

const MOST_KEYS = 12;
/** A key that a few in a hundred answers do without may be left out. */
const ALWAYS = 0.98;
/** Fewer answers show no habit. */
const FEWEST_ANSWERS = 50;

/** The keys that have a value in nearly all answers, in any third of them: one that went missing half way was one. Pure. */
export function keysIn(answers: readonly string[]): string[] {
  const thirds = answers.length >= 3 * FEWEST_ANSWERS ? [0, 1, 2].map((i) => third(answers, i)) : [answers];
  const found = thirds.flatMap((list) => {
    const objects = list.flatMap(objectIn);
    if (objects.length < FEWEST_ANSWERS || objects.length < MOST * list.length) return [];
    const counts = new Map<string, number>();
    for (const object of objects)
      for (const [key, value] of Object.entries(object))
        if (value !== null && value !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts].filter(([, n]) => n >= ALWAYS * objects.length).map(([key]) => key);
  });
  const keys = [...new Set(found)];
  return keys.length > MOST_KEYS ? [] : keys;
}

const third = (list: readonly string[], i: number) =>
  list.slice(Math.floor((i * list.length) / 3), Math.floor(((i + 1) * list.length) / 3));

function objectIn(text: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}

const MAX_LABELS = 12;
const MAX_LABEL_LENGTH = 40;
/** A label says little if few answers say it. */
const MIN_SHARE = 0.02;
const MIN_ANSWERS = 50;
/** Nearly all: of ordinary sentences some repeat, too. */
const COVERED = 0.9;

const label = (text: string) => `replaceRegexpAll(lowerUTF8(trimBoth(${text}, ' \\t\\r\\n')), '[.!"\\'*]+', '')`;
const labelOf = (answer: string) =>
  answer
    .trim()
    .toLowerCase()
    .replaceAll(/[.!"'*]+/g, '');

/** The few labels of which nearly every answer is one; none when the answers are texts, or always the same. Pure. */
export function labelsIn(answers: readonly string[]): string[] {
  if (answers.length < MIN_ANSWERS) return [];
  const counts = new Map<string, number>();
  for (const answer of answers.map(labelOf)) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const frequent = [...counts].filter(
    ([text, n]) => text !== '' && text.length <= MAX_LABEL_LENGTH && n >= Math.max(2, answers.length * MIN_SHARE),
  );
  const covered = frequent.reduce((sum, [, n]) => sum + n, 0);
  const fits = frequent.length >= 2 && frequent.length <= MAX_LABELS && covered >= COVERED * answers.length;
  return fits ? frequent.map(([text]) => text).sort() : [];
}
