/** Numbers and times as people read them. What is not known is a dash, never a nought. */

const locale = 'en-GB';
const whole = new Intl.NumberFormat(locale);
const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });

export const UNKNOWN = '–';

type Maybe = number | null | undefined;

export const count = (n: Maybe) => (n === null || n === undefined ? UNKNOWN : whole.format(n));
/** What is estimated from so many on, as runs of many hours are (a sketch keeps so many one by one): "about 2,870". */
export const about = (n: Maybe) =>
  typeof n === 'number' && n > COUNTED ? `about ${compact(Number(n.toPrecision(3)))}` : count(n);
const COUNTED = 1000;
export const compact = (n: Maybe) => (n === null || n === undefined ? UNKNOWN : n < 10_000 ? whole.format(n) : short.format(n));

/** Money to the cent; what is less than a cent keeps two digits. */
export function money(usd: Maybe): string {
  if (usd === null || usd === undefined) return UNKNOWN;
  if (usd !== 0 && Math.abs(usd) < 0.01)
    return `$${usd.toLocaleString(locale, { minimumSignificantDigits: 2, maximumSignificantDigits: 2 })}`;
  const digits = Math.abs(usd) >= 1000 ? 0 : 2;
  return `${usd < 0 ? '−' : ''}$${Math.abs(usd).toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

export function percent(share: Maybe): string {
  if (share === null || share === undefined) return UNKNOWN;
  return `${(share * 100).toLocaleString(locale, { maximumSignificantDigits: 2 })} %`;
}

export function duration(ms: Maybe): string {
  if (ms === null || ms === undefined) return UNKNOWN;
  if (ms < 1) return '<1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago, in words. */
export function ago(at: string | number | Date, now = Date.now()): string {
  const ms = now - new Date(at).getTime();
  if (Number.isNaN(ms)) return UNKNOWN;
  if (ms < 0) return moment(at);
  if (ms < 5000) return 'now';
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`;
  const days = Math.floor(ms / DAY_MS);
  return days < 60 ? `${days} ${days === 1 ? 'day' : 'days'} ago` : day(at);
}

/** In the reader's zone, which is said. */
const momentFormat = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const utcDayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const dayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const valid = (at: string | number | Date) => !Number.isNaN(new Date(at).getTime());
export const moment = (at: string | number | Date) => (valid(at) ? momentFormat.format(new Date(at)) : UNKNOWN);
/** A bucket of a day begins at midnight UTC. */
export const utcDay = (at: number) => `${utcDayFormat.format(at)} (UTC)`;
export const day = (at: string | number | Date) => (valid(at) ? dayFormat.format(new Date(at)) : UNKNOWN);

/** A name as clients give it: signs that turn or hide text are shown as such, and blanks are not nothing. */
export const visible = (name: string) => (name.trim() === '' ? '(blank)' : name.replaceAll(TURNING, '\uFFFD'));
// Control signs, and those that turn the direction of text (Bidi_Control of Unicode).
const TURNING = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** `about 300 runs`, `1 run`. */
export const aboutCounted = (n: number, one: string, many = `${one}s`) => `${about(n)} ${n === 1 ? one : many}`;

/** `1 client`, `3 clients`. */
export const counted = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** A time as a field of a form takes it: in the reader's zone, to the minute. Nothing when it is none. */
export function localMinute(at: string): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return '';
  return new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

const clockFormat = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const shortDayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });

/** `7 Nov` */
export const shortDay = (at: string) => (valid(at) ? shortDayFormat.format(new Date(at)) : UNKNOWN);

/** `since 7 Nov`, `since 09:40`. */
export const sinceWords = (at: string, now = Date.now()) => {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return '';
  return `since ${now - ms < DAY_MS / 2 ? clockFormat.format(ms) : now - ms < 300 * DAY_MS ? shortDayFormat.format(ms) : day(ms)}`;
};
