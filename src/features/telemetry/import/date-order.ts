/** Which of two slashed numbers is the month, where a column does not say it by a number above twelve. Pure. */

export type DateOrder = 'mdy' | 'dmy';

/** What tells it: a value that is possible in one order only, a time to come, the order of the rows; or nothing but what is usual. */
export interface Told {
  order: DateOrder;
  by: 'value' | 'future' | 'rows' | 'guess';
}

export const SLASHED = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})\b(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap])?)?/i;

const DAY_MS = 86_400_000;

/** `files`: the times of each file, in the order of its rows. */
export function dateOrderOf(files: readonly (readonly string[])[], now?: Date): Told {
  const dates = files.map((values) => values.map((value) => SLASHED.exec(value)).filter((match) => match !== null));
  const all = dates.flat();
  if (all.some(([, first]) => Number(first) > 12)) return { order: 'dmy', by: 'value' };
  if (all.some(([, , second]) => Number(second) > 12)) return { order: 'mdy', by: 'value' };
  const times = { mdy: dates.map((file) => file.map(timeIn('mdy'))), dmy: dates.map((file) => file.map(timeIn('dmy'))) };
  const future =
    now && (['mdy', 'dmy'] as const).filter((order) => mostly(times[order].flat(), (at) => at <= now.getTime() + DAY_MS));
  if (future?.length === 1) return { order: future[0]!, by: 'future' };
  // The sample of a long file is its first rows and then rows from all over it: each half is in order, and the whole is not.
  const sorted = byRows(times) ?? byRows({ mdy: times.mdy.flatMap(halves), dmy: times.dmy.flatMap(halves) });
  return sorted ? { order: sorted, by: 'rows' } : { order: usual(all), by: 'guess' };
}

/** A few broken rows must not decide. */
const mostly = (times: readonly number[], fits: (at: number) => boolean) => times.filter(fits).length >= 0.99 * times.length;

function timeIn(order: DateOrder) {
  return ([, first, second, year, hour, minute, rest, half]: RegExpExecArray): number => {
    const [month, day] = order === 'mdy' ? [first, second] : [second, first];
    const full = year!.length === 2 ? 2000 + Number(year) : Number(year);
    const hours = (Number(hour ?? 0) % (half ? 12 : 24)) + (half?.toLowerCase() === 'p' ? 12 : 0);
    return Date.UTC(full, Number(month) - 1, Number(day), hours, Number(minute ?? 0), Number(rest ?? 0));
  };
}

/** Logs are nearly sorted, upwards or downwards: how far they go back, as a share of how far they go. */
const NEARLY = 0.1;
const NOT_AT_ALL = 0.5;

function byRows(times: Record<DateOrder, readonly (readonly number[])[]>): DateOrder | null {
  const disorder = (order: DateOrder) => Math.max(0, ...times[order].map(disorderOf));
  const [mdy, dmy] = [disorder('mdy'), disorder('dmy')];
  if (mdy <= NEARLY && dmy >= NOT_AT_ALL) return 'mdy';
  return dmy <= NEARLY && mdy >= NOT_AT_ALL ? 'dmy' : null;
}

function disorderOf(times: readonly number[]): number {
  let [up, down] = [0, 0];
  for (let i = 1; i < times.length; i++) {
    const step = times[i]! - times[i - 1]!;
    if (step > 0) up += step;
    else down -= step;
  }
  const span = times.reduce((a, b) => Math.max(a, b), -Infinity) - times.reduce((a, b) => Math.min(a, b), Infinity);
  return span > 0 ? Math.min(up, down) / span : 0;
}

const halves = (times: readonly number[]) => [
  times.slice(0, Math.floor(times.length / 2)),
  times.slice(Math.floor(times.length / 2)),
];

/** Dots are written day first, and the month rarely moves more than the day. */
function usual(dates: readonly RegExpExecArray[]): DateOrder {
  if (dates.some(([whole]) => /^\s*\d{1,2}\./.test(whole))) return 'dmy';
  const distinct = (group: number) => new Set(dates.map((match) => match[group])).size;
  return distinct(1) > distinct(2) ? 'dmy' : 'mdy';
}
