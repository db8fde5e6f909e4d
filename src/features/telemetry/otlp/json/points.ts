import { exact, finite, notePointFlags } from '../finish-point.ts';
import type { Intake } from '../intake.ts';
import type { Exponential, RawPoint } from '../wire.ts';
import { field, isObject, type Json } from './parse.ts';
import { double, int64, time } from './scalars.ts';
import { readAttributes } from './values.ts';

/** Reads all fields of a point, by the kind of its metric. */
export function readPointFields(item: Json, intake: Intake, point: RawPoint): void {
  point.startAt = time(field(item, 'startTimeUnixNano', 'start_time_unix_nano'), intake);
  point.at = time(field(item, 'timeUnixNano', 'time_unix_nano'), intake);
  readAttributes(item['attributes'], intake, point.attributes);
  notePointFlags(Number(int64(item['flags']) ?? 0), intake);
  const { kind } = point.metric;
  if (kind === 'gauge' || kind === 'sum') return readNumber(item, intake, point);
  point.count = countOf(item['count'], intake);
  point.sum = numberOf(item['sum'], intake) ?? (isSaid(item['sum']) ? null : point.sum);
  if (kind === 'summary') return readQuantiles(field(item, 'quantileValues', 'quantile_values'), intake, point);
  point.min = numberOf(item['min'], intake);
  point.max = numberOf(item['max'], intake);
  if (point.exponential) return readExponential(item, intake, point.exponential);
  readList(field(item, 'bucketCounts', 'bucket_counts'), intake, point.bucketCounts, countOf);
  readList(field(item, 'explicitBounds', 'explicit_bounds'), intake, point.bounds, numberOf);
}

const isSaid = (value: unknown) => value !== undefined && value !== null;

function readNumber(item: Json, intake: Intake, point: RawPoint): void {
  const [asDouble, asInt] = [field(item, 'asDouble', 'as_double'), field(item, 'asInt', 'as_int')];
  if (isSaid(asDouble)) point.value = numberOf(asDouble, intake);
  else if (isSaid(asInt)) point.value = finite(Number(int64(asInt) ?? NaN), intake);
}

function readExponential(item: Json, intake: Intake, of: Exponential): void {
  of.scale = int32(item['scale'], intake);
  of.zeroCount = bucketCount(field(item, 'zeroCount', 'zero_count'), intake);
  of.zeroThreshold = numberOf(field(item, 'zeroThreshold', 'zero_threshold'), intake) ?? 0;
  of.positiveOffset = readBuckets(item['positive'], intake, of.positiveCounts);
  of.negativeOffset = readBuckets(item['negative'], intake, of.negativeCounts);
}

/** Answers the offset. */
function readBuckets(buckets: unknown, intake: Intake, into: number[]): number {
  if (!isObject(buckets)) return 0;
  readList(field(buckets, 'bucketCounts', 'bucket_counts'), intake, into, countOf);
  return int32(buckets['offset'], intake);
}

function readQuantiles(list: unknown, intake: Intake, point: RawPoint): void {
  for (const item of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    if (!intake.admitsBucket()) return;
    if (!isObject(item)) return intake.flag('buckets_invalid');
    point.quantiles.push(isSaid(item['quantile']) ? (numberOf(item['quantile'], intake) ?? 0) : 0);
    point.quantileValues.push(isSaid(item['value']) ? numberOf(item['value'], intake) : 0);
  }
}

function readList(list: unknown, intake: Intake, into: number[], read: (one: unknown, intake: Intake) => number | null): void {
  if (isSaid(list) && !Array.isArray(list)) intake.flag('buckets_invalid');
  for (const item of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    if (!intake.admitsBucket()) return;
    const one = isSaid(item) ? read(item, intake) : null;
    if (one === null) intake.flag('buckets_invalid');
    else into.push(one);
  }
}

/** Nothing where nothing is said. */
const numberOf = (value: unknown, intake: Intake) => (isSaid(value) ? finite(Number(double(value) ?? NaN), intake) : null);

const countOf = (value: unknown, intake: Intake) => (isSaid(value) ? exact(Number(int64(value) ?? NaN), intake) : 0);

function bucketCount(value: unknown, intake: Intake): number {
  const found = countOf(value, intake);
  if (found === null) intake.flag('buckets_invalid');
  return found ?? 0;
}

function int32(value: unknown, intake: Intake): number {
  const number = isSaid(value) ? Number(int64(value) ?? NaN) : 0;
  if (number === (number | 0)) return number;
  intake.flag('buckets_invalid');
  return 0;
}
