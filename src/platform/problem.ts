export type ProblemCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'too_many'
  | 'unavailable';

/** A failure the caller can act on: the message says what to do. Anything else thrown is a bug and shows as `internal`. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: unknown;
  /** How long to wait before asking again, where that is known. */
  readonly retryAfterS: number | undefined;

  constructor(code: ProblemCode, message: string, options: { details?: unknown; cause?: unknown; retryAfterS?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.details = options.details;
    this.retryAfterS = options.retryAfterS;
  }

  /** The same request may succeed later, unchanged. */
  get retryable(): boolean {
    return this.code === 'unavailable' || this.code === 'too_many';
  }
}

export const invalid = (message: string, details?: unknown) => new Problem('invalid', message, { details });
export const notFound = (message: string) => new Problem('not_found', message);
export const conflict = (message: string) => new Problem('conflict', message);
export const unavailable = (message: string, cause?: unknown) => new Problem('unavailable', message, { cause });
export const tooMany = (message: string, retryAfterS: number) => new Problem('too_many', message, { retryAfterS });
