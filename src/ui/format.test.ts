import { expect, test } from 'vitest';
import { about, aboutCounted, money, visible } from './format.ts';

test('a number that is estimated says so, and one that is counted does not', () => {
  expect([1, 1000, 1001, 2873, 12_345].map(about)).toEqual(['1', '1,000', 'about 1,000', 'about 2,870', 'about 12.3k']);
  expect([about(null), aboutCounted(1, 'run'), aboutCounted(2040, 'run')]).toEqual(['–', '1 run', 'about 2,040 runs']);
});

test('money below a cent keeps two digits, so that its columns line up', () => {
  expect([0.0041, 0.004, 0.000027, 0, 0.01, 6.891, 1234.5].map(money)).toEqual([
    '$0.0041',
    '$0.0040',
    '$0.000027',
    '$0.00',
    '$0.01',
    '$6.89',
    '$1,235',
  ]);
});

test('what turns text around is shown, and blanks are named', () => {
  expect(['abc\u202Edcba', ' \n', 'na\u00EFve \u05D0'].map(visible)).toEqual(['abc\uFFFDdcba', '(blank)', 'na\u00EFve \u05D0']);
});
