import type { Bucket } from '../buckets.ts';
import { median } from '../math/robust.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Rows usual in a bucket, and whether the log itself says so. */
export interface Usual {
  rows: number;
  /** Nothing where the log shows the same time of the week or, between Monday and Thursday, of another day. */
  unsure: 'weekend' | 'night' | null;
  /** Share of these times without any rows. */
  empty: number;
}

/** A stretch of time that says nothing about itself. */
export interface Stretch {
  from: number;
  to: number;
}

/** What is usual at a time, as the log shows it outside a stretch. */
export type UsualVolume = (at: number, except: Stretch) => Usual;

/** Weeks looked at on either side: what was usual a year ago need not be. */
const MOST_WEEKS = 26;
/** A weekend somewhere on earth, Friday to Saturday or Saturday to Sunday, hours since Monday 00:00 UTC. */
const WEEKEND_HOURS = { from: 3 * 24 + 19, to: 7 * 24 + 12 };
/** The same where a bucket holds whole days: Friday to Sunday. */
export const WEEKEND_DAYS = { from: 4 * 24, to: 7 * 24 };

/**
 * Rows usual in a bucket: the median of the same time in other weeks, an absent bucket counting as none; in a log that has no such
 * time, of the same time on other days, which for a weekend is a guess. Buckets without any such time: the median bucket, a guess too.
 * `isKnown`: whether a time says anything about others.
 */
export function usualVolume(
  present: readonly Bucket[],
  bucketMs: number,
  isKnown: (at: number) => boolean = () => true,
): UsualVolume {
  const first = present[0]!.at;
  const place = (at: number) => Math.round((at - first) / bucketMs);
  const rows = new Map(present.map(({ at, sum }) => [place(at), sum]));
  const last = present.at(-1)!.at;
  const everywhere = median(present.map(({ sum }) => sum));
  const rest = bucketMs < DAY ? WEEKEND_HOURS : WEEKEND_DAYS;
  const mayRest = (at: number) => isWithinWeek(at, rest);

  /** The rows at whole periods before and after a time. */
  const others = (at: number, period: number, most: number, { from, to }: Stretch, like: (at: number) => boolean) => {
    const found: number[] = [];
    for (const direction of [-1, 1]) {
      for (let k = 1; k <= most; k++) {
        const other = at + direction * k * period;
        if (direction < 0 ? other < first - bucketMs / 2 : other > last + bucketMs / 2) break;
        const covered = other >= first - bucketMs / 2 && other <= last + bucketMs / 2;
        if (covered && (other < from || other >= to) && other !== at && like(other) && isKnown(other))
          found.push(rows.get(place(other)) ?? 0);
      }
    }
    return found;
  };

  return (at, except) => {
    if (bucketMs < WEEK) {
      const weeks = others(at, WEEK, MOST_WEEKS, except, () => true);
      if (weeks.length > 0) return { rows: median(weeks), unsure: null, empty: emptyShare(weeks) };
    }
    const period = Math.max(DAY, bucketMs);
    const resting = mayRest(at);
    const days = others(at, period, Infinity, except, (other) => resting || !mayRest(other));
    if (days.length > 0)
      return { rows: median(days), unsure: resting && bucketMs < WEEK ? 'weekend' : null, empty: emptyShare(days) };
    return { rows: everywhere, unsure: bucketMs < DAY ? 'night' : null, empty: 0 };
  };
}

const emptyShare = (rows: readonly number[]) => rows.filter((one) => one === 0).length / rows.length;

/** Hours of a week that begins on Monday, UTC; the end may lie in the next week. */
export function isWithinWeek(at: number, { from, to }: { from: number; to: number }): boolean {
  // 5 January 1970 was a Monday.
  const hour = ((((at - 4 * DAY) % WEEK) + WEEK) % WEEK) / HOUR;
  return (hour >= from && hour < to) || hour + 7 * 24 < to;
}
