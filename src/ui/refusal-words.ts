import type { Refusal } from './api.ts';

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What was refused, for a reader: of what the server says of each field, field by field. */
export function inWords({ code, message, details }: Refusal): string {
  if (code !== 'invalid' || !isIssues(details)) return message;
  return details.map((issue) => `“${String(issue.path.at(-1) ?? 'What was asked')}” ${whatIsWrong(issue)}.`).join(' ');
}

const isIssues = (details: unknown): details is Issue[] =>
  Array.isArray(details) &&
  details.length > 0 &&
  details.every((one: unknown) => typeof one === 'object' && one !== null && 'message' in one && 'path' in one);

/** Some fields say in a sentence of their own how they must be. */
const whatIsWrong = ({ message }: Issue) =>
  /^(is|must|has) /.test(message) ? message : `cannot be so: ${message.replace(/\.$/, '')}`;
