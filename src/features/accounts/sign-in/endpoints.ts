import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import type { Records } from '../../../stores/index.ts';
import { consumeInvitation, consumeOwnerLink, findInvitation, isOwnerLink } from '../links.ts';
import { findPersonByEmail, insertPerson, join, makeOwner, setPassword, type Person } from '../people.ts';
import { Email, Password, PersonName } from '../model.ts';
import { findProvider } from './sso.ts';

const Token = z.string().min(1).max(200);
const reading = { client: null, does: 'read' } as const;
const wall = { client: null, does: 'write' } as const;

const refusal = (status: 'NOT_FOUND' | 'CONFLICT' | 'UNAUTHORIZED' | 'BAD_REQUEST', code: string, message: string) =>
  new APIError(status, { code, message });

const linkIsSpent = () =>
  refusal('NOT_FOUND', 'LINK_SPENT', 'This link was used, was replaced or has expired. Ask for a new one.');

/** The ways to an account: nobody signs up, they open a link that they were handed. */
export function links(records: Pick<Records, 'behind'>, now: Clock) {
  return {
    id: 'steward-links',
    endpoints: {
      // What the page of the sign-in offers; the name of the provider is on its button, and nothing else of it is told.
      showWays: createAuthEndpoint('/ways', { method: 'GET' }, async (ctx) => {
        const provider = await records.behind(reading, findProvider);
        return ctx.json({ sso: provider ? { name: provider.name } : null });
      }),
      // So that a link which was used is told before anything is typed.
      showWelcome: createAuthEndpoint(
        '/welcome/show',
        { method: 'POST', body: z.strictObject({ token: Token }) },
        async (ctx) => {
          const { token } = ctx.body;
          if (!(await records.behind(reading, (sql) => isOwnerLink(sql, token, now())))) throw linkIsSpent();
          return ctx.json({ status: true });
        },
      ),
      welcomeOwner: createAuthEndpoint(
        '/welcome',
        { method: 'POST', body: z.strictObject({ token: Token, name: PersonName, email: Email, password: Password }) },
        async (ctx) => {
          const { token, name, email, password } = ctx.body;
          if (!(await records.behind(reading, (sql) => isOwnerLink(sql, token, now())))) throw linkIsSpent();
          const hash = await ctx.context.password.hash(password);
          const person = await records.behind(wall, async (sql) => {
            if (!(await consumeOwnerLink(sql, token, now()))) throw linkIsSpent();
            return makeOwner(sql, { email, name, hash }, now());
          });
          return letIn(ctx, person);
        },
      ),
      showInvitation: createAuthEndpoint(
        '/invitation/show',
        { method: 'POST', body: z.strictObject({ token: Token }) },
        async (ctx) => {
          const { token } = ctx.body;
          const shown = await records.behind(reading, async (sql) => {
            const invitation = await findInvitation(sql, token, now());
            return invitation && { ...invitation, hasAccount: (await findPersonByEmail(sql, invitation.email)) !== undefined };
          });
          if (!shown) throw linkIsSpent();
          const { email, role, clientId, clientName, expiresAt, hasAccount } = shown;
          const client = clientId === null ? null : { id: clientId, name: clientName };
          return ctx.json({ email, role, client, expiresAt, hasAccount });
        },
      ),
      acceptInvitation: createAuthEndpoint(
        '/invitation/accept',
        { method: 'POST', body: z.strictObject({ token: Token, name: PersonName.optional(), password: Password.optional() }) },
        async (ctx) => {
          const { token, name, password } = ctx.body;
          if (!(await records.behind(reading, (sql) => findInvitation(sql, token, now())))) throw linkIsSpent();
          const session = await getSessionFromCtx(ctx);
          const hash = password === undefined ? undefined : await ctx.context.password.hash(password);
          const { person, isNew } = await records.behind(wall, async (sql) => {
            const invitation = await consumeInvitation(sql, token, now());
            if (!invitation) throw linkIsSpent();
            const known = await findPersonByEmail(sql, invitation.email);
            // Who has an account shows that it is theirs; the link alone does not open it.
            if (known && session?.user.id !== known.id)
              throw refusal('CONFLICT', 'SIGN_IN_FIRST', `Sign in as ${invitation.email}, then open the link again.`);
            if (!known && (name === undefined || hash === undefined))
              throw refusal('BAD_REQUEST', 'NAME_AND_PASSWORD', 'Give a name and a password.');
            const invited = known ?? (await insertPerson(sql, { email: invitation.email, name: name! }, now()))!;
            if (!known) await setPassword(sql, invited.id, hash!, now());
            await join(sql, invited, invitation, now());
            return { person: invited, isNew: !known };
          });
          return isNew ? letIn(ctx, person) : ctx.json({ person: shown(person) });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

const shown = ({ id, name, email }: Person) => ({ id, name, email });

async function letIn(ctx: Parameters<typeof setSessionCookie>[0], person: Person) {
  const session = await ctx.context.internalAdapter.createSession(person.id);
  await setSessionCookie(ctx, { session, user: person });
  return ctx.json({ person: shown(person) });
}
