import { findActor } from '../people.ts';
import { LONGEST_SESSION_MS } from '../sessions.ts';
import type { SignInParts } from './auth.ts';
import { openOutages } from './outage.ts';
import { rememberPeople, type Admitted } from './remembered.ts';

type Auth = Awaited<ReturnType<typeof load>>;

/** What of the sign-in library is open to pages. Everything else that it brings does not exist. */
const open: Record<string, 'GET' | 'POST'> = {
  '/ways': 'GET',
  '/welcome/show': 'POST',
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

/** How people come in. */
export interface SignIn {
  /** Answers a request below `SIGN_IN_PATH`, its path, `?…` apart, one that `signInMethod` knows. */
  answer(request: { method: 'GET' | 'POST'; path: string; headers: Headers; body: unknown }): Promise<Response>;
  /** Whose session the cookie is. Nothing: there is none, or it ended. */
  admit(headers: Headers): Promise<Admitted | undefined>;
  /** Something was written, which may be what somebody is: whose session it is, is asked for anew. */
  forget(): void;
}

const load = async (parts: SignInParts) => (await import('./auth.ts')).openAuth(parts);

/** Loads the library when the first person comes. `baseUrl` is asked then: a server knows its port when it listens. */
export function openSignIn({
  baseUrl,
  records: store,
  ...parts
}: Omit<SignInParts, 'baseUrl'> & { baseUrl: () => string }): SignIn {
  let loading: Promise<Auth> | undefined;
  const outages = openOutages(store);
  const { records } = outages;
  const remembered = rememberPeople(parts.now);
  const auth = () => (loading ??= load({ ...parts, records, baseUrl: baseUrl() }));

  async function find(headers: Headers) {
    const { api } = await auth();
    const found = await api.getSession({ headers: cookieOnly(headers), returnHeaders: true });
    if (!found.response) return undefined;
    const { session } = found.response;
    const endsMs = Math.min(session.expiresAt.getTime(), session.createdAt.getTime() + LONGEST_SESSION_MS);
    if (session.createdAt.getTime() + LONGEST_SESSION_MS <= parts.now().getTime()) return undefined;
    const actor = await records.behind({ client: null, does: 'read' }, (sql) => findActor(sql, session.userId));
    return (
      actor && {
        admitted: { actor: { ...actor, session: session.id }, setCookies: found.headers?.getSetCookie() ?? [] },
        endsAt: new Date(endsMs),
      }
    );
  }

  return {
    async answer({ method, path, headers, body }) {
      const asked = new Request(new URL(path, baseUrl()), {
        method,
        headers: forLibrary(headers, new URL(baseUrl()).origin),
        ...(method === 'POST' && { body: JSON.stringify(body) }),
      });
      try {
        return await outages.watch(async () => (await auth()).handler(asked));
      } finally {
        remembered.forget();
      }
    },
    async admit(headers) {
      const cookie = headers.get('cookie') ?? '';
      if (!/(^|;\s*)(__Secure-)?steward\.session_token=/.test(cookie)) return undefined;
      return remembered.admit(cookie, () => outages.watch(() => find(headers)));
    },
    forget: () => remembered.forget(),
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
