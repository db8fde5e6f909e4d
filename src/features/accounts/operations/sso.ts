import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { operation } from '../../../platform/operation.ts';
import { byOwner } from '../access.ts';
import { sessionSecretOf } from '../first-start.ts';

const Provider = z.object({
  name: z.string().describe('What the button says.'),
  issuer: z.string(),
  clientId: z.string(),
  redirectUrl: z.string().describe('What to register at the provider.'),
});

async function show({ records, config }: Pick<Context, 'records' | 'config'>) {
  const { findProvider } = await import('../sign-in/sso.ts');
  const { addressOf } = await import('./address.ts');
  const found = await findProvider(records);
  const redirectUrl = `${addressOf({ config }).replace(/\/+$/, '')}/api/auth/callback/sso`;
  return {
    provider: found ? { name: found.name, issuer: found.issuer, clientId: found.oauthClient, redirectUrl } : null,
    redirectUrl,
  };
}

const output = z.object({ provider: Provider.nullable(), redirectUrl: z.string() });

export const showSso = operation({
  name: 'sso.show',
  summary: 'The provider of single sign-on, without its secret.',
  access: byOwner('read'),
  input: z.object({}),
  output,
  run: show,
});

export const setSso = operation({
  name: 'sso.set',
  summary:
    'Let people sign in by a provider of OpenID Connect: those who have an account or an invitation of an e-mail it verified.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({
    name: z.string().trim().min(1).max(60).describe('What the button says, e.g. Okta.'),
    issuer: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .describe('The address of the provider, as it calls itself.'),
    clientId: z.string().min(1).max(500),
    clientSecret: z.string().min(1).max(1000).meta({ secret: true }),
  }),
  output,
  async run(ctx, { name, issuer, clientId, clientSecret }) {
    const [{ discover }, { symmetricEncrypt }] = await Promise.all([import('../sign-in/sso.ts'), import('better-auth/crypto')]);
    await discover(issuer, ctx.config.insideHosts);
    const key = sessionSecretOf(ctx.config.dataDir, ctx.config.secret);
    const secret = await symmetricEncrypt({ key, data: clientSecret });
    await forgetOthers(ctx, issuer);
    await ctx.records.rows(z.never())`
      insert into sso_provider (name, issuer, oauth_client, secret, created_at) values (${name}, ${issuer}, ${clientId}, ${secret}, ${ctx.now()})
      on conflict (is_only) do update
        set name = excluded.name, issuer = excluded.issuer, oauth_client = excluded.oauth_client, secret = excluded.secret`;
    return show(ctx);
  },
});

export const removeSso = operation({
  name: 'sso.remove',
  summary: 'Let nobody sign in by the provider any more. Sessions that began by it go on until they end.',
  access: byOwner('write'),
  confirms: true,
  input: z.object({}),
  output,
  async run(ctx) {
    await forgetOthers(ctx, '');
    await ctx.records.rows(z.never())`delete from sso_provider`;
    return show(ctx);
  },
});

/** What one provider calls somebody may be what another calls somebody else. Who comes by another is known by their e-mail anew. */
const forgetOthers = ({ records }: Context, issuer: string) =>
  records.rows(z.never())`
    delete from sign_in where provider_id = 'sso' and exists (select from sso_provider where issuer <> ${issuer})`;
