import { expect, test } from 'vitest';
import { DAY_MS } from '../../platform/clock.ts';
import { volume, type Series } from './metrics.ts';
import { isSuccession, switchedElsewhere } from './switches.ts';
import { START_MS } from './testing.ts';

const dayMs = (day: number) => START_MS + day * DAY_MS;

/** Calls a day of each value of a column, and of all. */
function calls(column: string, days: number, of: Record<string, (day: number) => number>): Series[] {
  const series = (segment: Record<string, string>, n: (day: number) => number): Series => ({
    metric: volume,
    segment,
    buckets: Array.from({ length: days }, (_, day) => ({ at: dayMs(day), n: n(day), sum: n(day), sumSq: 0 })).filter(
      ({ n }) => n > 0,
    ),
  });
  return [
    series({}, (day) => Object.values(of).reduce((sum, n) => sum + n(day), 0)),
    ...Object.entries(of).map(([value, n]) => series({ [column]: value }, n)),
  ];
}

/** A step on a day, known to half a day. */
const step = (day: number, halfDays = 0.5) => ({
  at: dayMs(day),
  until: dayMs(day),
  interval: [dayMs(day - halfDays), dayMs(day + halfDays)] as [number, number],
  window: { from: dayMs(0), to: dayMs(60) },
});

test('a value that took over days after a change, or was gone days before it, was switched elsewhere', () => {
  const prompts = calls('prompt_version', 60, {
    v1: (day) => (day < 20 ? 50 : 0),
    v2: (day) => (day >= 20 && day < 38 ? 50 : 0),
    v3: (day) => (day >= 38 ? 50 : 0),
  });
  const at = (day: number, half?: number) => [...switchedElsewhere(step(day, half), 'prompt_version', prompts, DAY_MS)];
  expect(at(20)).toEqual(['v3']);
  expect(at(38)).toEqual(['v1']);
  expect(at(30)).toEqual(['v1', 'v3']);
  // The date is known to some days only, and the switch lies within them.
  expect(at(33, 5)).toContain('v1');
  expect(at(33, 5)).not.toContain('v3');
});

test('a release that takes over bit by bit around a change was not switched elsewhere', () => {
  const canary = calls('release', 60, {
    old: (day) => (day < 27 ? 100 : day < 30 ? 60 : day < 32 ? 20 : 0),
    new: (day) => (day < 27 ? 0 : day < 30 ? 40 : day < 32 ? 80 : 100),
  });
  expect(switchedElsewhere(step(30, 2), 'release', canary, DAY_MS)).toEqual(new Set());
});

test('a customer whose share of the calls is what it was has been switched nowhere', () => {
  const customers = calls('customer', 60, { acme: () => 30, birch: (day) => 20 + (day % 3) });
  expect(switchedElsewhere(step(30), 'customer', customers, DAY_MS)).toEqual(new Set());
});

test('releases follow one another; customers do not, nor a model that was switched once', () => {
  const weekly = Object.fromEntries(
    Array.from({ length: 7 }, (_, week) => [`1.${week}`, (day: number) => (Math.floor(day / 7) === week ? 40 : 0)]),
  );
  expect(isSuccession('release', calls('release', 49, weekly))).toBe(true);
  const turns = calls(
    'model',
    60,
    Object.fromEntries(['a', 'b', 'c'].map((name, i) => [name, (day: number) => (day % 3 === i ? 9 : 0)])),
  );
  expect(isSuccession('model', turns)).toBe(false);
  const once = calls('model', 60, { a: (day) => (day < 30 ? 9 : 0), b: (day) => (day < 30 ? 0 : 9) });
  expect(isSuccession('model', once)).toBe(false);
  const customers = calls('customer', 60, { acme: () => 30, birch: () => 20, elm: () => 10 });
  expect(isSuccession('customer', customers)).toBe(false);
});
