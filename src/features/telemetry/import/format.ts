/** The form that most answers keep; an answer out of form is one that a program downstream cannot read. */

export interface FormatRule {
  /** Said in the report, after "answers that …". */
  sentence: string;
  /** SQL over `o`: 1 in form. */
  sql: string;
}

export const formats = {
  json: { sentence: 'are valid JSON', sql: `match(o, '^\\\\s*[\\\\[{]') and isValidJSON(o)` },
  boxed: { sentence: 'hold a \\boxed{} answer', sql: `position(o, '\\\\boxed{') > 0` },
  bracket: { sentence: 'hold a [bracketed] answer', sql: `match(o, '\\\\[[^\\\\[\\\\]\\\\n]{1,80}\\\\]')` },
  fence: { sentence: 'hold a ``` code block', sql: `countSubstrings(o, '\`\`\`') >= 2` },
  choice: { sentence: 'are a single choice letter', sql: `match(o, '^\\\\W*[A-Ja-j]\\\\W*$')` },
  marked: { sentence: 'name their answer ("Answer: …")', sql: `match(o, '(?i)(^|\\\\n)\\\\W*(final )?answer\\\\W*[:=]|####')` },
  number: { sentence: 'are a number', sql: `isNotNull(toFloat64OrNull(trimBoth(replaceAll(o, ',', ''))))` },
} as const satisfies Record<string, FormatRule>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

const MOST = 0.8;

/** The strictest form that at least four of five answers keep, or nothing. `shares`: share of the sample in each form. Pure. */
export function pickFormat(shares: Record<FormatName, number>): FormatName | null {
  return formatNames.find((name) => shares[name] >= MOST) ?? null;
}
