import { filled, type Column, type ColumnRef } from './columns.ts';
import { looksLike } from './content.ts';
import type { Field } from './fields.ts';
import { gradesOf, type Grades } from './grades.ts';
import { senseOfScore } from './name-words.ts';
import { commaOf, type Comma } from './numbers.ts';
import { isWithin } from './unread.ts';

/** Scores beside the one by which a call counts as right or wrong: each is judged by itself. Pure. */

export interface ScoreRef extends ColumnRef {
  /** Its name without what it stands in: `helpfulness` of `scores.helpfulness`. */
  label: string;
  comma: Comma | undefined;
  grades: Grades | null;
  /** Which way is worse. */
  worse: 'up' | 'down';
}

const MOST_SCORES = 8;

/** Texts, whose insides are nobody's scores. */
const SAID = ['input', 'output', 'expected'] as const;

/** `all`: the columns of every file, as what a comma means is decided over all of them. */
export function furtherScores(
  columns: readonly Column[],
  found: Partial<Record<Field, Column>>,
  all: readonly (readonly Column[])[],
): ScoreRef[] {
  const taken = Object.values(found);
  const labels = new Set<string>();
  return columns
    .filter((column) => !taken.includes(column) && !SAID.some((field) => found[field] && isWithin(column, found[field])))
    .flatMap((column): ScoreRef[] => {
      const label = labelOf(column);
      const worse = label === null ? null : senseOfScore(label.name, label.among);
      if (label === null || worse === null || labels.has(label.name) || !isScored(column)) return [];
      labels.add(label.name);
      const values = all.flatMap((file) => file.filter(({ name }) => name === column.name)).flatMap(filled);
      const comma = values.some((value) => value.includes(',')) ? commaOf(values) : undefined;
      return [
        {
          name: column.name,
          column: column.column,
          path: column.path,
          label: label.name,
          comma,
          grades: gradesOf(values),
          worse,
        },
      ];
    })
    .slice(0, MOST_SCORES);
}

/** The name of what may be a score, and whether it stands among scores: at the top, or a list of one value there, or in `scores`. */
function labelOf({ name, path }: Column): { name: string; among: boolean } | null {
  const among = /(?:^|\.)scores?[._ ](?=.)(.*)$/i.exec(name);
  // What a list holds is its own matter.
  if (among && !path.some((step) => typeof step === 'number')) return { name: among[1]!, among: true };
  if (path.length === 0) return { name, among: false };
  return path.length === 1 && path[0] === 0 ? { name: name.replace(/\.0$/, ''), among: false } : null;
}

function isScored(column: Column): boolean {
  const values = filled(column);
  return values.length > 0 && (gradesOf(values) !== null || (looksLike.verdict(values) && !looksLike.time(values)));
}
