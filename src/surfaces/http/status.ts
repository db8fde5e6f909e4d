import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ProblemCode } from '../../platform/problem.ts';

/** What HTTP calls each failure. A new code does not compile until it has an answer here. */
export const statusOf: Record<ProblemCode, ContentfulStatusCode> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
};

/** How long a client waits before it asks again. */
export const RETRY_AFTER_S = 2;
