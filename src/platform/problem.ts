export type ProblemCode = 'invalid' | 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'too_large' | 'unavailable';

/** A failure the caller can act on: the message says what to do. Anything else thrown is a bug and shows as `internal`. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: unknown;

  constructor(code: ProblemCode, message: string, options: { details?: unknown; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.details = options.details;
  }

  /** The same request may succeed later, unchanged. */
  get retryable(): boolean {
    return this.code === 'unavailable';
  }
}

export const invalid = (message: string, details?: unknown) => new Problem('invalid', message, { details });
export const notFound = (message: string) => new Problem('not_found', message);
export const conflict = (message: string) => new Problem('conflict', message);
export const unavailable = (message: string, cause?: unknown) => new Problem('unavailable', message, { cause });
