import { fieldNames } from './fields.ts';
import type { Mapping } from './map-columns.ts';

interface Read {
  name: string;
  mapping: Mapping;
}

/** What was assumed of the files of a log, a sentence each: what holds for all of them once, the rest with their names. Pure. */
export function aboutFiles(files: readonly Read[]): string[] {
  const sentences = [...new Set(files.flatMap(({ mapping }) => mapping.assumptions))];
  const said = sentences.map((sentence) => {
    const of = files.filter(({ mapping }) => mapping.assumptions.includes(sentence));
    return of.length === files.length ? sentence : `${listed(of)}: ${sentence}`;
  });
  return [...said, ...aboutColumns(files), ...aboutTimeless(files)];
}

/** Fields that a file carries elsewhere than the first file does. */
function aboutColumns([first, ...rest]: readonly Read[]): string[] {
  if (!first) return [];
  const groups = new Map<string, Read[]>();
  for (const file of rest) {
    const differences = fieldNames.flatMap((field) => {
      const [there, here] = [first.mapping.fields[field]?.name, file.mapping.fields[field]?.name];
      if (there === here) return [];
      return here === undefined ? `no ${field}` : `${field} is "${here}"`;
    });
    const key = differences.join(', ');
    if (key !== '') groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups].map(([differences, of]) => `${listed(of)}: other columns than "${first.name}": ${differences}.`);
}

/** Rows without a time in a log that has times count in the whole, and in nothing that is looked for over time. */
function aboutTimeless(files: readonly Read[]): string[] {
  const timeless = files.filter(({ mapping }) => !mapping.fields.time);
  if (timeless.length === 0 || timeless.length === files.length) return [];
  return [`${listed(timeless)}: no time, so these rows are left out of what is judged over time.`];
}

const MOST_NAMES = 3;

const listed = (files: readonly Read[]) =>
  files
    .slice(0, MOST_NAMES)
    .map(({ name }) => `"${name}"`)
    .join(', ') + (files.length > MOST_NAMES ? ` and ${files.length - MOST_NAMES} more` : '');
