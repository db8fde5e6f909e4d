import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { Cursor } from './filter.ts';
import { UsdIfAny } from './numbers.ts';
import { isoOf, spansWhere, timeOf } from './store.ts';

const Row = z.object({
  id: z.string(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  runs: z.number(),
  errors: z.number(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: UsdIfAny,
  workflows: z.array(z.string()),
  users: z.array(z.string()),
  sessions: z.number(),
});

interface Asked {
  fromMs: number;
  toMs: number;
  workflow?: string | undefined;
  environment?: string | undefined;
  user?: string | undefined;
  cursor: Cursor | null;
  limit: number;
}

/** Sessions or users of a stretch of time, the latest active first. */
export const latestOf = (
  { telemetry }: Context,
  of: 'session' | 'user',
  { fromMs, toMs, cursor, workflow = '', environment = '', user = '', limit }: Asked,
) =>
  telemetry.rows(Row)(
    `SELECT assumeNotNull(${of}) AS id, min(started_at) AS firstSeenAt, max(started_at) AS lastSeenAt, uniq(trace_id) AS runs,
      uniqIf(trace_id, status = 'error') AS errors, sumIf(input_tokens, costable) AS inputTokens,
      sumIf(output_tokens, costable) AS outputTokens, sumIf(cost_usd, costable) AS costUsd,
      groupUniqArray(10)(workflow) AS workflows, groupUniqArray(2)(user) AS users, uniq(session) AS sessions
    FROM ${spansWhere(`started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}
      AND ${of} != '' AND ({workflow:String} = '' OR workflow = {workflow:String})
      AND ({environment:String} = '' OR environment = {environment:String}) AND ({user:String} = '' OR user = {user:String})`)}
    GROUP BY id
    HAVING lastSeenAt < ${timeOf('cursorAt')} OR (lastSeenAt = ${timeOf('cursorAt')} AND id < {cursorId:String})
    ORDER BY lastSeenAt DESC, id DESC LIMIT {limit:UInt32}`,
    {
      workflow,
      environment,
      user,
      from: isoOf(fromMs),
      to: isoOf(toMs),
      cursorAt: cursor?.at ?? isoOf(Infinity),
      cursorId: cursor?.id ?? '',
      limit,
    },
  );
