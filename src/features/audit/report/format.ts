/** How a report writes numbers and dates: with their unit, with no more precision than they have, the same in every form. */
import type { Unit } from '../model.ts';

export const DAY_MS = 86_400_000;
const NOTHING = '–';

/** Two significant digits: the step to which a number is rounded. */
const twoDigits = (value: number) => (value === 0 ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(value)) + 1e-9) - 1));

// 99.7 % must not become 100 %, so close to the whole the digits of the remainder count.
function percentStep(percent: number): number {
  const rest = 100 - Math.abs(percent);
  return Math.min(1, rest > 0 && rest < 1 ? 10 ** Math.floor(Math.log10(rest) + 1e-9) : twoDigits(percent));
}

function rounded(value: number, step: number): string {
  const digits = Math.min(12, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  const nearest = Math.round(value / step) * step;
  const written = Math.abs(nearest).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return nearest < 0 && /[1-9]/.test(written) ? `−${written}` : written;
}

/** US dollars: whole ones from a hundred, cents from one, three digits below. */
export function money(usd: number): string {
  if (!Number.isFinite(usd)) return NOTHING;
  const size = Math.abs(usd);
  const digits = size >= 100 || size === 0 ? 0 : size >= 1 ? 2 : Math.min(12, 2 - Math.floor(Math.log10(size)));
  const written = size.toLocaleString('en-US', { minimumFractionDigits: Math.min(2, digits), maximumFractionDigits: digits });
  return `${usd < 0 ? '−' : ''}$${written}`;
}

/** A count, exact. */
export const count = (n: number): string => (Number.isFinite(n) ? Math.round(n).toLocaleString('en-US') : NOTHING);

/** A count with its noun: "1 row", "2,000 rows". */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

const suffixes: Record<Unit, string> = {
  rate: ' %',
  seconds: ' s',
  usd: '',
  tokens: ' tokens',
  characters: ' characters',
  calls: ' calls',
  'calls/hour': ' calls an hour',
  'calls/day': ' calls a day',
  'calls/week': ' calls a week',
  score: '',
  distance: '',
};
const scaled = (value: number, unit: Unit) => (unit === 'rate' ? value * 100 : value);
const stepOf = (value: number, unit: Unit) => (unit === 'rate' ? percentStep(value) : twoDigits(value));

/** A value with its unit: "84 %", "8.0 s", "$0.0138", "310 tokens". */
export function quantity(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return NOTHING;
  if (unit === 'usd') return money(value);
  const shown = scaled(value, unit);
  return rounded(shown, stepOf(shown, unit)) + suffixes[unit];
}

/** A value with its interval: "50 % (46–54)". As many digits as the interval bears. */
export function withInterval(value: number, low: number, high: number, unit: Unit): string {
  if (![value, low, high].every(Number.isFinite)) return quantity(value, unit);
  if (unit === 'usd') return `${money(value)} (${money(low)}–${money(high)})`;
  const [v, l, h] = [scaled(value, unit), scaled(low, unit), scaled(high, unit)];
  const step = finest(stepOf(v, unit), h - l);
  return `${rounded(v, step)}${suffixes[unit]} (${rounded(l, step)}–${rounded(h, step)})`;
}

const finest = (step: number, width: number) => (width > 0 ? Math.min(step, 10 ** Math.floor(Math.log10(width) + 1e-9)) : step);

/** "84 % → 50 %". */
export function fromTo(before: number | null, after: number | null, unit: Unit): string | null {
  if (before === null && after === null) return null;
  const side = (value: number | null) => (value === null ? 'none' : quantity(value, unit));
  // A noun is said once: "1,900 → 310 characters".
  const noun = suffixes[unit].length > 2 && after !== null ? suffixes[unit] : '';
  return `${side(before).slice(0, noun && before !== null ? -noun.length : undefined)} → ${side(after)}`;
}

interface Change {
  before: number | null;
  change: number | null;
  ci95: readonly [number, number] | null;
  unit: Unit;
}

/** A change with its 95 % interval: points for rates, per cent for values, plain for scores, which have no natural zero. */
export function change({ before, change, ci95, unit }: Change): string | null {
  if (change === null || !Number.isFinite(change)) return null;
  if (unit === 'rate')
    return signed(
      change * 100,
      ci95?.map((end) => end * 100),
      ' points',
    );
  if (unit === 'score' || unit === 'distance' || !before) return signedPlain(change, ci95, unit);
  return signed(
    (change / before) * 100,
    ci95?.map((end) => (end / before) * 100).sort((a, b) => a - b),
    ' %',
  );
}

function signedPlain(change: number, ci95: readonly number[] | null, unit: Unit): string {
  if (unit !== 'usd') return signed(change, ci95 ?? undefined, suffixes[unit]);
  return `${change > 0 ? '+' : ''}${money(change)}`;
}

const sign = (value: number, step: number) => (value > 0 ? '+' : '') + rounded(value, step);

function signed(value: number, ends: readonly number[] | undefined, suffix: string): string {
  const [low, high] = ends ?? [];
  if (low === undefined || high === undefined || !Number.isFinite(low) || !Number.isFinite(high)) {
    return sign(value, Math.min(1, twoDigits(value))) + suffix;
  }
  const step = finest(Math.min(1, twoDigits(value)), high - low);
  return `${sign(value, step)}${suffix} (${sign(low, step)} to ${sign(high, step)})`;
}

/** "costs $2,100 a month", "saves $310 a month". */
export function perMonth(usd: number | null): string | null {
  if (usd === null || !Number.isFinite(usd) || usd === 0) return null;
  return `${usd > 0 ? 'costs' : 'saves'} ${money(Math.abs(usd))} a month`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

const parts = (at: number) => {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), MONTHS[date.getUTCMonth()] ?? '', date.getUTCDate()];
  return { year, month, day, time: date.toISOString().slice(11, 16) };
};

/** A day, in UTC: "3 June 2026". */
export function day(at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (!isDate(ms)) return 'unknown date';
  const { day, month, year } = parts(ms);
  return `${day} ${month} ${year}`;
}

const isDate = (ms: number) => Number.isFinite(ms) && Math.abs(ms) <= 8.64e15;

/** A day as charts write it: "3 Jun". */
export const shortDay = (at: number): string => (isDate(at) ? `${parts(at).day} ${parts(at).month.slice(0, 3)}` : NOTHING);

/** A moment, in UTC: "3 June 2026, 14:00 UTC". */
export function moment(at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return isDate(ms) ? `${day(ms)}, ${parts(ms).time} UTC` : 'unknown date';
}

/** Two days as one span, repeating nothing: "2–4 June 2026", "30 May – 4 June 2026". */
export function span(from: string | number, to: string | number): string {
  const [a, b] = [new Date(from).getTime(), new Date(to).getTime()];
  if (!isDate(a) || !isDate(b)) return 'unknown dates';
  const [start, end] = [parts(a), parts(b)];
  if (day(a) === day(b)) return day(a);
  if (start.year !== end.year) return `${day(a)} – ${day(b)}`;
  if (start.month !== end.month) return `${start.day} ${start.month} – ${day(b)}`;
  return `${start.day}–${day(b)}`;
}

/** When something changed, with the interval of its date: "3 June 2026 (2–4 June)"; with hours where they are known. */
export function dated(at: string | null, interval: readonly [string, string] | null): string | null {
  if (at === null) return null;
  const [from, to] = interval ? [Date.parse(interval[0]), Date.parse(interval[1])] : [NaN, NaN];
  if (!isDate(from) || !isDate(to)) return Date.parse(at) % DAY_MS === 0 ? day(at) : moment(at);
  if (to - from >= 1.5 * DAY_MS) return `${day(at)} (${span(from, to).replace(` ${parts(Date.parse(at)).year}`, '')})`;
  if (to === from) return moment(at);
  return `${moment(at)} (${hours(from)} – ${hours(to)})`;
}

const hours = (at: number) => `${shortDay(at)} ${parts(at).time}`;

/** A bucket of time in words: "1 day", "6 hours". */
export function duration(ms: number): string {
  const units: [number, string][] = [
    [7 * DAY_MS, 'week'],
    [DAY_MS, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ];
  const [size, noun] = units.find(([size]) => ms >= size && ms % size === 0) ?? [1000, 'second'];
  return counted(ms / size, noun);
}
