import type { Bucket, MetricKind } from '../buckets.ts';
import { median } from '../math/robust.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** A bucket as a scan for episodes sees it: its level, higher is worse. */
export interface Cell {
  at: number;
  n: number;
  y: number;
  bucket: Bucket;
}

/** Buckets on the scale on which episodes are judged: a rate or a score itself, the logarithm of what is never nothing. */
export function episodeCells(
  buckets: readonly Bucket[],
  { kind, worse }: { kind: MetricKind; worse: 'up' | 'down' },
): { cells: Cell[]; ofRow: (level: number) => number } {
  const present = buckets.filter(({ n, sum }) => n > 0 && Number.isFinite(sum)).sort((a, b) => a.at - b.at);
  const sign = worse === 'up' ? 1 : -1;
  const inLogs = kind !== 'rate' && present.every(({ sumLog }) => sumLog !== undefined);
  // What may be 0 and has no upper end has too long a tail to be judged by its mean.
  if (kind === 'value' && !inLogs && worse === 'up') return { cells: [], ofRow: () => 1 };
  // A score of 0 has no logarithm, so it counts as a share of what is usual.
  const scale = kind === 'rate' || inLogs ? 1 : Math.abs(median(present.map(({ sum, n }) => sum / n))) || 1;
  const cells = present.map((bucket) => ({
    at: bucket.at,
    n: bucket.n,
    y: (sign * (inLogs ? bucket.sumLog! : bucket.sum)) / bucket.n / scale,
    bucket,
  }));
  if (kind === 'rate')
    return { cells, ofRow: (level) => Math.max(LEAST_RATE, Math.abs(level)) * Math.max(LEAST_RATE, 1 - Math.abs(level)) };
  const many = present.filter(({ n }) => n > 1);
  const variance = inLogs
    ? median(many.map(({ n, sum, sumSq }) => Math.log1p(Math.max(0, (sumSq - (sum * sum) / n) / (n - 1) / (sum / n) ** 2))))
    : many.reduce((total, { n, sum, sumSq }) => total + Math.max(0, sumSq - (sum * sum) / n), 0) /
      Math.max(
        1,
        many.reduce((total, { n }) => total + n - 1, 0),
      ) /
      scale ** 2;
  return { cells, ofRow: () => Math.max(variance || 0, LEAST_VARIANCE) };
}

/** No rate is so sure that a single row says anything. */
const LEAST_RATE = 0.005;
const LEAST_VARIANCE = 1e-4;

/** Rows of other times that say what is usual at a time. */
const FEWEST_ROWS = 20;
const FEWEST_TIMES = 2;

/**
 * Whether buckets are worse than those of the same time: of the same time of other weeks where the series has them, else of the same
 * hours of other days of the same kind. Where the series has neither, nobody knows what is usual then.
 */
export function isUnlikeItsTimes(own: readonly Cell[], rest: readonly Cell[], bucketMs: number, least: number): boolean {
  const ofWeek = groupBy(rest, ({ at }) => Math.floor((at % WEEK) / bucketMs));
  const ofDay = groupBy(rest, ({ at }) => dayKind(at, bucketMs));
  let [rows, sum, usualSum, unknown] = [0, 0, 0, 0];
  for (const cell of own) {
    const usual = levelOf(ofWeek.get(Math.floor((cell.at % WEEK) / bucketMs))) ?? levelOf(ofDay.get(dayKind(cell.at, bucketMs)));
    if (usual === null) unknown += cell.n;
    else {
      rows += cell.n;
      sum += cell.n * cell.y;
      usualSum += cell.n * usual;
    }
  }
  return rows > unknown && (sum - usualSum) / rows >= least;
}

/** Monday is the fifth day of the era. */
const isWeekend = (at: number) => (Math.floor(at / DAY) + 3) % 7 >= 5;
const dayKind = (at: number, bucketMs: number) => Math.floor((at % DAY) / bucketMs) + (isWeekend(at) ? 1e6 : 0);

function groupBy(cells: readonly Cell[], key: (cell: Cell) => number): Map<number, Cell[]> {
  const groups = new Map<number, Cell[]>();
  for (const cell of cells) {
    const group = groups.get(key(cell));
    if (group) group.push(cell);
    else groups.set(key(cell), [cell]);
  }
  return groups;
}

function levelOf(cells: readonly Cell[] | undefined): number | null {
  if (!cells || cells.length < FEWEST_TIMES) return null;
  const rows = cells.reduce((sum, { n }) => sum + n, 0);
  return rows >= FEWEST_ROWS ? cells.reduce((sum, { n, y }) => sum + n * y, 0) / rows : null;
}
