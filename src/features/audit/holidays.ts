import { DAY_MS } from '../../platform/clock.ts';
import type { Judgement } from './judge.ts';

/** Days on which fewer calls are no wonder: public holidays of many countries, and the time around Christmas. Pure. */

/** Month and day. */
const FIXED = new Map([
  ['1-1', 'New Year'],
  ['5-1', 'Labour Day'],
  ['7-4', 'Independence Day'],
  ['12-24', 'Christmas Eve'],
  ['12-25', 'Christmas'],
  ['12-26', 'the second day of Christmas'],
  ['12-31', 'New Year’s Eve'],
]);
/** Days from Easter Sunday. */
const AROUND_EASTER = new Map([
  [-2, 'Good Friday'],
  [1, 'Easter Monday'],
  [39, 'Ascension Day'],
  [50, 'Whit Monday'],
]);

/** The name of a day that is a public holiday in many countries; `dayMs`: when it begins. */
export function holidayOn(dayMs: number): string | null {
  const date = new Date(dayMs);
  const [year, month, of, weekday] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay()];
  const fixed = FIXED.get(`${month}-${of}`);
  if (fixed !== undefined) return fixed;
  if (month === 11 && weekday === 4 && of >= 22 && of <= 28) return 'Thanksgiving';
  if (weekday === 1 && ((month === 5 && of >= 25) || (month === 9 && of <= 7))) return month === 5 ? 'Memorial Day' : 'Labor Day';
  return AROUND_EASTER.get(Math.round((dayMs - easter(year)) / DAY_MS)) ?? null;
}

/** Easter Sunday by the computation of Meeus, Jones and Butcher. */
function easter(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(sum / 31) - 1, (sum % 31) + 1);
}

/** Monday is the fifth day of the era. */
const isWeekend = (dayMs: number) => (Math.floor(dayMs / DAY_MS) + 3) % 7 >= 5;

/** The holidays that a time of few calls lies on, where it lies on no other working day. */
export function holidaysWithin(from: number, to: number): string[] {
  const names: string[] = [];
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
    // Some hours at an edge are part of the day beside it.
    if (Math.min(to, day + DAY_MS) - Math.max(from, day) < DAY_MS / 2) continue;
    const name = holidayOn(day);
    if (name !== null) names.push(name);
    else if (!isWeekend(day)) return [];
  }
  return [...new Set(names)];
}

/**
 * Calls that were few on holidays, and came back, are different and not worse; so is a fall before New Year that ended soon after.
 * `endMs`: end of the log.
 */
export function asHolidaysMayBe(judgements: readonly Judgement[], endMs: number): Judgement[] {
  return judgements.map((one) => {
    if (one.metric.kind !== 'count' || one.direction !== 'worse') return one;
    if (one.stall) {
      const names = one.stall.maybe || one.stall.to > endMs ? [] : holidaysWithin(one.stall.from, one.stall.to);
      if (names.length === 0) return one;
      return { ...one, direction: 'changed', stall: { ...one.stall, maybe: 'holiday' }, note: holidaySentence(names) };
    }
    return judgements.some((other) => endsChristmas(one, other))
      ? { ...one, direction: 'changed', note: 'It ended soon after New Year: many people do not work then.' }
      : one;
  });
}

const holidaySentence = (names: readonly string[]) =>
  `${names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are public holidays` : `${names[0]} is a public holiday`} in many countries.`;

const FIRST = { month: 11, day: 18 };
const LONGEST_MS = 28 * DAY_MS;

/** A fall between 18 December and New Year, and a rise in January. */
function endsChristmas(fall: Judgement, rise: Judgement): boolean {
  if (rise.metric.name !== fall.metric.name || JSON.stringify(rise.segment) !== JSON.stringify(fall.segment)) return false;
  if (fall.at === null || rise.at === null || (fall.change ?? 0) >= 0 || (rise.change ?? 0) <= 0) return false;
  const [fell, rose] = [new Date(fall.at), new Date(rise.at)];
  const before = fell.getUTCMonth() === FIRST.month && fell.getUTCDate() >= FIRST.day;
  return (
    (before || (fell.getUTCMonth() === 0 && fell.getUTCDate() <= 2)) &&
    rose.getUTCMonth() === 0 &&
    rise.at > fall.at &&
    rise.at - fall.at <= LONGEST_MS
  );
}
