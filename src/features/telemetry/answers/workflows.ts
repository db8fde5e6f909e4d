import { z } from 'zod';
import { wilson, type Bucket } from '../../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import type { Context } from '../../../platform/context.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { invalid, notFound } from '../../../platform/problem.ts';
import { tidy } from '../prices/index.ts';
import { reads } from './access.ts';
import { widthOf } from './buckets.ts';
import { time } from './filter.ts';
import { judgeWorkflow } from './judge.ts';
import { knownBuckets } from './known-buckets.ts';
import { findersOf } from './known-findings.ts';
import { lastChanges } from './last-change.ts';
import { Point } from './metrics.ts';
import { namedChanges, type ModelBucket } from './timeline.ts';
import { scoreRows, scoresOfWorkflow } from './scores-store.ts';
import { meanOf } from './scores.ts';
import { watched, watchedScore } from './watched.ts';
import {
  activeHours,
  activity,
  failures,
  FailureKind,
  modelsOf,
  ModelUse,
  modelUse,
  seenWorkflows,
  usersOf,
} from './workflows-store.ts';
import type { Window } from './windows.ts';

const WEEK_MS = 7 * DAY_MS;
const WEEKS_MS = 4 * WEEK_MS;

export const WorkflowState = z.enum(['healthy', 'degraded', 'no_data', 'too_early']);

const Workflow = z.object({
  name: z.string(),
  stage: z.literal('discovered').describe('It sends telemetry and nobody owns it yet.'),
  owner: z.null(),
  state: WorkflowState.describe('Silence is never health: no_data is a state of its own.'),
  reason: z.string(),
  stateSince: z.string().nullable().describe('Since when it has been so; nothing: for all of the last 28 days.'),
  stateMetric: z
    .enum(['errorRate', 'latency', 'runs'])
    .nullable()
    .describe('The metric of `workflows.timeline` that made the state; nothing where all is well or nobody knows yet.'),
  lastChange: z
    .object({ at: z.string(), sentence: z.string(), direction: z.enum(['worse', 'better', 'changed']), of: z.string() })
    .nullable()
    .describe('The latest change of the last 28 days, as `workflows.timeline` finds them. Looked for when an hour is over.'),
  runs: z.number().describe('Of the last 28 days, as are errors and cost.'),
  errors: z.number(),
  costUsd: z.number().nullable(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
});

/** Each workflow with its state: the numbers of four weeks, judged. */
export async function workflowsOf(ctx: Context) {
  const nowMs = ctx.now().getTime();
  // Clocks of clients may be ahead; what they date in the future counts as now.
  const window = { fromMs: nowMs - WEEKS_MS, toMs: nowMs + DAY_MS };
  const lastWeek = { ...window, fromMs: nowMs - WEEK_MS };
  const [seen, days, hours, active] = await Promise.all([
    seenWorkflows(ctx, window),
    knownBuckets(ctx, 'day', window),
    knownBuckets(ctx, 'hour', lastWeek),
    activeHours(ctx, window),
  ]);
  const pulses = new Map(active.map((row) => [row.workflow, row.pulse]));
  return seen.map((workflow) => {
    const { name } = workflow;
    const past = { days: days.get(name) ?? [], hours: hours.get(name) ?? [], pulse: pulses.get(name) ?? [] };
    const {
      sinceMs,
      metric: stateMetric,
      ...judged
    } = judgeWorkflow(
      { ...past, firstSeenMs: Date.parse(workflow.firstSeenAt), lastSeenMs: Date.parse(workflow.lastSeenAt) },
      nowMs,
      findersOf(`${ctx.client!.id} ${name}`),
    );
    const stateSince = sinceMs === null ? null : new Date(sinceMs).toISOString();
    return { ...workflow, stage: 'discovered' as const, owner: null, ...judged, stateSince, stateMetric, past };
  });
}

/** The same, each with what last changed in it. What it was judged by is cut off by the schema of the answer. */
async function changedWorkflowsOf(ctx: Context): Promise<z.infer<typeof Workflow>[]> {
  const workflows = await workflowsOf(ctx);
  const nowMs = ctx.now().getTime();
  const window = { fromMs: nowMs - WEEKS_MS, toMs: nowMs };
  const active = workflows.map(({ name, past }) => ({ name, days: past.days, hours: past.hours }));
  const changes = await lastChanges(ctx, active, window);
  return workflows.map((workflow) => ({ ...workflow, lastChange: changes.get(workflow.name) ?? null }));
}

export const listWorkflows = operation({
  name: 'workflows.list',
  summary: 'List the workflows of a client that have sent telemetry, with their state and why.',
  access: reads,
  byGet: true,
  input: z.object({ client: clientField }),
  output: z.object({ workflows: z.array(Workflow) }),
  run: async (ctx) => ({ workflows: await changedWorkflowsOf(ctx) }),
});

const workflowField = z.string().min(1).max(500).describe('The workflow, by its name.');
const period = {
  from: time.optional().describe('Default: 28 days before the end.'),
  to: time.optional().describe('Default: now.'),
};

function windowOf(ctx: Context, { from, to }: { from?: string | undefined; to?: string | undefined }): Window {
  const toMs = to === undefined ? ctx.now().getTime() : Date.parse(to);
  const fromMs = from === undefined ? toMs - WEEKS_MS : Date.parse(from);
  if (fromMs >= toMs) throw invalid('"from" must be before "to".');
  return { fromMs, toMs };
}

/** Where no time is asked for: the days that runs, errors and cost are of, so that one page does not count the same calls twice over. */
function figuresWindow(ctx: Context, asked: { from?: string | undefined; to?: string | undefined }): Window {
  const { fromMs, toMs } = windowOf(ctx, asked);
  return {
    fromMs: asked.from === undefined ? Math.floor(fromMs / DAY_MS) * DAY_MS : fromMs,
    toMs: asked.to === undefined ? toMs + DAY_MS : toMs,
  };
}

export const showWorkflow = operation({
  name: 'workflows.show',
  summary: 'Show one workflow: its state, its numbers, the models it uses, its users and what goes wrong in it.',
  access: reads,
  byGet: true,
  input: z.object({ client: clientField, workflow: workflowField, ...period }),
  output: Workflow.extend({
    models: z.array(ModelUse),
    users: z.array(z.object({ user: z.string(), runs: z.number(), errors: z.number(), lastSeenAt: z.string() })),
    failures: z.array(FailureKind),
    scores: z
      .array(
        z.object({
          name: z.string(),
          n: z.number(),
          mean: z.number().nullable(),
          low: z.number().nullable().describe('With `high`: the interval of 95 % of the mean.'),
          high: z.number().nullable(),
        }),
      )
      .describe('By what its runs are scored in numbers, the most frequent first.'),
  }),
  async run(ctx, { workflow: name, ...asked }) {
    const window = figuresWindow(ctx, asked);
    const [all, models, users, failed, scored] = await Promise.all([
      changedWorkflowsOf(ctx),
      modelUse(ctx, window, name),
      usersOf(ctx, window, name),
      failures(ctx, window, name),
      scoresOfWorkflow(ctx, window, name),
    ]);
    const workflow = all.find((one) => one.name === name);
    if (!workflow) throw notFound('There is no such workflow.');
    const scores = scored.map(({ name: of, ...sums }) => {
      const { value: mean, ...rest } = meanOf(sums);
      return { name: of, mean, ...rest };
    });
    return { ...workflow, models, users, failures: failed, scores };
  },
});

const TimelineMetric = z.enum(['errorRate', 'latency', 'costUsd', 'tokens', 'runs', 'score']);

export const showTimeline = operation({
  name: 'workflows.timeline',
  summary: 'Show one metric of a workflow over time, with the changes in it and the changes of model, in words.',
  access: reads,
  byGet: true,
  input: z.object({
    client: clientField,
    workflow: workflowField,
    metric: TimelineMetric.default('errorRate').describe(
      'Cost and tokens are per run; latency is the mean, in ms; of a score it is the mean.',
    ),
    score: z.string().min(1).max(200).optional().describe('With the metric "score": its name.'),
    ...period,
  }),
  output: z.object({
    metric: TimelineMetric,
    bucket: z.enum(['hour', 'day']),
    points: z.array(
      Point.extend({
        low: z.number().nullable().describe('With `high`: the interval of 95 % of a rate, or of the mean of a score.'),
        high: z.number().nullable(),
      }),
    ),
    changes: z
      .array(
        z.object({
          at: z.string(),
          until: z.string().describe('Where a slow change ends; else as `at`.'),
          from: z.string().describe('With `to`: the interval of 95 % in which `at` lies.'),
          to: z.string(),
          letter: z.string(),
          sentence: z.string(),
          direction: z.enum(['worse', 'better', 'changed']),
          of: z.string().describe('The metric, "score:" with the name of one, or "model".'),
        }),
      )
      .describe('Oldest first.'),
  }),
  async run(ctx, { workflow, metric, score, ...asked }) {
    const window = windowOf(ctx, asked);
    const lengthMs = window.toMs - window.fromMs;
    if (lengthMs > 1100 * DAY_MS) throw invalid('A timeline is of three years at most.');
    const bucket = lengthMs >= 14 * DAY_MS ? ('day' as const) : ('hour' as const);
    const bucketMs = bucket === 'day' ? DAY_MS : HOUR_MS;
    if (metric === 'score') return scoreTimeline(ctx, { workflow, score, window, bucket });
    const [rows, modelRows] = await Promise.all([
      activity(ctx, window, bucket, workflow),
      modelsOf(ctx, window, bucket, workflow),
    ]);
    const buckets = rows.map((row): Bucket => {
      const at = Date.parse(row.at);
      const { n, sum, sumLog } = sidesOf(metric, row);
      return { at, n, sum, sumSq: n > 0 ? sum ** 2 / n : 0, ...(sumLog !== undefined && { sumLog }) };
    });
    // The first and the last hold part of their time, which must not look like few runs.
    const isWhole = ({ at }: Bucket) => at >= window.fromMs && at + bucketMs <= Math.min(window.toMs, ctx.now().getTime());
    const judgedBuckets = metric === 'runs' ? buckets.filter(isWhole) : buckets;
    return {
      metric,
      bucket,
      points: buckets.map(({ at, n, sum }) => ({
        at: new Date(at).toISOString(),
        n,
        value: metric === 'runs' ? sum : n > 0 ? (metric === 'costUsd' ? tidy(sum / n) : sum / n) : null,
        ...(metric === 'errorRate' && n > 0 ? intervalOf(sum / n, n) : { low: null, high: null }),
      })),
      changes: namedChanges(watched[metric], metric, judgedBuckets, byBucket(modelRows), bucketMs),
    };
  },
});

/** The mean of one score of a workflow, with what changed in it, and which model answered. */
async function scoreTimeline(
  ctx: Context,
  { workflow, score, window, bucket }: { workflow: string; score: string | undefined; window: Window; bucket: 'hour' | 'day' },
) {
  if (score === undefined) throw invalid('Which score? Name it as "score".');
  const bucketMs = widthOf[bucket];
  const fromMs = Math.floor(window.fromMs / bucketMs) * bucketMs;
  const [rows, modelRows] = await Promise.all([
    scoreRows(ctx, { bucket, fromMs, toMs: window.toMs, filter: { workflow, scoreName: score } }),
    modelsOf(ctx, window, bucket, workflow),
  ]);
  const isShare = rows.every(({ graded }) => graded === 0);
  const buckets = rows.map(({ at, n, sum, sumSq }): Bucket => ({ at: Date.parse(at), n, sum, sumSq }));
  return {
    metric: 'score' as const,
    bucket,
    points: rows.map(({ at, ...sums }) => ({ at: new Date(at).toISOString(), ...meanOf(sums) })),
    changes: namedChanges(watchedScore(score, isShare), `score:${score}`, buckets, byBucket(modelRows), bucketMs),
  };
}

function intervalOf(mean: number, n: number) {
  const [low, high] = wilson({ mean, n });
  return { low: Math.max(0, low), high: Math.min(1, high) };
}

type Row = Awaited<ReturnType<typeof activity>>[number];

function sidesOf(
  metric: Exclude<z.infer<typeof TimelineMetric>, 'score'>,
  row: Row,
): { n: number; sum: number; sumLog?: number } {
  switch (metric) {
    case 'errorRate':
      return { n: row.runs, sum: row.errors };
    case 'latency':
      return { n: row.timed, sum: row.sumMs, sumLog: row.sumLogMs };
    case 'costUsd':
      return { n: row.runs, sum: row.costUsd };
    case 'tokens':
      return { n: row.runs, sum: row.tokens };
    case 'runs':
      return { n: row.runs, sum: row.runs };
  }
}

function byBucket(rows: readonly { model: string; at: string; calls: number }[]): ModelBucket[] {
  const buckets = new Map<number, ModelBucket>();
  for (const { model, at, calls } of rows) {
    const atMs = Date.parse(at);
    const bucket = buckets.get(atMs) ?? { atMs, calls: {} };
    bucket.calls[model] = calls;
    buckets.set(atMs, bucket);
  }
  return [...buckets.values()];
}
