import { roundTop } from '../../../ui/chart-scale.ts';
import type { Unit } from '../model.ts';
import { DAY_MS, quantity, shortDay } from './format.ts';

/** A round end of the axis above every value; a rate goes no higher than the whole. */
export function axisTop(values: number[], unit: Unit): number {
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  if (unit === 'rate' && highest > 0.5) return 1;
  return unit.startsWith('calls') && highest < 10 && highest > 0 ? roundTop(highest, [4, 8, 12]) : roundTop(highest);
}

const nouns: Partial<Record<Unit, string>> = {
  tokens: 'tokens',
  characters: 'characters',
  calls: 'calls',
  'calls/hour': 'calls an hour',
  'calls/day': 'calls a day',
  'calls/week': 'calls a week',
  score: 'score',
  distance: 'distance',
};

/** What stands above the axis where the ticks themselves carry no unit. */
export const axisName = (unit: Unit): string => nouns[unit] ?? '';

/** What a tick says: "50 %", "8 s", "$0.02", "1,000". */
export function tick(value: number, unit: Unit): string {
  if (value === 0) return unit === 'rate' ? '0 %' : '0';
  if (nouns[unit]) return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  if (unit === 'seconds') return `${value.toLocaleString('en-US', { maximumSignificantDigits: 3 })} s`;
  return unit === 'rate' ? `${Number((value * 100).toPrecision(3))} %` : quantity(value, unit);
}

const HOUR_MS = 3_600_000;
const STEPS = [HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 14 * DAY_MS];

/** Where the time axis has ticks: at whole hours, days, Mondays or firsts of a month, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((step) => (to - from) / step <= most);
  if (step === undefined) return monthTicks(from, to, most);
  // 5 January 1970 was a Monday.
  const origin = step >= 7 * DAY_MS ? 4 * DAY_MS : 0;
  const first = Math.ceil((from - origin) / step) * step + origin;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step);
}

function monthTicks(from: number, to: number, most: number): number[] {
  const start = new Date(from);
  const months = Math.ceil((to - from) / (30.44 * DAY_MS));
  const step = [1, 2, 3, 6, 12, 24, 60, 120, 600].find((step) => months / step <= most) ?? 1200;
  const firsts = Array.from({ length: Math.ceil(months / step) + 1 }, (_, i) => Date.UTC(start.getUTCFullYear(), step * i));
  const later = Array.from({ length: Math.ceil(months / step) + 12 }, (_, i) =>
    Date.UTC(start.getUTCFullYear(), step * (firsts.length + i)),
  );
  return [...firsts, ...later].filter((at) => at >= from && at <= to);
}

/** What a tick of the time axis says: an hour, a day, or a month where the axis is years long. */
export function timeTick(at: number, spanMs: number): string {
  const iso = new Date(at).toISOString();
  if (at % DAY_MS !== 0) return iso.slice(11, 16);
  return spanMs > 400 * DAY_MS ? `${shortDay(at).split(' ')[1]} ${iso.slice(0, 4)}` : shortDay(at);
}
