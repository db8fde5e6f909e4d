import { isCodeColumn, missing, noFailures, verdicts, type TimeFormat } from './content.ts';
import { gradeSql, type Grades } from './grades.ts';
import { numberOf, type Comma } from './numbers.ts';
import { textList } from './sql.ts';
import { rewrittenSql, serialDaySql } from './written-times.ts';

/** SQL that reads a value out of a text. The argument is an expression over Nullable(String); the answer is NULL where it says nothing. */

/** NULL of a type, for a field that the log does not have. */
export const nothing = (type: string) => `CAST(NULL, 'Nullable(${type})')`;

const wordsFor = (verdict: 0 | 1) => textList(Object.keys(verdicts).filter((word) => verdicts[word] === verdict));
const wordOf = (text: string) => `lower(trimBoth(ifNull(${text}, ''), ' \\t\\r\\n'))`;

/** A number, or a word for right (1) or wrong (0), or for a level between them. */
export function verdictOf(text: string, comma?: Comma, grades?: Grades | null): string {
  if (grades) return gradeSql(grades, text);
  const number = numberOf(text, comma);
  return `if(isNull(${number}), multiIf(has(${wordsFor(1)}, ${wordOf(text)}), 1, has(${wordsFor(0)}, ${wordOf(text)}), 0, NULL), ${number})`;
}

/** Whether a text stands for "nothing here". */
export const isMissing = (text: string) => `has(${textList(missing)}, ${wordOf(text)})`;

/** Times of any format in one column; `format` only settles which of two slashed numbers is the month. */
export function timeOf(format: TimeFormat, text: string): string {
  const read = (of: string) => `parseDateTime64BestEffort${format === 'mdy' ? 'US' : ''}OrNull(${of}, 3, 'UTC')`;
  const trimmed = `trimBoth(ifNull(${text}, ''))`;
  // Python's comma before the milliseconds, a comma before the hour, Java's [zone] after the offset.
  const tidied = `replaceRegexpOne(replaceRegexpOne(${trimmed}, '\\\\[[^\\\\]]*\\\\]$', ''), ',(\\\\d{1,9})([Zz+-]|$)', '.\\\\1\\\\2')`;
  if (format === 'serial') return serialDaySql(text);
  const rewrites = format === 'mdy' || format === 'dmy' || format === 'written';
  const further = rewrites ? rewrittenSql(trimmed) : `replaceOne(${tidied}, ', ', ' ')`;
  const [first, second] = format === 'written' ? [further, text] : [text, further];
  return `if(isNull(${read(first)}), ${read(second)}, ${read(first)})`;
}

/** An error column is a message, a flag, a level or an HTTP status: 1 failed, 0 not. */
export function failureOf(text: string, column: string): string {
  const number = `toFloat64OrNull(${text})`;
  const failed = isCodeColumn(column) ? `${number} >= 400` : `${number} != 0`;
  return `multiIf(has(${textList(noFailures)}, ${wordOf(text)}), 0, isNotNull(${number}), ${failed}, 1)`;
}
