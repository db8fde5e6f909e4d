import { exact, finite, notePointFlags } from '../finish-point.ts';
import type { Intake } from '../intake.ts';
import type { MetricKind, RawPoint } from '../wire.ts';
import { bytes, fixed64, varint, type Reader } from './reader.ts';
import { readAttribute } from './values.ts';

type ReadField = (reader: Reader, intake: Intake, point: RawPoint) => void;

// The same in each kind; all but the attributes and the flags have the same number, too.
const START = fixed64(2);
const TIME = fixed64(3);

/** Reads one field of a point, by the kind of its metric. */
export const readPointField: Record<MetricKind, ReadField> = {
  gauge: readNumber,
  sum: readNumber,
  histogram: readHistogram,
  exponential_histogram: readExponential,
  summary: readSummary,
};

const number = (reader: Reader, intake: Intake) => finite(Number(reader.double()), intake);
const count = (reader: Reader, intake: Intake) => exact(reader.fixed64(), intake);

function readNumber(reader: Reader, intake: Intake, point: RawPoint): void {
  const { tag } = reader;
  if (tag === fixed64(4)) point.value = number(reader, intake);
  else if (tag === fixed64(6)) point.value = reader.sfixed64();
  else readCommon(reader, intake, point, bytes(7), varint(8));
}

function readHistogram(reader: Reader, intake: Intake, point: RawPoint): void {
  const { tag } = reader;
  if (tag === fixed64(4)) point.count = count(reader, intake);
  else if (tag === fixed64(5)) point.sum = number(reader, intake);
  else if (tag === bytes(6) || tag === fixed64(6)) readList(reader, intake, point.bucketCounts, tag === bytes(6), count);
  else if (tag === bytes(7) || tag === fixed64(7)) readList(reader, intake, point.bounds, tag === bytes(7), number);
  else if (tag === fixed64(11)) point.min = number(reader, intake);
  else if (tag === fixed64(12)) point.max = number(reader, intake);
  else readCommon(reader, intake, point, bytes(9), varint(10));
}

function readExponential(reader: Reader, intake: Intake, point: RawPoint): void {
  const { tag } = reader;
  const of = point.exponential!;
  if (tag === fixed64(4)) point.count = count(reader, intake);
  else if (tag === fixed64(5)) point.sum = number(reader, intake);
  else if (tag === varint(6)) of.scale = reader.sint32();
  else if (tag === fixed64(7)) of.zeroCount = bucketCount(reader.fixed64(), intake);
  else if (tag === bytes(8)) of.positiveOffset = readBuckets(reader, intake, of.positiveCounts);
  else if (tag === bytes(9)) of.negativeOffset = readBuckets(reader, intake, of.negativeCounts);
  else if (tag === fixed64(12)) point.min = number(reader, intake);
  else if (tag === fixed64(13)) point.max = number(reader, intake);
  else if (tag === fixed64(14)) of.zeroThreshold = number(reader, intake) ?? 0;
  else readCommon(reader, intake, point, bytes(1), varint(10));
}

function readSummary(reader: Reader, intake: Intake, point: RawPoint): void {
  const { tag } = reader;
  if (tag === fixed64(4)) point.count = count(reader, intake);
  else if (tag === fixed64(5)) point.sum = number(reader, intake);
  else if (tag === bytes(6)) readQuantile(reader, intake, point);
  else readCommon(reader, intake, point, bytes(7), varint(8));
}

function readCommon(reader: Reader, intake: Intake, point: RawPoint, attribute: number, flags: number): void {
  const { tag } = reader;
  if (tag === attribute) readAttribute(reader, intake, point.attributes);
  else if (tag === START) point.startAt = reader.time();
  else if (tag === TIME) point.at = reader.time();
  else if (tag === flags) notePointFlags(reader.int(), intake);
  else reader.skip();
}

function readQuantile(reader: Reader, intake: Intake, point: RawPoint): void {
  if (!intake.admitsBucket()) return reader.skip();
  const outer = reader.enter();
  let quantile = 0;
  let value: number | null = 0;
  while (reader.next()) {
    if (reader.tag === fixed64(1)) quantile = number(reader, intake) ?? 0;
    else if (reader.tag === fixed64(2)) value = number(reader, intake);
    else reader.skip();
  }
  reader.leave(outer);
  point.quantiles.push(quantile);
  point.quantileValues.push(value);
}

/** Answers the offset. */
function readBuckets(reader: Reader, intake: Intake, into: number[]): number {
  const outer = reader.enter();
  let offset = 0;
  while (reader.next()) {
    const { tag } = reader;
    if (tag === varint(1)) offset = reader.sint32();
    else if (tag === bytes(2) || tag === varint(2))
      readList(reader, intake, into, tag === bytes(2), () => bucketCount(reader.uint64(), intake));
    else reader.skip();
  }
  reader.leave(outer);
  return offset;
}

type ReadOne = (reader: Reader, intake: Intake) => number | null;

/** Numbers in a row, or one of many that stand alone: both are allowed. */
function readList(reader: Reader, intake: Intake, into: number[], isPacked: boolean, read: ReadOne): void {
  if (!isPacked) return intake.admitsBucket() ? readOne(reader, intake, into, read) : reader.skip();
  const outer = reader.enter();
  while (reader.at < reader.end && intake.admitsBucket()) readOne(reader, intake, into, read);
  reader.leave(outer);
}

function readOne(reader: Reader, intake: Intake, into: number[], read: ReadOne): void {
  const one = read(reader, intake);
  if (one === null) intake.flag('buckets_invalid');
  else into.push(one);
}

function bucketCount(given: number, intake: Intake): number {
  const found = exact(given, intake);
  if (found === null) intake.flag('buckets_invalid');
  return found ?? 0;
}
