import { LONGEST_PASSWORD, SHORTEST_PASSWORD, type Attempt, type SignIn } from '../../features/accounts/index.ts';
import { Problem, type ProblemCode } from '../../platform/problem.ts';
import { statusOf } from './status.ts';

/** An answer of the sign-in library in our own words: failures as everywhere else, and no session's token for scripts to read. */
export async function inOurWords(answer: Response): Promise<Response> {
  const headers = new Headers();
  for (const cookie of answer.headers.getSetCookie()) headers.append('set-cookie', cookie);
  const location = answer.headers.get('location');
  if (location !== null && answer.status >= 300 && answer.status < 400) {
    headers.set('location', location);
    return new Response(null, { status: answer.status, headers });
  }
  headers.set('content-type', 'application/json');
  const text = await answer.text();
  const json = (text === '' ? {} : JSON.parse(text)) as unknown;
  const body = answer.ok ? withoutTokens(json) : { error: failure(answer.status, json) };
  return new Response(JSON.stringify(body), { status: answer.status, headers });
}

/** What the library says in words of its own. */
const inWords: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'The e-mail or the password is not right.',
  INVALID_PASSWORD: 'The password is not right.',
  INVALID_CODE: 'The code is not right. Codes change every half minute: enter the one that is shown now.',
  INVALID_BACKUP_CODE: 'This backup code is not right, or was used.',
  INVALID_TWO_FACTOR_COOKIE: 'The sign-in took too long. Begin anew with e-mail and password.',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'Too many codes were wrong. Begin anew with e-mail and password.',
  ACCOUNT_TEMPORARILY_LOCKED: 'Too many codes were wrong. Wait a quarter of an hour, then try again.',
  PASSWORD_TOO_SHORT: `A password has ${SHORTEST_PASSWORD} characters or more.`,
  PASSWORD_TOO_LONG: `A password has ${LONGEST_PASSWORD} characters at most.`,
  SESSION_EXPIRED: 'The session has ended. Sign in again.',
  TOTP_NOT_ENABLED: 'One-time codes are not set up for this account.',
  TWO_FACTOR_NOT_ENABLED: 'One-time codes are not set up for this account.',
  CREDENTIAL_ACCOUNT_NOT_FOUND: 'This account has no password: it is opened by single sign-on.',
  PROVIDER_NOT_FOUND: 'No provider of single sign-on is set.',
};

const codes = Object.entries(statusOf) as [ProblemCode, number][];

function failure(status: number, json: unknown) {
  const { code: reason, message } = (json ?? {}) as { code?: string; message?: string };
  const code = codes.find(([, known]) => known === status)?.[0] ?? (status < 500 ? 'invalid' : 'internal');
  const words = (reason === undefined ? undefined : inWords[reason]) ?? message ?? 'This could not be done.';
  return { code, message: words, ...(reason !== undefined && { details: { reason } }) };
}

/** A session's token is for its cookie alone; `id` is how a page names one. */
function withoutTokens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (name === 'token' ? [] : [[name, withoutTokens(one)]])),
  );
}

/** A cookie is sent by the browser whoever made the page, so a request that does something must say that it is from our own. */
export function requireOwnPage(headers: Headers) {
  // Where an origin is told, the guard has compared it.
  if (headers.has('origin') || headers.get('sec-fetch-site') === 'same-origin') return;
  throw new Problem('forbidden', 'A request with a session must tell its origin, as browsers do. Scripts use an API key.');
}

/** Paths on which something is guessed at. */
const guessed = /^\/api\/auth\/(sign-in\/email|two-factor\/.*|welcome|welcome\/show|invitation\/.*|change-password)$/;

/** Who tries to get in, as far as the request tells; nothing where nothing can be guessed. */
export function attemptOf(path: string, body: unknown, headers: Headers, address: string): Attempt | undefined {
  if (!guessed.test(path)) return undefined;
  const email =
    typeof body === 'object' && body !== null && 'email' in body && typeof body.email === 'string' ? body.email : undefined;
  const [, known] = /(?:^|;\s*)steward\.known=([\w.-]+)/.exec(headers.get('cookie') ?? '') ?? [];
  return {
    address,
    ...(email !== undefined && { account: email.trim().toLowerCase().slice(0, 254) }),
    ...(known !== undefined && { known }),
  };
}

/** 404: the link was spent. 400 is what a wrong password is told where somebody is signed in. */
export const isRefusal = (status: number) => [400, 401, 403, 404, 429].includes(status);

export type { SignIn };
