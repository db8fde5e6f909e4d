import { z } from 'zod';
import { DAY_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { reads } from './access.ts';
import { cursorField, nextField, readCursor, time, writeCursor } from './filter.ts';
import { latestOf } from './people-store.ts';

/** Sessions and end users: the same telemetry, summed up by whom it was about. */

const fields = {
  client: clientField,
  from: time.optional().describe('Active at that time or later. Default: seven days before the end.'),
  to: time.optional().describe('Default: now.'),
  workflow: z.string().min(1).max(500).optional(),
  environment: z.string().min(1).max(500).optional(),
  before: cursorField,
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

const Activity = z.object({
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  runs: z.number(),
  errors: z.number().describe('Runs with a span that failed.'),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  workflows: z.array(z.string()),
});

export const listSessions = operation({
  name: 'telemetry.sessions',
  summary: 'List the sessions of a client, the latest active first, with what they did in that time.',
  access: reads,
  byGet: true,
  input: z.object({ ...fields, user: z.string().min(1).max(500).optional() }),
  output: z.object({
    sessions: z.array(Activity.extend({ session: z.string(), user: z.string().nullable() })),
    next: nextField,
  }),
  async run(ctx, input) {
    const { rows, next } = await page(ctx, 'session', input);
    return { sessions: rows.map(({ id, users, ...rest }) => ({ session: id, user: users[0] ?? null, ...rest })), next };
  },
});

export const listUsers = operation({
  name: 'telemetry.users',
  summary: 'List the end users of a client, the latest active first, with what was done for them in that time.',
  access: reads,
  byGet: true,
  input: z.object(fields),
  output: z.object({ users: z.array(Activity.extend({ user: z.string(), sessions: z.number() })), next: nextField }),
  async run(ctx, input) {
    const { rows, next } = await page(ctx, 'user', input);
    return { users: rows.map(({ id, ...rest }) => ({ user: id, ...rest })), next };
  },
});

interface Asked {
  from?: string | undefined;
  to?: string | undefined;
  workflow?: string | undefined;
  environment?: string | undefined;
  user?: string | undefined;
  before?: string | undefined;
  limit: number;
}

async function page(ctx: Context, of: 'session' | 'user', { from, to, before, ...rest }: Asked) {
  const toMs = to === undefined ? ctx.now().getTime() + DAY_MS : Date.parse(to);
  const fromMs = from === undefined ? toMs - 8 * DAY_MS : Date.parse(from);
  const cursor = before === undefined ? null : readCursor(before);
  const { rows, next } = await latestOf(ctx, of, { ...rest, fromMs, toMs, cursor });
  return { rows, next: next && writeCursor(next) };
}
