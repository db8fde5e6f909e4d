import { invalid } from '../../../platform/problem.ts';
import { fieldNames, type Field } from './fields.ts';

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
