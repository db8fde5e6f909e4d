import type { Refusal } from './api.ts';

interface Issue {
  readonly code?: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly expected?: string;
  readonly format?: string;
  readonly values?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly origin?: string;
  readonly keys?: readonly string[];
}

/** What was refused, for a reader: of what the server says of each field, field by field, in plain words. */
export function inWords({ code, message, details }: Refusal): string {
  if (code !== 'invalid' || !isIssues(details)) return message;
  return details.map((issue) => `${nameOf(issue)} ${whatIsWrong(issue)}.`).join(' ');
}

const isIssues = (details: unknown): details is Issue[] =>
  Array.isArray(details) &&
  details.length > 0 &&
  details.every((one: unknown) => typeof one === 'object' && one !== null && 'message' in one && 'path' in one);

const nameOf = ({ path, keys }: Issue) => `“${String(path.at(-1) ?? keys?.join(', ') ?? 'What was asked')}”`;

function whatIsWrong(issue: Issue): string {
  const { code, message, expected, format, values = [], minimum, maximum, origin } = issue;
  if (code === 'unrecognized_keys') return 'is not known here';
  if (code === 'invalid_value') return `must be ${values.map(String).join(' or ')}`;
  if (code === 'invalid_type')
    return message.endsWith('undefined') ? 'is missing' : `must be ${kinds[expected ?? ''] ?? expected}`;
  if (code === 'too_small') return `must ${amount(origin)} ${minimum} or more${unitOf(origin)}`;
  if (code === 'too_big') return `must ${amount(origin)} ${maximum} or fewer${unitOf(origin)}`;
  if (code === 'invalid_format' && format === 'datetime') return 'must be a time such as 2026-01-31T12:00:00Z';
  // Our own sentences are plain already.
  if (!message.startsWith('Invalid')) return `cannot be so: ${message.replace(/\.$/, '')}`;
  return 'has another form';
}

const kinds: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
};
const amount = (origin: string | undefined) => (origin === 'number' || origin === 'int' ? 'be' : 'have');
const unitOf = (origin: string | undefined) => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '');
