import { Malformed } from '../failure.ts';
import { finishPoint } from '../finish-point.ts';
import type { Intake } from '../intake.ts';
import { emptyPoint, type Metric, type MetricKind, type RawPoint, type Resource, type Scope } from '../wire.ts';
import { placesIn, readOrReject } from './envelope.ts';
import { readPointField } from './points.ts';
import { bytes, varint, Reader } from './reader.ts';

const NAME = bytes(1);
const DESCRIPTION = bytes(2);
const UNIT = bytes(3);
const kinds = new Map<number, MetricKind>([
  [bytes(5), 'gauge'],
  [bytes(7), 'sum'],
  [bytes(9), 'histogram'],
  [bytes(10), 'exponential_histogram'],
  [bytes(11), 'summary'],
]);

/** Under the same numbers in each kind that has them. */
const POINT = bytes(1);
const TEMPORALITY = varint(2);
const IS_MONOTONIC = varint(3);
const temporalities = [null, 'delta', 'cumulative'] as const;

/** The points of an ExportMetricsServiceRequest. Throws Malformed when its envelope is broken. */
export function readMetrics(body: Uint8Array, intake: Intake): RawPoint[] {
  const reader = new Reader(body, intake);
  const points: RawPoint[] = [];
  for (const { resource, scope } of placesIn(reader, intake)) {
    const outer = reader.enter();
    const { end } = reader;
    intake.beginMetric();
    const found = headOrReject(reader, intake, resource, scope);
    if (found) {
      reader.at = found.dataAt;
      reader.end = end;
      readPoints(reader, intake, found.metric, points);
    }
    reader.at = reader.end = end;
    reader.leave(outer);
  }
  return points;
}

interface Head {
  readonly metric: Metric;
  /** Where its points are. */
  readonly dataAt: number;
}

/** What is wrong with a metric stays in it; nobody can tell how many points it had. */
function headOrReject(reader: Reader, intake: Intake, resource: Resource, scope: Scope): Head | null {
  try {
    return readHead(reader, intake, resource, scope);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    intake.rejectUnread('malformed');
    return null;
  }
}

/** All but the points, as what comes first on the wire is up to the client. */
function readHead(reader: Reader, intake: Intake, resource: Resource, scope: Scope): Head | null {
  const metric: Metric = {
    name: '',
    description: '',
    unit: '',
    kind: 'gauge',
    temporality: null,
    isMonotonic: false,
    resource,
    scope,
  };
  let dataAt = -1;
  while (reader.next()) {
    const kind = kinds.get(reader.tag);
    if (kind) {
      metric.kind = kind;
      dataAt = reader.at;
      readShared(reader, metric);
    } else if (reader.tag === NAME) metric.name = reader.text(intake.limits.keyBytes);
    else if (reader.tag === DESCRIPTION) metric.description = reader.text(intake.limits.descriptionBytes);
    else if (reader.tag === UNIT) metric.unit = reader.text(intake.limits.keyBytes);
    else reader.skip();
  }
  return dataAt < 0 ? null : { metric, dataAt };
}

function readShared(reader: Reader, metric: Metric): void {
  const outer = reader.enter();
  metric.temporality = null;
  metric.isMonotonic = false;
  const counts = metric.kind !== 'gauge' && metric.kind !== 'summary';
  while (reader.next()) {
    if (counts && reader.tag === TEMPORALITY) metric.temporality = temporalities[reader.int()] ?? null;
    else if (metric.kind === 'sum' && reader.tag === IS_MONOTONIC) metric.isMonotonic = reader.bool();
    else reader.skip();
  }
  reader.leave(outer);
}

function readPoints(reader: Reader, intake: Intake, metric: Metric, into: RawPoint[]): void {
  const ofMetric = intake.flags();
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.tag !== POINT || !intake.begin()) reader.skip();
    else readOrReject(reader, intake, () => into.push(readPoint(reader, intake, metric, ofMetric)));
  }
  reader.leave(outer);
}

function readPoint(reader: Reader, intake: Intake, metric: Metric, ofMetric: RawPoint['flags']): RawPoint {
  const point = emptyPoint(metric);
  const readField = readPointField[metric.kind];
  while (reader.next()) readField(reader, intake, point);
  return finishPoint(point, intake, ofMetric);
}
