import { expect, test } from 'vitest';
import { pairs } from './cohorts.ts';

const compared = (...values: string[]) =>
  pairs(values.map((value, i) => ({ value, n: 100 - i }))).map(({ before, after }) => `${before.value} → ${after.value}`);

test('versions of a family are compared each with the one before it', () => {
  expect(compared('gpt-4-0613', 'gpt-3.5-turbo-0301', 'gpt-4-0314', 'gpt-3.5-turbo-0613')).toEqual([
    'gpt-4-0314 → gpt-4-0613',
    'gpt-3.5-turbo-0301 → gpt-3.5-turbo-0613',
  ]);
  expect(compared('gpt-4o-2024-11-20', 'gpt-4o-2024-05-13', 'gpt-4o-2024-08-06')).toEqual([
    'gpt-4o-2024-05-13 → gpt-4o-2024-08-06',
    'gpt-4o-2024-08-06 → gpt-4o-2024-11-20',
  ]);
});

test('version ten comes after version nine', () => {
  expect(compared('triage v10', 'triage v9')).toEqual(['triage v9 → triage v10']);
  expect(compared('v10', 'v9', 'v2')).toEqual(['v2 → v9', 'v9 → v10']);
});

test('strangers are compared with the largest', () => {
  expect(compared('globex', 'acme', 'initech')).toEqual(['globex → acme', 'globex → initech']);
});

test('nothing is compared with itself', () => {
  expect(compared('gpt-4')).toEqual([]);
  expect(compared()).toEqual([]);
});
