import type { Intake } from './intake.ts';
import type { Flag, RawPoint } from './wire.ts';

/** Buckets that do not fit together are left out: half of them would tell something else. */
export function finishPoint(point: RawPoint, intake: Intake, ofMetric: readonly Flag[]): RawPoint {
  if (!intake.has('buckets_dropped') && !fits(point)) intake.flag('buckets_invalid');
  if (intake.has('buckets_invalid') || intake.has('buckets_dropped')) {
    point.bounds = point.bucketCounts = point.quantiles = point.quantileValues = [];
    point.exponential = null;
  }
  // In an order that is not the wire's.
  point.flags = [...new Set([...ofMetric, ...intake.flags()])].toSorted();
  return point;
}

function fits({ bounds, bucketCounts }: RawPoint): boolean {
  if (bounds.length !== Math.max(bucketCounts.length - 1, 0)) return false;
  return bounds.every((bound, n) => n === 0 || bound > bounds[n - 1]!);
}

/** A number that can be added up; null and flagged where it is none. */
export function finite(number: number, intake: Intake): number | null {
  if (Number.isFinite(number)) return number;
  intake.flag('value_invalid');
  return null;
}

/** A count that is exact; null and flagged where it is none. */
export function exact(number: number, intake: Intake): number | null {
  if (Number.isSafeInteger(number) && number >= 0) return number;
  intake.flag('value_invalid');
  return null;
}

/** Bit 1 of the flags of a point: it says that there was nothing to say. */
export function notePointFlags(flags: number, intake: Intake): void {
  if ((flags & 1) === 1) intake.flag('no_value');
}
