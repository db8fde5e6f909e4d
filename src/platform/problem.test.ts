import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fixedClock } from './clock.ts';
import { shipped } from './paths.ts';
import { conflict, invalid, notFound, unavailable } from './problem.ts';
import { version } from './version.ts';

test('only what is unavailable is worth asking again unchanged', () => {
  expect([invalid('a'), notFound('b'), conflict('c'), unavailable('d')].map(({ code, retryable }) => [code, retryable])).toEqual([
    ['invalid', false],
    ['not_found', false],
    ['conflict', false],
    ['unavailable', true],
  ]);
});

test('a clock that stands still cannot be moved by whoever reads it', () => {
  const now = fixedClock('2026-06-03T12:00:00Z');
  now().setFullYear(1999);
  expect(now().toISOString()).toBe('2026-06-03T12:00:00.000Z');
});

test('the version that is told is that of the package', () => {
  const { version: packaged } = JSON.parse(readFileSync(shipped('package.json'), 'utf8')) as { version: string };
  expect(version).toBe(packaged);
});
