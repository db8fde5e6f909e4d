import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import type { Cursor } from './filter.ts';
import { UsdIfAny } from './numbers.ts';
import { AFTER_MS, BEFORE_MS, isoOf, spansWhere, timeOf } from './store.ts';

const Seen = z.object({ id: z.string(), firstSeenAt: z.string(), lastSeenAt: z.string() });

const Row = z.object({
  id: z.string(),
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

const times = `started_at >= ${timeOf('from')} AND started_at < ${timeOf('to')}`;
const filters = ['workflow', 'environment', 'user'] as const;

/**
 * Sessions or users of a stretch of time, the latest active first, and where to go on: those that are seen in any span first, then
 * what the traces of those did.
 */
export async function latestOf(ctx: Context, of: 'session' | 'user', { fromMs, toMs, cursor, limit, ...filter }: Asked) {
  const asked = filters.filter((name) => filter[name] !== undefined);
  // What is asked for may stand on another span of the trace.
  const ofTraces = asked.map(
    (name) =>
      `AND trace_id IN (SELECT trace_id FROM span WHERE client_id = {client:UUID} AND ${times} AND ${name} = {${name}:String})`,
  );
  const params = { ...filter, from: isoOf(fromMs), to: isoOf(toMs) };
  const seen = await ctx.telemetry.rows(Seen)(
    `SELECT assumeNotNull(${of}) AS id, min(started_at) AS firstSeenAt, max(started_at) AS lastSeenAt
    FROM span WHERE client_id = {client:UUID} AND ${times} AND ${of} != '' ${ofTraces.join(' ')}
    GROUP BY id
    HAVING lastSeenAt < ${timeOf('cursorAt')} OR (lastSeenAt = ${timeOf('cursorAt')} AND id < {cursorId:String})
    ORDER BY lastSeenAt DESC, id DESC LIMIT {limit:UInt32}`,
    { ...params, cursorAt: cursor?.at ?? isoOf(Infinity), cursorId: cursor?.id ?? '', limit },
  );
  const last = seen.at(-1);
  if (!last) return { rows: [], next: null };
  const did = await whatTheyDid(ctx, of, asked, {
    ...params,
    ids: seen.map(({ id }) => id),
    lookFrom: isoOf(fromMs - BEFORE_MS),
    lookTo: isoOf(toMs + AFTER_MS),
  });
  const byId = new Map(did.map((row) => [row.id, row]));
  return {
    // Of whom nothing is left, another took the place: the spans were sent again.
    rows: seen.flatMap((one) => {
      const sums = byId.get(one.id);
      return sums ? [{ ...one, ...sums }] : [];
    }),
    next: seen.length === limit ? { at: last.lastSeenAt, id: last.id } : null,
  };
}

/**
 * Sums of the traces of each. An id stands on the first span of a trace, mostly, and the calls on others: they are all of it. Where a
 * trace is of several, as a batch is, each has what bears its id.
 */
const whatTheyDid = (
  { telemetry }: Context,
  of: 'session' | 'user',
  asked: readonly (typeof filters)[number][],
  params: Record<string, unknown>,
) =>
  telemetry.rows(Row)(
    `SELECT tupleElement(part, 1) AS id, count() AS runs, countIf(if(owners = 1, traceFailed, tupleElement(part, 2))) AS errors,
      sum(if(owners = 1, traceInput, tupleElement(part, 3))) AS inputTokens,
      sum(if(owners = 1, traceOutput, tupleElement(part, 4))) AS outputTokens,
      sum(if(owners = 1, traceUsd, tupleElement(part, 5))) AS costUsd,
      arraySlice(groupUniqArrayArray(someWorkflows), 1, 10) AS workflows, arraySlice(groupUniqArrayArray(someUsers), 1, 2) AS users,
      length(groupUniqArrayArray(someSessions)) AS sessions
    FROM (
      SELECT trace_id, groupArrayIf((own, ownFailed, ownInput, ownOutput, ownUsd), own IN {ids:Array(String)}) AS parts,
        countIf(own != '') AS owners, max(ownFailed) AS traceFailed, sum(ownInput) AS traceInput, sum(ownOutput) AS traceOutput,
        sum(ownUsd) AS traceUsd, groupUniqArrayArray(ownWorkflows) AS someWorkflows, groupUniqArrayArray(ownUsers) AS someUsers,
        groupUniqArrayArray(ownSessions) AS someSessions
      FROM (
        SELECT trace_id, ifNull(${of}, '') AS own, max(status = 'error') AS ownFailed, sumIf(input_tokens, costable) AS ownInput,
          sumIf(output_tokens, costable) AS ownOutput, sumIf(cost_usd, costable) AS ownUsd,
          groupUniqArray(10)(workflow) AS ownWorkflows, groupUniqArray(2)(nullIf(user, '')) AS ownUsers,
          groupUniqArray(nullIf(session, '')) AS ownSessions${asked.map((name) => `, countIf(${name} = {${name}:String}) AS of_${name}`).join('')}
        FROM ${spansWhere(`started_at >= ${timeOf('lookFrom')} AND started_at < ${timeOf('lookTo')} AND trace_id IN (
          SELECT trace_id FROM span WHERE client_id = {client:UUID} AND ${times} AND ${of} IN {ids:Array(String)})`)}
        GROUP BY trace_id, own
      ) GROUP BY trace_id HAVING ${['length(parts) > 0', ...asked.map((name) => `sum(of_${name}) > 0`)].join(' AND ')}
    ) ARRAY JOIN parts AS part GROUP BY id`,
    params,
  );
