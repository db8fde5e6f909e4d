import { createHash } from 'node:crypto';
import { jsonOf, sharedJsonOf } from '../ingest/json.ts';
import { isPlausibleTime, workflowOf, type Attributes, type RawPoint } from '../otlp/index.ts';

/** Points as rows of the table `metric_point`. */
export function pointRows(points: readonly RawPoint[], receivedAt: Date) {
  // Of a resource, which a great many points share.
  const marks = new Map<Attributes, string>();
  return points.map((point) => {
    const resource = point.metric.resource.attributes;
    let mark = marks.get(resource);
    if (mark === undefined) marks.set(resource, (mark = hashOf([...sharedJsonOf(resource)])));
    return rowOf(point, mark, receivedAt);
  });
}

function rowOf(point: RawPoint, resourceMark: string, receivedAt: Date) {
  const { metric } = point;
  const attributes = jsonOf(point.attributes);
  const said = {
    value: point.value,
    count: point.count,
    sum: point.sum,
    min: point.min,
    max: point.max,
    bounds: point.bounds,
    bucket_counts: point.bucketCounts,
    exponential: point.exponential ? JSON.stringify(point.exponential) : '',
    quantiles: point.quantiles,
    quantile_values: point.quantileValues,
  };
  const { name, unit, kind, temporality, isMonotonic, scope } = metric;
  return {
    id: hashOf([
      resourceMark,
      scope.name,
      name,
      unit,
      kind,
      temporality,
      isMonotonic,
      [...attributes],
      point.startAt,
      point.at,
      said,
    ]),
    name,
    description: metric.description,
    unit,
    kind,
    temporality,
    is_monotonic: isMonotonic,
    at: timeOf(point.at) ?? receivedAt.getTime(),
    start_at: timeOf(point.startAt),
    ...said,
    attributes,
    resource: sharedJsonOf(metric.resource.attributes),
    workflow: workflowOf(point.attributes, metric.resource.attributes),
    scope_name: scope.name,
    flags: point.flags,
    received_at: receivedAt.getTime(),
  };
}

/** Milliseconds with microseconds behind the point. */
function timeOf(at: RawPoint['at']): number | null {
  const ms = at ? at.ms + Math.floor(at.ns / 1000) / 1000 : Number.NaN;
  return isPlausibleTime(ms) ? ms : null;
}

const hashOf = (said: unknown) => createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32);
