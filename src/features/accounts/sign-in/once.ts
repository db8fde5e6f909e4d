import { createOTP } from '@better-auth/utils/otp';
import { APIError, getSessionFromCtx } from 'better-auth/api';
import { symmetricDecrypt } from 'better-auth/crypto';
import { z } from 'zod';
import { SECOND_MS } from '../../../platform/clock.ts';
import type { Records } from '../../../stores/index.ts';

type Asked = Parameters<typeof getSessionFromCtx>[0];

const PERIOD_MS = 30 * SECOND_MS;
/** Codes of the step before and after are taken as well, as clocks differ. */
const NEAR = [-1, 0, 1];

/**
 * A one-time code opens once: its step of time is noted before the library sees it, and neither that step nor an earlier one is
 * taken again. A code of no step is left to the library, which counts failures.
 */
export async function requireUnusedCode(records: Pick<Records, 'behind'>, ctx: Asked): Promise<void> {
  const { code } = (ctx.body ?? {}) as { code?: unknown };
  const personId = await whoIs(ctx);
  if (personId === undefined || typeof code !== 'string') return;
  const secret = await records.behind({ client: null, does: 'read' }, async (sql) => {
    const [found] = await sql.rows(z.object({ secret: z.string() }))`
      select secret from second_factor where person_id = ${personId}`;
    return found?.secret;
  });
  if (secret === undefined) return;
  const step = await stepOf(code, await symmetricDecrypt({ key: ctx.context.secretConfig, data: secret }));
  if (step === undefined) return;
  const isNew = await records.behind({ client: null, does: 'write' }, async (sql) => {
    const used = await sql.rows(z.unknown())`
      update second_factor set last_step = ${step} where person_id = ${personId} and coalesce(last_step, 0) < ${step} returning 1`;
    return used.length > 0;
  });
  if (!isNew) throw new APIError('UNAUTHORIZED', { code: 'CODE_USED', message: 'This code was used. Wait for the next one.' });
}

async function stepOf(code: string, secret: string): Promise<number | undefined> {
  const now = Math.floor(Date.now() / PERIOD_MS);
  for (const near of NEAR) if ((await createOTP(secret).hotp(now + near)) === code) return now + near;
  return undefined;
}

/** Who is signed in, or gave their password just now. */
async function whoIs(ctx: Asked): Promise<string | undefined> {
  const session = await getSessionFromCtx(ctx);
  if (session) return session.user.id;
  const challenge = await ctx.getSignedCookie(ctx.context.createAuthCookie('two_factor').name, ctx.context.secret);
  return challenge ? (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value : undefined;
}
