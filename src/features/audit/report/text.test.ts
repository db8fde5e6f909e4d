import { expect, test } from 'vitest';
import { clean, columns, cut, fit, line, wrap } from './text.ts';

test('colours of a terminal go, other control characters are spelled out', () => {
  expect(clean('\u001b[31mred\u001b[0m')).toBe('red');
  expect(clean('\u001b]0;title\u0007after')).toBe('after');
  expect(clean('a\u0000b\u0008')).toBe('a\\u0000b\\u0008');
});

test('what turns writing round becomes visible, joiners of words and emoji stay', () => {
  expect(clean('\u202egnp.exe')).toBe('\\u202egnp.exe');
  expect(clean('x\u{e0041}')).toBe('x\\ue0041');
  expect(clean('🧑‍🚀')).toBe('🧑‍🚀');
});

test('half a character is spelled out, and none is made by cutting', () => {
  expect(clean('a\ud800b')).toBe('a\\ud800b');
  expect(cut('ab😀d', 4)).toBe('ab…');
  expect(clean('😀'.repeat(3000), 101)).not.toMatch(/\p{Cs}/u);
});

test('lines stay in a block and go from a line', () => {
  expect(clean('a\r\nb\u2028c\td')).toBe('a\nb\nc  d');
  expect(line(' a\n\n b ')).toBe('a b');
});

test('ten megabytes are cut at once', () => {
  const huge = '<b>\u001b[31m'.repeat(1_200_000);
  const started = performance.now();
  expect(clean(huge).length).toBeLessThanOrEqual(4000);
  expect(line(huge, 80).length).toBeLessThanOrEqual(80);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('wide characters take two columns, marks none', () => {
  expect([columns('日本'), columns('e\u0301'), columns('ab')]).toEqual([4, 1, 2]);
  expect(fit('日本語', 5)).toBe('日本…');
});

test('lines break at spaces, and inside a word that is longer than a line', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
  expect(wrap('', 10)).toEqual([]);
});
