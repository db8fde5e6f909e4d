import { filled, plain, type Column } from './columns.ts';
import { epochUnit, hasZone, type TimeFormat } from './content.ts';
import type { Told } from './date-order.ts';
import { areDurations } from './durations.ts';
import { fieldNames, fields, numericFields, type Content, type Field } from './fields.ts';
import type { Mapping } from './map-columns.ts';
import { BEYOND_MEASURE, readNumber, type Comma } from './numbers.ts';
import { unaccented, foreignNames } from './names.ts';
import type { ScoreRef } from './score-columns.ts';
import { zonesIn } from './written-times.ts';

/** What was assumed of the columns of a file, a sentence each. Pure. */

const wanted: Partial<Record<Content, string>> = {
  time: 'are in no known format. Write times like 2026-05-04T10:00:00Z',
  number: 'are no numbers',
  verdict: 'are neither numbers nor words for right or wrong',
  failure: 'are no known words or codes for what failed',
};

/** A column that is named like a field but holds something else is told, so that nobody wonders. */
export function aboutUnused(columns: readonly Column[], found: Partial<Record<Field, Column>>): string[] {
  return fieldNames.flatMap((field) => {
    const why = wanted[fields[field].content];
    if (found[field] || !why) return [];
    const named = columns.find(
      (column) => isNamed(field, column.name) && filled(column).length > 0 && !Object.values(found).includes(column),
    );
    if (!named) return [];
    const example = filled(named)[0]!.slice(0, 40);
    return [
      `"${named.name}" was not read as the ${field}: values such as "${example}" ${why}. --map ${field}=COLUMN names another column.`,
    ];
  });
}

const isNamed = (field: Field, name: string) =>
  fields[field].aliases.includes(plain(name)) || foreignNames(field).includes(unaccented(plain(name)));

/** Of several scores one tells right from wrong, and each of the others is judged by itself. */
export function aboutScores(scores: readonly ScoreRef[], { score }: Mapping['fields']): string[] {
  if (scores.length === 0) return [];
  const names = list(scores.map(({ name, worse }) => `"${name}"${worse === 'up' ? ' (more is worse)' : ''}`));
  const one = scores.length === 1;
  return [
    score
      ? `Of several scores "${score.name}" is taken for the score, and ${names} ${one ? 'is a metric' : 'are metrics'} beside it. --map score=COLUMN takes another.`
      : `${names} ${one ? 'is a score that is' : 'are scores that are'} judged by ${one ? 'itself' : 'themselves'}. --map score=COLUMN takes one for the score.`,
  ];
}

const list = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

export function aboutNumbers(found: Partial<Record<Field, Column>>, commas: Partial<Record<Field, Comma>>): string[] {
  return numericFields.flatMap((field) => {
    const column = found[field];
    if (!column) return [];
    const values = filled(column);
    const money = field === 'cost' && values.map((value) => /[€£¥]|eur|gbp/i.exec(value)?.[0]).find(Boolean);
    const comma = commas[field] && values.find((value) => value.includes(','));
    const percent = values.find((value) => value.trim().endsWith('%'));
    const read = (example: string) =>
      `"${example.slice(0, 40)}" in "${column.name}" is read as ${readNumber(example, commas[field])}`;
    return [
      ...(comma
        ? [`${read(comma)}: the comma ${commas[field] === 'decimal' ? 'is a decimal mark' : 'separates thousands'}.`]
        : []),
      ...(percent ? [`${read(percent)}.`] : []),
      ...(money ? [`"${column.name}" is in ${money} and is shown as US dollars without being converted.`] : []),
    ];
  });
}

/** Values of which no measure is made are told, and not passed over. */
export function aboutOdd(found: Partial<Record<Field, Column>>, commas: Partial<Record<Field, Comma>>): string[] {
  return numericFields.flatMap((field) => {
    const column = found[field];
    if (!column || field === 'score') return [];
    const values = filled(column);
    if (field === 'latency' && areDurations(values)) return [];
    const odd = values.filter((value) => {
      const number = readNumber(value, commas[field]);
      return number === null || number < 0 || number >= BEYOND_MEASURE;
    });
    if (odd.length === 0) return [];
    return [
      `Of ${values.length} values of "${column.name}" in a sample ${odd.length} such as "${odd[0]!.slice(0, 40)}" are negative, far too large or no numbers; such values count as missing.`,
    ];
  });
}

/** What told day and month apart, where it was neither the value nor the user. */
const told: Record<Told['by'], string> = {
  value: '',
  future: ' (the other order would be in the future)',
  rows: ' (only so are the rows in order)',
  guess: ' (a guess: no value rules the other order out; --date-order says it)',
};

export function aboutTime(name: string, times: readonly string[], format: TimeFormat, by: Told['by']): string[] {
  if (format === 'auto' || format === 'written') {
    const zones = zonesIn(times);
    if (zones.length > 0) return [`Of the zones in "${name}" ${zones.join(', ')}.`];
    return times.some(hasZone) ? [] : [`Times in "${name}" carry no zone and are read as UTC.`];
  }
  if (format === 'serial') return [`Times in "${name}" are read as days since 1900, as spreadsheets count them, in UTC.`];
  if (format === 'epoch')
    return [`Times in "${name}" are read as ${times.map(epochUnit).find(Boolean) ?? 'seconds'} since 1970.`];
  return [`Dates in "${name}" are read as ${format === 'mdy' ? 'month/day/year' : 'day/month/year'}${told[by]}, in UTC.`];
}
