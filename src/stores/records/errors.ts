import { DatabaseError } from 'pg';
import { Problem, unavailable } from '../../platform/problem.ts';

// Classes 08 and 57P: the connection or the server ended. 53300: no connection is free. 40: two transactions met.
const passing = /^(08...|57P0[123]|53300|40001|40P01)$/;
const lost = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);
const lostWords = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** What the caller can do about a failed statement. Any other failure comes back as it is. */
export function asProblem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (error instanceof DatabaseError ? passing.test(code) : lost.has(code) || lostWords.test(error.message))
    return unavailable('The record store went away during the request. Try again in a moment.', error);
  return error;
}
