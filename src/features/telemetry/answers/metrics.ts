import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../../../platform/clock.ts';
import { clientField, operation } from '../../../platform/operation.ts';
import { invalid } from '../../../platform/problem.ts';
import { reads } from './access.ts';
import { BucketName, widthOf } from './buckets.ts';
import { filterFields, time } from './filter.ts';
import { seriesOf } from './series.ts';
import { isoOf } from './store.ts';

export const Metric = z.enum([
  'runs',
  'errors',
  'errorRate',
  'latencyP50',
  'latencyP95',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'users',
  'score',
]);
export type Metric = z.infer<typeof Metric>;

export const GroupBy = z.enum(['workflow', 'model', 'environment', 'promptVersion', 'status', 'scoreName']);
export type GroupBy = z.infer<typeof GroupBy>;

const MOST_BUCKETS = 3000;
/** As finely as a chart can show it. */
const fitting = (lengthMs: number): BucketName => (lengthMs <= 3 * HOUR_MS ? 'minute' : lengthMs <= 10 * DAY_MS ? 'hour' : 'day');

export const Point = z.object({
  at: z.string().describe('The start of the bucket.'),
  value: z.number().nullable().describe('Nothing when nothing was measured: that is not zero.'),
  n: z.number().describe('How many runs, calls or scores it is of.'),
});

const MeasuredPoint = Point.extend({
  low: z.number().nullable().optional().describe('Of scores, with `high`: the interval of 95 % of their mean.'),
  high: z.number().nullable().optional(),
});

export const queryMetrics = operation({
  name: 'telemetry.metrics',
  summary: 'Show one metric of a client over time, for charts. Buckets in which nothing came are left out.',
  access: reads,
  byGet: true,
  input: z.object({
    client: clientField,
    metric: Metric.describe(
      'A run is a trace, and one with a span that failed has failed. By model and by prompt version, calls of models are counted instead. Latency is in ms, of runs as of calls. Cost and tokens are sums over calls. A score is the mean of those given at that time: name one by `scoreName`, or group by it.',
    ),
    groupBy: GroupBy.optional().describe('Scores are grouped by workflow or by scoreName, nothing else is by scoreName.'),
    ...filterFields,
    from: time
      .optional()
      .describe('Default: a day before the end. Taken down to the start of its bucket, as the end is taken up.'),
    to: time.optional().describe('Default: now.'),
    bucket: BucketName.optional().describe('Default: as the length of time suggests. Minutes are kept for 30 days.'),
  }),
  output: z.object({
    metric: Metric,
    bucket: BucketName,
    from: z.string(),
    to: z.string(),
    series: z
      .array(z.object({ group: z.string().nullable(), points: z.array(MeasuredPoint) }))
      .describe('The largest groups first.'),
    groupsLeftOut: z.number().describe('How many smaller groups are not shown.'),
  }),
  async run(ctx, { metric, groupBy, from: asked, to: until, bucket: width, ...filter }) {
    const to = until === undefined ? ctx.now() : new Date(until);
    const from = asked === undefined ? new Date(to.getTime() - DAY_MS) : new Date(asked);
    const lengthMs = to.getTime() - from.getTime();
    if (lengthMs <= 0) throw invalid('"from" must be before "to".');
    const bucket = width ?? fitting(lengthMs);
    if (lengthMs / widthOf[bucket] > MOST_BUCKETS)
      throw invalid(`That is more than ${MOST_BUCKETS} points. Ask for longer buckets, or for less time.`);
    // Whole buckets: a part of one would look like little.
    const widthMs = widthOf[bucket];
    const fromMs = Math.floor(from.getTime() / widthMs) * widthMs;
    const toMs = Math.ceil(to.getTime() / widthMs) * widthMs;
    const series = await seriesOf(ctx, { metric, groupBy, bucket, fromMs, toMs, filter });
    return { metric, bucket, from: isoOf(fromMs), to: isoOf(toMs), ...series };
  },
});
