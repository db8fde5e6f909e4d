import type { Intake } from '../intake.ts';
import type { MetricCount } from '../wire.ts';
import { readEnvelope } from './envelope.ts';
import { field, isObject, type Json } from './parse.ts';
import { text } from './scalars.ts';

const levels = {
  resources: ['resourceMetrics', 'resource_metrics'],
  scopes: ['scopeMetrics', 'scope_metrics'],
  items: ['metrics', 'metrics'],
} as const;

const kinds = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
] as const;

/** How many points each metric of an ExportMetricsServiceRequest has. Throws Malformed when its envelope is broken. */
export function readMetrics(document: Json, intake: Intake): MetricCount[] {
  const metrics: MetricCount[] = [];
  readEnvelope(document, levels, intake, (item) => {
    const points = kinds.map(([camel, snake]) => countPoints(field(item, camel, snake)));
    metrics.push({ name: text(item['name'], intake.limits.keyBytes, intake), points: points.reduce((a, b) => a + b) });
  });
  return metrics;
}

function countPoints(data: unknown): number {
  const points = isObject(data) ? field(data, 'dataPoints', 'data_points') : [];
  return Array.isArray(points) ? points.length : 0;
}
