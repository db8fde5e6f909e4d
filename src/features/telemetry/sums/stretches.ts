import { DAY_MS } from '../../../platform/clock.ts';

const MOST_DAYS = 7;
const MOST_SPANS = 200_000;

export interface CountedDay {
  /** Its start. */
  day: number;
  spans: number;
}

/**
 * Days that follow one another, as many of them together as are summed up in a moment, the latest first: to sum up one day of few
 * spans takes as long as a week of them, as each time seven tables are rewritten.
 */
export function stretchesOf(days: readonly CountedDay[]): { fromMs: number; toMs: number }[] {
  const stretches: { fromMs: number; toMs: number; spans: number }[] = [];
  for (const { day, spans } of days.toSorted((a, b) => b.day - a.day)) {
    const last = stretches.at(-1);
    const isNext = last?.fromMs === day + DAY_MS;
    if (last && isNext && last.toMs - day <= MOST_DAYS * DAY_MS && last.spans + spans <= MOST_SPANS) {
      last.fromMs = day;
      last.spans += spans;
    } else stretches.push({ fromMs: day, toMs: day + DAY_MS, spans });
  }
  return stretches.map(({ fromMs, toMs }) => ({ fromMs, toMs }));
}
