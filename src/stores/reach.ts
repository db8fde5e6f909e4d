import { Problem, unavailable } from '../platform/problem.ts';

/** Settings that say where a server of one's own is. */
type Setting = 'DATABASE_URL' | 'CLICKHOUSE_URL';
const programs: Record<Setting, string> = { DATABASE_URL: 'PostgreSQL', CLICKHOUSE_URL: 'ClickHouse' };

const unreached: Record<string, string> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'no host of that name is known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  EADDRNOTAVAIL: 'no way leads there',
  ECONNRESET: 'it ends the connection',
  ENOENT: 'there is no such socket',
};
// PostgreSQL by its five signs, ClickHouse by its numbers.
const refused: Record<string, string> = {
  '28P01': 'the user or the password',
  '28000': 'the user',
  '3D000': 'the database, which does not exist',
  516: 'the user or the password',
  81: 'the database, which does not exist',
};

/** Why a server could not be opened: which setting leads where, without the user and the password in it. Else the error as it is. */
export function whyNotOpened(setting: Setting, url: string, error: unknown): unknown {
  const code = codeOf(error instanceof Problem ? error.cause : error);
  const at = `${programs[setting]} at ${new URL(url).host || 'the address'} (${setting})`;
  const why = unreached[code];
  if (why) return unavailable(`${at} cannot be reached: ${why}. Start it, or set ${setting} to where it is.`, error);
  const what = refused[code];
  if (what) return new Problem('invalid', `${at} refuses ${what}. Set ${setting} to what it knows.`, { cause: error });
  return error;
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');
