import type { z } from 'zod';
import { invalid, type Problem } from './problem.ts';

/** What is wrong with an input, in words: what a schema says by itself stays, what it leaves to the library is said here. */

type Issue = z.core.$ZodIssue;
type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const MOST_TOLD = 20;
const LONGEST_TOLD = 300;

/** The parsed input. Throws `invalid`, which names each field and how it must be. */
export function parseInput<Input extends z.ZodType>(shape: Input, raw: unknown): z.output<Input> {
  const parsed = shape.safeParse(raw, { error: inWords });
  if (!parsed.success) throw faulty(parsed.error.issues);
  return parsed.data;
}

/** No more of it than is read: an input of a megabyte can have faults for fifty. */
function faulty(issues: readonly Issue[]): Problem {
  const details = issues.slice(0, MOST_TOLD).map(({ code, path, message, ...issue }) => ({
    code,
    path: 'keys' in issue ? [...path, shortened(issue.keys.slice(0, MOST_TOLD).join(', '))] : path,
    message: shortened(message),
  }));
  const lines = details.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
  if (issues.length > MOST_TOLD) lines.push(`and ${issues.length - MOST_TOLD} more`);
  return invalid(lines.join('\n'), details);
}

const shortened = (text: string) => (text.length > LONGEST_TOLD ? `${text.slice(0, LONGEST_TOLD)}…` : text);

function inWords(issue: RawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'is not known here';
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.inclusive === false
        ? `must be more than ${issue.minimum}`
        : `must ${amount(issue.origin)} ${issue.minimum} or more${unitOf(issue.origin)}`;
    case 'too_big':
      return `must ${amount(issue.origin)} ${issue.maximum} or fewer${unitOf(issue.origin)}`;
    case 'invalid_format':
      return formats[issue.format] ? `must be ${formats[issue.format]}` : 'has another form';
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      return 'has another form';
  }
}

const kinds: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object of fields',
};
const formats: Record<string, string> = {
  datetime: 'a time such as 2026-01-31T12:00:00Z',
  date: 'a day such as 2026-01-31',
  uuid: 'an id',
  email: 'an e-mail address',
  url: 'an address such as https://example.com',
};
const isNumber = (origin: string) => origin === 'number' || origin === 'int' || origin === 'bigint';
const amount = (origin: string) => (isNumber(origin) ? 'be' : 'have');
const unitOf = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '');
