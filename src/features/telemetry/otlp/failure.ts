import { Problem } from '../../../platform/problem.ts';

/** Why a whole request cannot be read. The receiver answers 400, 413 or 415; none of them may be retried. */
export interface Failure {
  readonly ok: false;
  readonly code: 'malformed' | 'too_large' | 'unsupported';
  readonly message: string;
}

/** As the door of a route says it. Of `unsupported` OTLP knows a status of its own. */
export const asProblem = ({ code, message }: Failure) => new Problem(code === 'too_large' ? 'too_large' : 'invalid', message);

export const failure = (code: Failure['code'], message: string): Failure => ({ ok: false, code, message });

/** What the readers throw among themselves and the door turns into an answer; nothing else leaves them. */
export class Malformed extends Error {}

/** Runs a reader: what is malformed becomes a value. */
export function attempt<T>(read: () => T): T | Failure {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return failure('malformed', error.message);
    throw error;
  }
}
