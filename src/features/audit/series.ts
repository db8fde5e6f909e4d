import type { Bucket } from '../../detect/index.ts';
import { DAY_MS, HOUR_MS } from '../../platform/clock.ts';
import type { ScratchTelemetry } from '../../stores/telemetry/index.ts';
import type { Finer } from './episodes.ts';
import { volume, type Metric, type Series } from './metrics.ts';
import { listBuckets, listSegmentBuckets, type CohortRow, type Dimension } from './store.ts';

/** Everything that is read of a log over time: the rows are passed through once for all of it, and once for each column. */

/** Every series of the log: each metric over all rows, in finer buckets too, then by the values of each dimension. */
export async function readSeries(
  store: ScratchTelemetry,
  list: readonly Metric[],
  dimensions: readonly Dimension[],
  bucketMs: number,
): Promise<{ series: Series[]; finer: Finer[] }> {
  const all = [...list, volume];
  // The hours, and days, of a log that is judged by wider buckets: what lasts no longer is seen in them.
  const grains = [DAY_MS, HOUR_MS].filter((ms) => ms < bucketMs && bucketMs >= DAY_MS);
  const narrow = await listBuckets(store, all, grains.at(-1) ?? bucketMs);
  const over = (widthMs: number) =>
    all.map((metric, i): Series => ({ metric, segment: {}, buckets: widened(narrow[i]!, widthMs) }));
  const series = over(bucketMs);
  const known = all.filter((_, i) => narrow[i]!.length > 0);
  const ofColumns = dimensions
    .filter(({ values }) => values.length > 1)
    .map(async (dimension) => {
      const own = await listSegmentBuckets(store, known, dimension, bucketMs);
      return [...own].flatMap(([value, buckets]) =>
        all.map((metric): Series => ({
          metric,
          segment: { [dimension.name]: value },
          buckets: buckets[known.indexOf(metric)] ?? [],
        })),
      );
    });
  for (const own of await Promise.all(ofColumns)) for (const one of own) series.push(one);
  return { series, finer: grains.map((ms) => ({ bucketMs: ms, series: over(ms) })) };
}

/** The hours of one metric for one value of a column. */
export async function hoursOf(
  store: ScratchTelemetry,
  { metric, segment }: Series,
  dimensions: readonly Dimension[],
): Promise<Bucket[]> {
  const [[name, value] = ['', '']] = Object.entries(segment);
  const dimension = dimensions.find((one) => one.name === name);
  if (!dimension || metric.sql === '') return [];
  const own = await listSegmentBuckets(store, [metric], { ...dimension, values: [{ value, n: 0 }] }, HOUR_MS);
  return own.get(value)?.[0] ?? [];
}

/** The same in wider buckets: widths are multiples of each other. Pure. */
export function widened(buckets: readonly Bucket[], widthMs: number): Bucket[] {
  const wide = new Map<number, Bucket>();
  for (const bucket of buckets) {
    const at = Math.floor(bucket.at / widthMs) * widthMs;
    const before = wide.get(at);
    wide.set(at, before ? { ...plus(before, bucket), at } : { ...bucket, at });
  }
  return [...wide.values()];
}

/** Two buckets as one. The sum of logarithms is known where both have it. */
function plus({ at, n, sum, sumSq, sumLog }: Bucket, other: Bucket): Bucket {
  const logs = sumLog === undefined || other.sumLog === undefined ? {} : { sumLog: sumLog + other.sumLog };
  return { at, n: n + other.n, sum: sum + other.sum, sumSq: sumSq + other.sumSq, ...logs };
}

const nothing: Bucket = { at: 0, n: 0, sum: 0, sumSq: 0 };

/** The totals of each value of a dimension, of a log that was read over time; nothing where it was not, or rows have no time. Pure. */
export function totalsOf(
  series: readonly Series[],
  list: readonly Metric[],
  { name, column }: Dimension,
  rows: number,
): CohortRow[] | null {
  const calls = series.filter(({ metric }) => metric === volume);
  const all = calls.find(({ segment }) => Object.keys(segment).length === 0);
  // What is read from no column is no series, whatever its name.
  if (column === '' || all === undefined || countOf(all) !== rows) return null;
  const own = calls.filter(({ segment }) => name in segment);
  if (own.length === 0) return null;
  return own
    .map((one) => {
      const value = one.segment[name]!;
      const totals = list.map((metric) => {
        const found = series.find((other) => other.metric === metric && other.segment[name] === value);
        const [first, ...rest] = found?.buckets ?? [];
        return first ? { ...rest.reduce(plus, first), at: 0 } : nothing;
      });
      return { value, n: countOf(one), totals };
    })
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

const countOf = ({ buckets }: Series) => buckets.reduce((sum, { n }) => sum + n, 0);
