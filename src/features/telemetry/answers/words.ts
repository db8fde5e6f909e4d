import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../platform/clock.ts';

/** Numbers and times as sentences need them: two significant digits, with their unit. */

export type Unit = 'rate' | 'ms' | 'usd' | 'tokens' | 'runs' | 'users' | 'score';

const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = (value: number) => (Math.abs(value) >= 100 ? whole.format(Number(value.toPrecision(2))) : digits.format(value));

/** "9 %", "1.2 s", "$0.014", "310 tokens". */
export function measured(value: number, unit: Unit): string {
  switch (unit) {
    case 'rate':
      return `${short(value * 100)} %`;
    case 'ms':
      return value >= 1000 ? `${short(value / 1000)} s` : `${short(value)} ms`;
    case 'usd':
      return `$${short(value)}`;
    case 'score':
      return short(value);
    case 'tokens':
    case 'runs':
    case 'users':
      return `${short(value)} ${unit}`;
  }
}

/** "1 run", "2,000 runs". */
export const counted = (n: number, noun: string) => `${whole.format(n)} ${noun}${n === 1 ? '' : 's'}`;

/** "3 days", "5 hours", "20 minutes". */
export function lasting(ms: number): string {
  if (ms >= 2 * DAY_MS) return counted(Math.round(ms / DAY_MS), 'day');
  if (ms >= HOUR_MS) return counted(Math.round(ms / HOUR_MS), 'hour');
  return counted(Math.max(1, Math.round(ms / MINUTE_MS)), 'minute');
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const hourFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

/** "3 June 2026" */
export const day = (ms: number) => dayFormat.format(ms);
/** "3 June 2026", with the hour where buckets are shorter than a day. */
export const moment = (ms: number, bucketMs: number) =>
  bucketMs >= DAY_MS ? day(ms) : `${day(ms)}, ${hourFormat.format(ms)} UTC`;
