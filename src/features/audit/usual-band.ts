import type { Bucket } from '../../detect/index.ts';
import { DAY_MS } from '../../platform/clock.ts';

/** Where the number of calls usually lies at a time of the week, or of the day. Pure. */

const WEEK_MS = 7 * DAY_MS;
const Z95 = 1.96;
/** So many weeks, or days, must show a time before it is known. */
const FEWEST = 3;
/** What times explain must be most of what buckets differ by: else one band says all. */
const MOST_OF_IT = 0.5;

export interface Band {
  at: number;
  low: number;
  high: number;
}

/**
 * For each bucket the range in which such times lie in `known` buckets; nothing where these are too few, or follow neither the days of
 * the week nor the hours of the day.
 */
export function usualBand(known: readonly Bucket[], drawn: readonly Bucket[], bucketMs: number): Band[] {
  if (bucketMs > DAY_MS || known.length === 0) return [];
  const spanMs = known.at(-1)!.at - known[0]!.at + bucketMs;
  const period = spanMs >= FEWEST * WEEK_MS ? WEEK_MS : bucketMs < DAY_MS && spanMs >= FEWEST * DAY_MS ? DAY_MS : null;
  if (period === null) return [];
  const phase = (at: number) => Math.floor((at % period) / bucketMs);
  const times = new Map<number, number[]>();
  for (const { at, sum } of known) times.set(phase(at), [...(times.get(phase(at)) ?? []), sum]);
  const levels = new Map([...times].filter(([, sums]) => sums.length >= FEWEST - 1).map(([key, sums]) => [key, mean(sums)]));
  const level = ({ at }: Bucket) => levels.get(phase(at));
  const told = known.filter((bucket) => level(bucket) !== undefined);
  const all = mean(told.map(({ sum }) => sum));
  const away = (of: (bucket: Bucket) => number) => told.reduce((sum, bucket) => sum + (bucket.sum - of(bucket)) ** 2, 0);
  if (told.length < known.length / 2 || away((bucket) => level(bucket)!) > MOST_OF_IT * away(() => all)) return [];
  // Large numbers of calls differ by more than small ones, in the way of chance.
  const free = told.length / Math.max(1, told.length - levels.size);
  const wide = free * mean(told.map((bucket) => (bucket.sum - level(bucket)!) ** 2 / Math.max(1, level(bucket)!)));
  return drawn.flatMap((bucket) => {
    const usual = level(bucket);
    if (usual === undefined) return [];
    const reach = Z95 * Math.sqrt(wide * Math.max(1, usual));
    return [{ at: bucket.at, low: Math.max(0, usual - reach), high: usual + reach }];
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
