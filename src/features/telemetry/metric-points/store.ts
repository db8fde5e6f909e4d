import { z } from 'zod';
import type { Context } from '../../../platform/context.ts';
import { MetricPoint } from './model.ts';

const values = z
  .record(z.string(), z.string())
  .transform((of) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, JSON.parse(value) as unknown])));

const Stored = MetricPoint.extend({
  exponential: z
    .string()
    .transform((text) => (text === '' ? null : (JSON.parse(text) as unknown)))
    .pipe(MetricPoint.shape.exponential),
  quantiles: z.array(z.number()),
  quantileValues: z.array(z.number().nullable()),
  attributes: values,
  resource: values,
}).transform(({ quantileValues, ...point }) => ({
  ...point,
  quantiles: point.quantiles.map((quantile, n) => ({ quantile, value: quantileValues[n] ?? null })),
}));

export interface PointFilter {
  name?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
}

/** The latest points, each once. */
export const latestPoints = ({ telemetry }: Context, { name, from, to, limit }: PointFilter) =>
  telemetry.rows(Stored)(
    `SELECT id, name, description, unit, kind, temporality, is_monotonic AS isMonotonic, at, start_at AS startAt, value, count, sum,
      min, max, bounds, bucket_counts AS bucketCounts, exponential, quantiles, quantile_values AS quantileValues, attributes,
      resource, workflow, scope_name AS scope, flags, received_at AS receivedAt
    FROM metric_point WHERE client_id = {client:UUID} AND (NOT {named:Bool} OR name = {name:String})
      AND at >= parseDateTime64BestEffort({from:String}, 6, 'UTC') AND at < parseDateTime64BestEffort({to:String}, 6, 'UTC')
    ORDER BY metric_point.at DESC, metric_point.name, metric_point.id LIMIT 1 BY metric_point.id LIMIT {limit:UInt32}`,
    {
      named: name !== undefined,
      name: name ?? '',
      from: from ?? '2000-01-01T00:00:00Z',
      to: to ?? '2200-01-01T00:00:00Z',
      limit,
    },
  );
