import { invalid } from '../../../platform/problem.ts';
import { plain, type Column, type ColumnRef } from '../import/columns.ts';

/** What a row of labels may say, and the names under which files say it, likeliest first. */
const aliases = {
  traceId: ['traceid', 'trace', 'oteltraceid', 'langfusetraceid'],
  spanId: ['spanid', 'span', 'observationid', 'observation'],
  name: ['name', 'scorename', 'metric', 'metricname', 'criterion', 'labelname', 'key'],
  value: ['value', 'score', 'label', 'rating', 'grade', 'verdict', 'correct', 'iscorrect', 'groundtruth', 'outcome', 'feedback'],
  source: ['source', 'judge', 'annotatorkind', 'scoresource'],
  explanation: ['explanation', 'comment', 'reason', 'rationale', 'note', 'notes'],
  at: ['at', 'timestamp', 'time', 'labeledat', 'labelledat', 'scoredat', 'createdat', 'date'],
  id: ['scoreid', 'labelid', 'annotationid', 'id'],
} as const;

export const labelFields = Object.keys(aliases) as LabelField[];
export type LabelField = keyof typeof aliases;
export type LabelColumns = Partial<Record<LabelField, ColumnRef>>;

/** Which column of a file is which. Throws `invalid` where trace or value is in none. */
export function labelColumns(file: string, columns: readonly Column[], given: Partial<Record<LabelField, string>>): LabelColumns {
  const found: LabelColumns = {};
  for (const field of labelFields) {
    const asked = given[field];
    const names: readonly string[] = asked === undefined ? aliases[field].map(plain) : [];
    const column =
      asked === undefined
        ? names.flatMap((name) => columns.find((one) => plain(one.name) === name) ?? [])[0]
        : columns.find(({ name }) => name === asked);
    if (asked !== undefined && !column) throw invalid(`"${file}" has no column "${asked}". ${has(columns)}`);
    if (column) found[field] = column;
  }
  for (const field of ['traceId', 'value'] as const)
    if (!found[field])
      throw invalid(`No column of "${file}" is ${field}. Say which is, with --map ${field}=COLUMN. ${has(columns)}`);
  return found;
}

const has = (columns: readonly Column[]) =>
  `It has: ${columns
    .slice(0, 40)
    .map(({ name }) => name)
    .join(', ')}.`;

/** `--map value=thumbs`, as it was typed. */
export function givenColumns(given: readonly string[]): Partial<Record<LabelField, string>> {
  const found: Partial<Record<LabelField, string>> = {};
  for (const pair of given) {
    const [field, ...rest] = pair.split('=');
    const name = labelFields.find((known) => known.toLowerCase() === field?.trim().toLowerCase());
    if (!name || rest.length === 0) throw invalid(`--map takes FIELD=COLUMN, not "${pair}". Fields: ${labelFields.join(', ')}.`);
    found[name] = rest.join('=');
  }
  return found;
}
