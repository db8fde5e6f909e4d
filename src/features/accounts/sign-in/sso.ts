import type { OAuthProvider } from '@better-auth/core/oauth2';
import { symmetricDecrypt } from 'better-auth/crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { HOUR_MS } from '../../../platform/clock.ts';
import { askKept, type Asked } from '../../../platform/egress.ts';
import { invalid, unavailable } from '../../../platform/problem.ts';
import type { Sql } from '../../../platform/sql.ts';
import type { Records } from '../../../stores/index.ts';
import { PersonName } from '../model.ts';

/** What a page calls it. There is one. */
export const SSO = 'sso';
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const Kept = z.object({ name: z.string(), issuer: z.string(), oauthClient: z.string(), secret: z.string() });

export async function findProvider(sql: Sql) {
  const [found] = await sql.rows(Kept)`select name, issuer, oauth_client as "oauthClient", secret from sso_provider`;
  return found;
}

// A browser is sent to one of them, and would run another kind of address.
const Endpoint = z.url({ protocol: /^https?$/ });
const Discovered = z.object({
  issuer: z.string(),
  authorization_endpoint: Endpoint,
  token_endpoint: Endpoint,
  jwks_uri: Endpoint,
});
const Tokens = z.object({ id_token: z.string() });
const Claims = z.object({
  sub: z.string().min(1),
  email: z.string(),
  email_verified: z.union([z.boolean(), z.literal('true').transform(() => true)]),
  name: z.string().optional(),
  nonce: z.string().optional(),
});

/** What the provider says of itself. Throws `Problem` when it is none, or another than it is called. */
export async function discover(issuer: string, insideHosts: readonly string[]) {
  const found = Discovered.safeParse(
    await json(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, {}, insideHosts),
  );
  if (!found.success) throw invalid(`${issuer} does not speak OpenID Connect.`);
  if (found.data.issuer !== issuer) throw invalid(`${issuer} calls itself ${found.data.issuer.slice(0, 500)}. Give that name.`);
  return found.data;
}

async function json(url: string, asked: Asked, insideHosts: readonly string[]): Promise<unknown> {
  const { status, text } = await askKept(url, asked, insideHosts);
  if (status !== 200) throw unavailable(`${new URL(url).origin} answered ${status}.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unavailable(`${new URL(url).origin} answered something other than JSON.`);
  }
}

/**
 * The provider as the sign-in library uses one, but that every byte goes by our own egress. It lets in by a verified e-mail alone:
 * whoever has an account of that address, or an invitation.
 */
export function ssoProvider({
  records,
  secret,
  insideHosts,
}: {
  records: Pick<Records, 'behind'>;
  secret: string;
  insideHosts: readonly string[];
}): OAuthProvider<z.output<typeof Claims>> {
  let known: { issuer: string; untilMs: number; found: z.output<typeof Discovered> } | undefined;
  const current = async () => {
    const kept = await records.behind({ client: null, does: 'read' }, findProvider);
    if (!kept) throw invalid('No provider of single sign-on is set.');
    if (known?.issuer !== kept.issuer || known.untilMs < Date.now())
      known = { issuer: kept.issuer, untilMs: Date.now() + HOUR_MS, found: await discover(kept.issuer, insideHosts) };
    return { ...kept, ...known.found };
  };
  return {
    id: SSO,
    name: 'Single sign-on',
    requiresIdTokenNonce: true,
    accountSubject: ({ profile }) => profile.sub,
    async createAuthorizationURL({ state, codeVerifier, redirectURI, idTokenNonce, loginHint }) {
      const { authorization_endpoint, oauthClient } = await current();
      const url = new URL(authorization_endpoint);
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier));
      for (const [name, value] of Object.entries({
        response_type: 'code',
        client_id: oauthClient,
        redirect_uri: redirectURI,
        scope: 'openid email profile',
        state,
        code_challenge: Buffer.from(digest).toString('base64url'),
        code_challenge_method: 'S256',
        ...(idTokenNonce && { nonce: idTokenNonce }),
        ...(loginHint && { login_hint: loginHint }),
      }))
        url.searchParams.set(name, value);
      return url;
    },
    async validateAuthorizationCode({ code, codeVerifier = '', redirectURI }) {
      const { token_endpoint, oauthClient, secret: encrypted } = await current();
      const password = await symmetricDecrypt({ key: secret, data: encrypted });
      const basic = Buffer.from(`${encodeURIComponent(oauthClient)}:${encodeURIComponent(password)}`).toString('base64');
      const asked = {
        method: 'POST',
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectURI,
          code_verifier: codeVerifier,
        }).toString(),
      } as const;
      const { id_token: idToken } = Tokens.parse(await json(token_endpoint, asked, insideHosts));
      // Nothing is asked in anybody's name later, so no other token is kept.
      return { idToken };
    },
    async getUserInfo({ idToken = '', expectedIdTokenNonce }) {
      const { issuer, jwks_uri, oauthClient } = await current();
      const keys = createLocalJWKSet((await json(jwks_uri, {}, insideHosts)) as JSONWebKeySet);
      // Whatever is wrong with it, it lets nobody in.
      const checked = await jwtVerify(idToken, keys, { issuer, audience: oauthClient, algorithms }).catch(() => undefined);
      const claims = Claims.safeParse(checked?.payload).data;
      if (!claims || !expectedIdTokenNonce || claims.nonce !== expectedIdTokenNonce || !claims.email_verified) return null;
      const { email } = claims;
      const name = PersonName.safeParse(claims.name).data ?? email;
      return { user: { email: email.toLowerCase(), emailVerified: true, name }, data: claims };
    },
  };
}
