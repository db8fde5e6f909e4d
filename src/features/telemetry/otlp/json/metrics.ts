import { finishPoint } from '../finish-point.ts';
import type { Intake } from '../intake.ts';
import { emptyPoint, metricKinds, type Flag, type Metric, type RawPoint, type Resource, type Scope } from '../wire.ts';
import { readOrReject, walkEnvelope } from './envelope.ts';
import { field, isObject, type Json } from './parse.ts';
import { readPointFields } from './points.ts';
import { isEnum, text } from './scalars.ts';

const levels = {
  resources: ['resourceMetrics', 'resource_metrics'],
  scopes: ['scopeMetrics', 'scope_metrics'],
  items: ['metrics', 'metrics'],
} as const;

const camel = (name: string) => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const kinds = metricKinds.map((kind) => [kind, camel(kind)] as const);

/** The points of an ExportMetricsServiceRequest in JSON. Throws Malformed when its envelope is broken. */
export function readMetrics(document: Json, intake: Intake): RawPoint[] {
  const points: RawPoint[] = [];
  walkEnvelope(document, levels, intake, (item, resource, scope) => {
    intake.beginMetric();
    if (isObject(item)) readMetric(item, intake, resource, scope, points);
    else intake.rejectUnread('not_an_object');
  });
  return points;
}

function readMetric(item: Json, intake: Intake, resource: Resource, scope: Scope, into: RawPoint[]): void {
  const [kind, name] = kinds.find(([snake, said]) => (field(item, said, snake) ?? null) !== null) ?? [];
  if (!kind) return;
  const data = field(item, name!, kind);
  const sent = isObject(data) ? (field(data, 'dataPoints', 'data_points') ?? []) : null;
  // Nobody can tell how many points it was to have.
  if (!isObject(data) || !Array.isArray(sent)) return intake.rejectUnread('malformed');
  const metric: Metric = {
    name: text(item['name'], intake.limits.keyBytes, intake),
    description: text(item['description'], intake.limits.descriptionBytes, intake),
    unit: text(item['unit'], intake.limits.keyBytes, intake),
    kind,
    temporality: kind === 'gauge' || kind === 'summary' ? null : temporalityOf(data),
    isMonotonic: kind === 'sum' && field(data, 'isMonotonic', 'is_monotonic') === true,
    resource,
    scope,
  };
  const ofMetric = intake.flags();
  for (const point of sent as readonly unknown[])
    readOrReject(point, intake, (of) => into.push(readPoint(of, intake, metric, ofMetric)));
}

function temporalityOf(data: Json): Metric['temporality'] {
  const said = field(data, 'aggregationTemporality', 'aggregation_temporality');
  if (isEnum(said, 1, 'AGGREGATION_TEMPORALITY_DELTA')) return 'delta';
  return isEnum(said, 2, 'AGGREGATION_TEMPORALITY_CUMULATIVE') ? 'cumulative' : null;
}

function readPoint(item: Json, intake: Intake, metric: Metric, ofMetric: readonly Flag[]): RawPoint {
  const point = emptyPoint(metric);
  readPointFields(item, intake, point);
  return finishPoint(point, intake, ofMetric);
}
