import { randomUUID } from 'node:crypto';
import { betterAuth } from 'better-auth/minimal';
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Clock } from '../../../platform/clock.ts';
import type { Log } from '../../../platform/log.ts';
import type { Records } from '../../../stores/index.ts';
import { LONGEST_PASSWORD, PersonName, SHORTEST_PASSWORD } from '../model.ts';
import { signInStore } from './adapter.ts';
import { consumeInvitationsOf, isInvited } from '../links.ts';
import { findPersonByEmail, join, trustProviderAlone } from '../people.ts';
import { links } from './endpoints.ts';
import { requireUnusedCode } from './once.ts';
import { SSO, ssoProvider } from './sso.ts';

/** A session ends when nobody used it for so long. */
export const IDLE_MS = 12 * HOUR_MS;
const NOTED_EVERY_MS = 10 * MINUTE_MS;

export interface SignInParts {
  records: Pick<Records, 'behind'>;
  now: Clock;
  log: Log;
  /** How people reach the server. */
  baseUrl: string;
  secret: string;
  /** Hosts on private addresses that may be asked. */
  insideHosts: readonly string[];
  /** What a browser is given once an account was let in by it. */
  knownAs: (account: string) => string;
}

/** The sign-in library, set up. Heavy: loaded when the first person comes. */
export function openAuth({ records, now, log, baseUrl, secret, knownAs, insideHosts }: SignInParts) {
  return betterAuth({
    appName: 'Steward',
    baseURL: baseUrl,
    basePath: '/api/auth',
    secret,
    database: signInStore(records),
    emailAndPassword: {
      enabled: true,
      // Nobody signs up: an owner opens the owner's link, everybody else an invitation.
      disableSignUp: true,
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
    },
    session: { expiresIn: IDLE_MS / SECOND_MS, updateAge: NOTED_EVERY_MS / SECOND_MS, cookieCache: { enabled: false } },
    // The provider verified the address, and only somebody who was invited has an account of it.
    account: {
      accountLinking: { enabled: true, trustedProviders: [SSO], requireLocalEmailVerified: false },
      encryptOAuthTokens: true,
    },
    onAPIError: { errorURL: '/sign-in', onError: throwOthers },
    databaseHooks: { user: { create: byInvitation(records, now) }, account: { create: { after: provenBySso(records, now) } } },
    // Refused attempts are counted at our own door, by address and by account.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { log: (level, message) => log[level === 'error' ? 'warn' : 'debug']({ from: 'sign-in' }, message) },
    advanced: {
      // Said here, as a variable of the environment would turn it off: nobody is sent on to another site.
      disableOriginCheck: false,
      cookiePrefix: 'steward',
      useSecureCookies: baseUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => randomUUID() },
    },
    hooks: { before: sternly(records), after: noteBrowser(knownAs, baseUrl.startsWith('https:')) },
    plugins: [
      twoFactor({ issuer: 'Steward' }),
      links(records, now),
      { id: 'steward-sso', init: () => ({ context: { socialProviders: [ssoProvider({ records, secret, insideHosts })] } }) },
    ],
  });
}

export type Auth = ReturnType<typeof openAuth>;

/** What is no refusal is a bug, and shows as every other; the library would write it to the terminal. */
function throwOthers(error: unknown): void {
  if (!isAPIError(error)) throw error;
}

/** What a page could ask to be left out is not left out, and nothing is kept that the rest of the product would not keep. */
const sternly = (records: Pick<Records, 'behind'>) =>
  createAuthMiddleware(async (ctx) => {
    const body: unknown = ctx.body;
    if (typeof body !== 'object' || body === null) return undefined;
    if (ctx.path === '/two-factor/verify-totp') await requireUnusedCode(records, ctx);
    // After a new password every session begins anew. No device is excused from the second factor.
    if (ctx.path === '/change-password') return { context: { body: { ...body, revokeOtherSessions: true } } };
    if (ctx.path === '/update-user') return { context: { body: { name: nameIn(body) } } };
    if ('trustDevice' in body) return { context: { body: { ...body, trustDevice: false } } };
    return undefined;
  });

function nameIn(body: object): string {
  // The library would keep any field that its table has, such as an address of a picture.
  const asked = z.strictObject({ name: PersonName }).safeParse(body);
  if (!asked.success) throw new APIError('BAD_REQUEST', { message: 'A name has 1 to 120 characters, none of them for control.' });
  return asked.data.name;
}

/** So that whoever guesses at an account from elsewhere cannot keep its owner out of the browser they use. */
const noteBrowser = (knownAs: (account: string) => string, secure: boolean) =>
  createAuthMiddleware((ctx) => {
    const person = ctx.context.newSession?.user;
    if (person)
      ctx.setCookie('steward.known', knownAs(person.email), {
        httpOnly: true,
        sameSite: 'lax',
        path: '/api/auth',
        secure,
        maxAge: (365 * DAY_MS) / SECOND_MS,
      });
    return Promise.resolve();
  });

/** The library itself makes an account at one moment only: somebody came by single sign-on. They must have been invited. */
const byInvitation = (records: Pick<Records, 'behind'>, now: Clock) => ({
  before: ({ email }: { email: string }) =>
    records.behind({ client: null, does: 'read' }, async (sql) =>
      (await isInvited(sql, email.toLowerCase(), now())) ? undefined : false,
    ),
  after: ({ email }: { email: string }) =>
    records.behind({ client: null, does: 'write' }, async (sql) => {
      const person = await findPersonByEmail(sql, email.toLowerCase());
      if (!person) return;
      for (const invitation of await consumeInvitationsOf(sql, person.email, now())) await join(sql, person, invitation, now());
    }),
});

/** Somebody proved by single sign-on that an address is theirs. */
const provenBySso =
  (records: Pick<Records, 'behind'>, now: Clock) =>
  async ({ providerId, userId }: { providerId: string; userId: string }) => {
    if (providerId === SSO)
      await records.behind({ client: null, does: 'write' }, (sql) => trustProviderAlone(sql, userId, now()));
  };
