import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ClientAccess } from '../../../platform/access.ts';
import type { Context } from '../../../platform/context.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { keeperFor } from '../privacy/index.ts';
import { Score, ScoreSource, ScoreValue, sidesOf } from './model.ts';
import { keepScores } from './keep.ts';
import { scoreRow } from './row.ts';
import { findWorkflow, listScoreRows } from './store.ts';

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

export const createScore = operation({
  name: 'scores.create',
  summary: 'Score a trace or a span of it, now or weeks later. It may come before its trace.',
  access: writes,
  input: z.object({
    client: clientField,
    traceId,
    spanId: spanId.optional().describe('Without it, the score is about the trace.'),
    name: z.string().trim().min(1).max(200).describe('What was judged, e.g. correctness.'),
    value: ScoreValue.describe('A number, true or false, or a word.'),
    source: ScoreSource.describe('Who judged.'),
    // A client's own words: they are redacted, kept and erased with its telemetry, and stand nowhere else.
    explanation: z.string().max(10_000).meta({ secret: true }).optional(),
    at: time.optional().describe('When it was judged. Default: now.'),
    id: z.string().trim().min(1).max(200).optional().describe('The same id of the same trace again takes its place.'),
  }),
  output: z.object({ id: z.string() }),
  async run(ctx, { id = randomUUID(), value, at, spanId: of = null, explanation = null, ...score }) {
    const workflow = await workflowSoon(ctx, score.traceId, of);
    const made = { ...score, ...sidesOf(value), id, spanId: of, explanation, workflow, at: at ? new Date(at) : ctx.now() };
    const keeper = await keeperFor(ctx.records, ctx.client!.id);
    const struck = new Map<string, number>();
    await keepScores(ctx.intake, [scoreRow(keeper ? keeper.score(made, struck) : made, ctx.now())], struck);
    return { id };
  },
});

const SOON_MS = 1000;

/** A store that is away or slow must not keep a score out: it is the less for it, not lost. */
const workflowSoon = (ctx: Context, trace: string, span: string | null) =>
  Promise.race([findWorkflow(ctx, trace, span).catch(() => null), sleep(SOON_MS, null, { ref: false })]);

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
