import type { Intake } from '../intake.ts';
import type { MetricCount } from '../wire.ts';
import { readEnvelope } from './envelope.ts';
import { bytes, Reader } from './reader.ts';

const NAME = bytes(1);
/** Gauge, sum, histogram, exponential histogram, summary: each holds its points in field 1. */
const kinds = new Set([5, 7, 9, 10, 11].map(bytes));
const POINT = bytes(1);

/** How many points each metric of an ExportMetricsServiceRequest has. Throws Malformed when its envelope is broken. */
export function readMetrics(body: Uint8Array, intake: Intake): MetricCount[] {
  const reader = new Reader(body, intake);
  const metrics: MetricCount[] = [];
  readEnvelope(reader, intake, () => {
    const metric = { name: '', points: 0 };
    while (reader.next()) {
      if (reader.tag === NAME) metric.name = reader.text(intake.limits.keyBytes);
      else if (kinds.has(reader.tag)) metric.points += countPoints(reader);
      else reader.skip();
    }
    metrics.push(metric);
  });
  return metrics;
}

function countPoints(reader: Reader): number {
  const outer = reader.enter();
  let points = 0;
  while (reader.next()) {
    if (reader.tag === POINT) points++;
    reader.skip();
  }
  reader.leave(outer);
  return points;
}
