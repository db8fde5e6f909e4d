import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ClientAccess } from '../../../platform/access.ts';
import type { Context } from '../../../platform/context.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { isPlausibleTime, TIME_REFUSED } from '../otlp/index.ts';
import { keeperFor } from '../privacy/index.ts';
import { Score, ScoreSource, ScoreValue, sidesOf } from './model.ts';
import { keepScores } from './keep.ts';
import { scoreRow } from './row.ts';
import { findWorkflow, findWorkflows, listScoreRows } from './store.ts';

const reads = {
  of: 'client',
  does: 'read',
  key: 'read',
  roles: ['owner', 'operator', 'sponsor', 'member'],
} satisfies ClientAccess;
const writes = {
  of: 'client',
  does: 'write',
  key: 'write',
  roles: ['owner', 'operator', 'member', 'reviewer'],
} satisfies ClientAccess;

const time = z.iso.datetime({ offset: true });
const traceId = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/, 'A trace id has 32 hexadecimal digits.')
  .toLowerCase();
const spanId = z
  .string()
  .regex(/^[0-9a-fA-F]{16}$/, 'A span id has 16 hexadecimal digits.')
  .toLowerCase();

const NewScore = z.strictObject({
  traceId,
  spanId: spanId.optional().describe('Without it, the score is about the trace.'),
  // A client's own words: they are redacted, kept and erased with its telemetry, and stand nowhere else.
  name: z.string().trim().min(1).max(200).meta({ secret: true }).describe('What was judged, e.g. correctness.'),
  value: ScoreValue.meta({ secret: true }).describe('A number, true or false, or a word.'),
  source: ScoreSource.describe('Who judged.'),
  explanation: z.string().max(10_000).meta({ secret: true }).optional(),
  at: time
    .refine((at) => isPlausibleTime(Date.parse(at)), TIME_REFUSED)
    .optional()
    .describe('When it was judged. Default: now.'),
  id: z.string().trim().min(1).max(200).optional().describe('The same id of the same trace again takes its place.'),
});
type NewScore = z.infer<typeof NewScore>;

export const createScore = operation({
  name: 'scores.create',
  summary: 'Score a trace or a span of it, now or weeks later. It may come before its trace.',
  access: writes,
  confirms: false,
  input: z.object({ client: clientField, ...NewScore.shape }),
  output: z.object({ id: z.string() }),
  async run(ctx, score) {
    const workflow = await workflowSoon(ctx, score.traceId, score.spanId ?? null);
    const [id] = await keepAll(ctx, [score], () => workflow);
    return { id: id! };
  },
});

const MOST_AT_ONCE = 1000;

export const createScores = operation({
  name: 'scores.createMany',
  summary: 'Score many traces or spans at once, such as labels that come weeks later. All are kept, or none.',
  access: writes,
  confirms: false,
  input: z.object({
    client: clientField,
    // They stand in the table: the audit trail says that they came, and who brought them.
    scores: z.array(NewScore).min(1).max(MOST_AT_ONCE).meta({ secret: true }),
  }),
  output: z.object({ ids: z.array(z.string()).describe('In the order of the scores.') }),
  async run(ctx, { scores }) {
    const traceIds = [...new Set(scores.map((score) => score.traceId))];
    const workflows = await soon(findWorkflows(ctx, traceIds), new Map<string, string>());
    return { ids: await keepAll(ctx, scores, (trace) => workflows.get(trace) ?? null) };
  },
});

async function keepAll(ctx: Context, scores: readonly NewScore[], workflowOf: (traceId: string) => string | null) {
  const keeper = await keeperFor(ctx.records, ctx.client!.id);
  const struck = new Map<string, number>();
  const rows = scores.map(({ id = randomUUID(), value, at, spanId: of = null, explanation = null, ...score }) => {
    const workflow = workflowOf(score.traceId);
    const made = { ...score, ...sidesOf(value), id, spanId: of, explanation, workflow, at: at ? new Date(at) : ctx.now() };
    return scoreRow(keeper ? keeper.score(made, struck) : made, ctx.now());
  });
  await keepScores(ctx.intake, rows, struck);
  return rows.map(({ id }) => id);
}

const SOON_MS = 1000;

/** A store that is away or slow must not keep a score out: it is the less for it, not lost. */
const soon = <T>(asked: Promise<T>, instead: T) =>
  Promise.race([asked.catch(() => instead), sleep(SOON_MS, instead, { ref: false })]);

const workflowSoon = (ctx: Context, trace: string, span: string | null) => soon(findWorkflow(ctx, trace, span), null);

export const listScores = operation({
  name: 'scores.list',
  summary: 'List the latest scores of a client.',
  access: reads,
  input: z.object({
    client: clientField,
    traceId: traceId.optional(),
    name: z.string().min(1).max(200).optional(),
    source: ScoreSource.optional(),
    from: time.default('1970-01-01T00:00:00Z').describe('Judged at that time or later.'),
    to: time.default('2200-01-01T00:00:00Z').describe('Judged before.'),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  }),
  output: z.object({ scores: z.array(Score) }),
  run: async (ctx, filter) => ({ scores: await listScoreRows(ctx, filter) }),
});
