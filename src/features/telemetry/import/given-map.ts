import { z } from 'zod';
import { invalid } from '../../../platform/problem.ts';
import { fieldNames, type Field } from './fields.ts';

/** What a command that reads logs is told of them. */
export const logInput = {
  files: z
    .array(z.string())
    .min(1)
    .describe('Log files: CSV, TSV, JSON, JSONL, Parquet, also .gz or .zst; - reads standard input.'),
  map: z
    .array(z.string())
    .default([])
    .meta({ value: 'field=column' })
    .describe('Which column a field is in, where it was not found by itself, e.g. output=reply. May be given several times.'),
  dateOrder: z.enum(['dmy', 'mdy']).optional().describe('Which of two slashed numbers is the month.'),
};

/** Which column a field is in, as it was typed: `output=reply`. */
export function givenMap(given: readonly string[]): Partial<Record<Field, string>> {
  const found: Partial<Record<Field, string>> = {};
  for (const pair of given) {
    const [field, ...rest] = pair.split('=');
    const name = fieldNames.find((known) => known.toLowerCase() === field?.trim().toLowerCase());
    if (!name || rest.length === 0) throw invalid(`--map takes FIELD=COLUMN, not "${pair}". Fields: ${fieldNames.join(', ')}.`);
    found[name] = rest.join('=');
  }
  return found;
}
