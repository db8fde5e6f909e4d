import { expect, test } from 'vitest';
import { DAY_MS } from '../../platform/clock.ts';
import { asHolidaysMayBe, holidayOn, holidaysWithin } from './holidays.ts';
import { volume } from './metrics.ts';
import { judgement } from './testing.ts';

const on = (date: string) => Date.parse(`${date}T00:00:00Z`);

test.each([
  ['2026-04-03', 'Good Friday'],
  ['2026-04-06', 'Easter Monday'],
  ['2024-04-01', 'Easter Monday'],
  ['2026-05-14', 'Ascension Day'],
  ['2026-05-25', 'Memorial Day'],
  ['2025-11-27', 'Thanksgiving'],
  ['2025-12-25', 'Christmas'],
  ['2026-04-07', null],
  ['2026-11-19', null],
])('%s: %s', (date, name) => expect(holidayOn(on(date))).toBe(name));

test('a time of few calls lies on holidays where it lies on no other working day', () => {
  expect(holidaysWithin(on('2026-04-03'), on('2026-04-07'))).toEqual(['Good Friday', 'Easter Monday']);
  expect(holidaysWithin(on('2026-04-03'), on('2026-04-08'))).toEqual([]);
  expect(holidaysWithin(on('2026-04-04'), on('2026-04-06'))).toEqual([]);
});

const stalled = (from: string, to: string) =>
  judgement({
    kind: 'stall',
    metric: volume,
    at: on(from),
    until: on(to),
    change: -140,
    stall: { kind: 'silence', from: on(from), to: on(to), usualGapMs: 0, expected: 140, seen: 0 },
  });

test('calls that did not come on a holiday are not worse, unless they stay away', () => {
  const [one] = asHolidaysMayBe([stalled('2026-04-03', '2026-04-04')], on('2026-06-01'));
  expect(one).toMatchObject({
    direction: 'changed',
    stall: { maybe: 'holiday' },
    note: expect.stringContaining('Good Friday') as string,
  });
  expect(asHolidaysMayBe([stalled('2026-04-03', '2026-04-04')], on('2026-04-04') - 1)[0]!.direction).toBe('worse');
  expect(asHolidaysMayBe([stalled('2026-04-07', '2026-04-08')], on('2026-06-01'))[0]!.direction).toBe('worse');
});

test('a fall over Christmas that ends in January is not worse', () => {
  const fall = judgement({ metric: volume, at: on('2025-12-24'), change: -70, direction: 'worse' });
  const rise = judgement({ metric: volume, at: on('2026-01-05'), change: 70, direction: 'changed' });
  expect(asHolidaysMayBe([fall, rise], on('2026-02-01')).map(({ direction }) => direction)).toEqual(['changed', 'changed']);
  expect(asHolidaysMayBe([fall], on('2026-02-01'))[0]!.direction).toBe('worse');
  expect(asHolidaysMayBe([{ ...fall, at: fall.at! - 30 * DAY_MS }, rise], on('2026-02-01'))[0]!.direction).toBe('worse');
});
