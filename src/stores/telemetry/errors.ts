import { ClickHouseError } from '@clickhouse/client';
import { invalid, Problem, unavailable } from '../../platform/problem.ts';

const timeoutExceeded = '159';
const cancelled = '394';
const memoryExceeded = '241';
const tooManyQueries = '202';
const tooManyParts = '252';
const noSpace = '243';

const connectionLost = new Set(['ECONNRESET', 'ECONNREFUSED', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);

/** What the caller can do about a failed query. Any other failure is a bug in the query and comes back as it is. */
export function asProblem(error: unknown, timeoutMs: number): unknown {
  if (error instanceof ClickHouseError) return fromEngine(error, timeoutMs);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : '';
  if (connectionLost.has(code) || /socket hang up|aborted|Timeout error/i.test(message))
    return unavailable('The telemetry store went away during the query. Try again in a moment.', error);
  return error;
}

function fromEngine(error: ClickHouseError, timeoutMs: number): unknown {
  switch (error.code) {
    case timeoutExceeded:
    case cancelled:
      return new Problem(
        'too_large',
        `The query was stopped after its limit of ${timeoutMs / 1000} s. Ask for less, or allow more time.`,
        {
          cause: error,
        },
      );
    case memoryExceeded:
      // Of the query alone it will be so again; of the engine as a whole it depends on what else runs.
      return error.message.startsWith('(total)')
        ? unavailable('The telemetry store is short of memory. Try again in a moment.', error)
        : new Problem('too_large', 'The query needs more memory than it may take. Ask for less.', { cause: error });
    case tooManyQueries:
      return unavailable('The telemetry store is busy. Try again in a moment.', error);
    case noSpace:
      return unavailable('The disk of the telemetry store is full. Free some space and try again.', error);
    case tooManyParts:
      return /partitions for single INSERT/i.test(error.message)
        ? invalid('The rows lie in more than 100 partitions (days or months), which one insert may not. Split them by time.')
        : unavailable('The telemetry store is still merging earlier inserts. Try again in a moment.', error);
    default:
      return error;
  }
}

/** Of rows that were refused, without what the engine quotes of them: they are a client's, and errors are logged. */
export function withoutRows(error: unknown): unknown {
  if (error instanceof ClickHouseError) {
    const { code, type } = error;
    return Object.assign(new Error(`The telemetry store refuses the rows: code ${code}, ${type ?? 'unknown'}.`), { code, type });
  }
  return error instanceof Problem && error.cause instanceof ClickHouseError ? new Problem(error.code, error.message) : error;
}
