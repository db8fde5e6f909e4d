import type { Actor } from '../../../platform/access.ts';
import { findActor } from '../people.ts';
import type { SignInParts } from './auth.ts';

type Auth = Awaited<ReturnType<typeof load>>;

/** What of the sign-in library is open to pages. Everything else that it brings does not exist. */
const open: Record<string, 'GET' | 'POST'> = {
  '/welcome': 'POST',
  '/invitation/show': 'POST',
  '/invitation/accept': 'POST',
  '/sign-in/email': 'POST',
  '/sign-in/social': 'POST',
  '/callback/sso': 'GET',
  '/sign-out': 'POST',
  '/get-session': 'GET',
  '/change-password': 'POST',
  '/update-user': 'POST',
  '/two-factor/enable': 'POST',
  '/two-factor/verify-totp': 'POST',
  '/two-factor/verify-backup-code': 'POST',
  '/two-factor/generate-backup-codes': 'POST',
  '/two-factor/disable': 'POST',
  '/revoke-other-sessions': 'POST',
};

export const SIGN_IN_PATH = '/api/auth';

/** By what method a path of the sign-in is asked; nothing when there is none. */
export const signInMethod = (path: string): 'GET' | 'POST' | undefined => {
  const rest = path.slice(SIGN_IN_PATH.length);
  return Object.hasOwn(open, rest) ? open[rest] : undefined;
};

export interface Admitted {
  actor: Actor;
  /** A session that is used lives on, and the browser must hear of it. */
  setCookies: readonly string[];
}

/** How people come in. */
export interface SignIn {
  /** Answers a request below `SIGN_IN_PATH`, its path, `?…` apart, one that `signInMethod` knows. */
  answer(request: { method: 'GET' | 'POST'; path: string; headers: Headers; body: unknown }): Promise<Response>;
  /** Whose session the cookie is. Nothing: there is none, or it ended. */
  admit(headers: Headers): Promise<Admitted | undefined>;
}

const load = async (parts: SignInParts) => (await import('./auth.ts')).openAuth(parts);

/** Loads the library when the first person comes. `baseUrl` is asked then: a server knows its port when it listens. */
export function openSignIn({ baseUrl, ...parts }: Omit<SignInParts, 'baseUrl'> & { baseUrl: () => string }): SignIn {
  let loading: Promise<Auth> | undefined;
  const auth = () => (loading ??= load({ ...parts, baseUrl: baseUrl() }));
  return {
    async answer({ method, path, headers, body }) {
      const asked = new Request(new URL(path, baseUrl()), {
        method,
        headers: forLibrary(headers, new URL(baseUrl()).origin),
        ...(method === 'POST' && { body: JSON.stringify(body) }),
      });
      return (await auth()).handler(asked);
    },
    async admit(headers) {
      if (!/(^|;\s*)(__Secure-)?steward\.session_token=/.test(headers.get('cookie') ?? '')) return undefined;
      const { api } = await auth();
      const found = await api.getSession({ headers: cookieOnly(headers), returnHeaders: true });
      if (!found.response) return undefined;
      const { session } = found.response;
      const { LONGEST_SESSION_MS } = await import('./auth.ts');
      if (session.createdAt.getTime() + LONGEST_SESSION_MS <= parts.now().getTime()) return undefined;
      const actor = await parts.records.behind({ client: null, does: 'read' }, (sql) => findActor(sql, session.userId));
      return actor && { actor, setCookies: found.headers?.getSetCookie() ?? [] };
    },
  };
}

const cookieOnly = (headers: Headers) => new Headers({ cookie: headers.get('cookie') ?? '' });

// The guard has judged name and origin already, by the names the server goes by; the library knows one address only.
function forLibrary(headers: Headers, origin: string): Headers {
  const kept = new Headers({ origin, 'content-type': 'application/json' });
  for (const name of ['cookie', 'user-agent']) {
    const value = headers.get(name);
    if (value !== null) kept.set(name, value);
  }
  return kept;
}
