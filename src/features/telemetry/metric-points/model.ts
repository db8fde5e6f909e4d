import { z } from 'zod';
import { metricKinds } from '../otlp/index.ts';

const Exponential = z.object({
  scale: z.number(),
  zeroCount: z.number(),
  zeroThreshold: z.number(),
  positiveOffset: z.number(),
  positiveCounts: z.array(z.number()),
  negativeOffset: z.number(),
  negativeCounts: z.array(z.number()),
});

export const MetricPoint = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  unit: z.string(),
  kind: z.enum(metricKinds),
  temporality: z
    .enum(['delta', 'cumulative'])
    .nullable()
    .describe('Whether it counts since the point before it, or since `startAt`.'),
  isMonotonic: z.boolean().describe('Of a sum: it never falls.'),
  at: z.string(),
  startAt: z.string().nullable(),
  value: z.number().nullable().describe('Of a gauge or a sum.'),
  count: z.number().nullable(),
  sum: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  bounds: z.array(z.number()).describe('Of a histogram: the upper end of each bucket but the last, which has none.'),
  bucketCounts: z.array(z.number()),
  exponential: Exponential.nullable().describe(
    'Of an exponential histogram: bucket i ends at 2^(2^-scale * (offset + i + 1)), on both sides of zero.',
  ),
  quantiles: z.array(z.object({ quantile: z.number(), value: z.number().nullable() })).describe('Of a summary.'),
  attributes: z.record(z.string(), z.unknown()),
  resource: z.record(z.string(), z.unknown()),
  workflow: z.string().nullable(),
  scope: z.string(),
  flags: z.array(z.string()).describe('What a reader should know before trusting the point.'),
  receivedAt: z.string(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;
