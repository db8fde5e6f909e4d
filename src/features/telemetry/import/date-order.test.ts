import { expect, test } from 'vitest';
import { dateOrderOf } from './date-order.ts';

const two = (n: number) => String(n).padStart(2, '0');
/** The first twelve days of these months of 2026, several rows a day. */
const days = (months: readonly number[]) =>
  months.flatMap((month) => Array.from({ length: 36 }, (_, i) => ({ month, day: 1 + Math.floor(i / 3), hour: 8 + (i % 3) })));
const mdy = days([3, 4]).map(({ month, day, hour }) => `${two(month)}/${two(day)}/2026 ${two(hour)}:00`);
const dmy = days([3, 4]).map(({ month, day, hour }) => `${two(day)}/${two(month)}/2026 ${two(hour)}:00`);
/** Neighbours change places here and there, as they do where several machines write one log. */
const jittered = (values: readonly string[]) =>
  values.map((value, i) => (i % 10 === 4 ? values[i + 1]! : i % 10 === 5 ? values[i - 1]! : value));

test('rows that are nearly in order in one reading only decide, upwards and downwards', () => {
  for (const values of [mdy, jittered(mdy), mdy.toReversed()])
    expect(dateOrderOf([values])).toEqual({ order: 'mdy', by: 'rows' });
  for (const values of [dmy, jittered(dmy), dmy.toReversed()])
    expect(dateOrderOf([values])).toEqual({ order: 'dmy', by: 'rows' });
});

test('a sample that begins again is in order in each half; files are judged apart', () => {
  const long = days([1, 2, 3, 4, 5, 6]).map(({ month, day, hour }) => `${two(month)}/${two(day)}/2026 ${two(hour)}:00`);
  expect(dateOrderOf([[...long.slice(0, 108), ...long.filter((_, i) => i % 2 === 0)]])).toEqual({ order: 'mdy', by: 'rows' });
  expect(dateOrderOf([mdy, mdy])).toEqual({ order: 'mdy', by: 'rows' });
});

test('half a day is told', () => {
  const halves = days([3, 4]).map(
    ({ month, day, hour }) => `${month}/${day}/26, ${hour === 8 ? 12 : hour}:00 ${hour === 8 ? 'AM' : 'PM'}`,
  );
  expect(dateOrderOf([halves])).toEqual({ order: 'mdy', by: 'rows' });
});

test('rows in no order leave it to what is usual, and that is a guess', () => {
  const shuffled = mdy.map((_, i) => mdy[(i * 31) % mdy.length]!);
  expect(dateOrderOf([shuffled])).toEqual({ order: 'mdy', by: 'guess' });
  // Twelve days of a month are in order either way.
  expect(dateOrderOf([mdy.slice(0, 36)])).toEqual({ order: 'mdy', by: 'guess' });
});

test('a number above twelve decides before all else, and then that nothing is in the future', () => {
  expect(dateOrderOf([[...mdy, '25/03/2026']])).toEqual({ order: 'dmy', by: 'value' });
  const now = new Date('2026-04-20T00:00:00Z');
  expect(dateOrderOf([mdy.slice(0, 36)], now)).toEqual({ order: 'mdy', by: 'future' });
  expect(dateOrderOf([dmy.slice(0, 36)], now)).toEqual({ order: 'dmy', by: 'future' });
  // All of it lies behind us either way.
  expect(dateOrderOf([dmy.slice(0, 36)], new Date('2027-04-20T00:00:00Z')).by).toBe('guess');
});
